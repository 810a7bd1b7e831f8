//! The properties that the statements of each kind of object say.

use super::super::by_hand;
use crate::{Kind, Object};

/// What every object may have.
const EVERYWHERE: &str = "comment owner grants security_labels";

/// The properties that are written, or are said by the server's own text.
const fn of(kind: Kind) -> &'static str {
    match kind {
        Kind::Database => "settings role_settings",
        Kind::Language => "trusted handler inline validator",
        // Of an extension that version is made which the server has.
        Kind::Extension => "version schema",
        Kind::Collation => "provider collate ctype locale rules not_deterministic encoding",
        Kind::Type => {
            "form labels attributes subtype subtype_operator_class subtype_collation canonical subtype_diff multirange \
             input output receive send type_modifier_input type_modifier_output analyze subscript length by_value \
             alignment storage category preferred default element delimiter collatable"
        }
        Kind::Domain => {
            "base collation default not_null not_null_name checks check_names checks_not_valid check_comments"
        }
        Kind::Sequence => "type start increment minimum maximum cache cycle persistence owned_by",
        Kind::ForeignDataWrapper => "handler validator server_options",
        Kind::Server => "wrapper type version server_options",
        Kind::UserMapping => "server_options",
        Kind::Table => {
            "form persistence access_method tablespace options toast_options replica_identity row_security \
             force_row_security of_type partition_of inherits partition_bound detach_pending partition_key server \
             server_options"
        }
        Kind::Column => {
            "type nullable collation default generated generated_kind storage compression statistics options \
             server_options inherited local identity identity_sequence identity_start identity_increment \
             identity_minimum identity_maximum identity_cache identity_cycle identity_comment identity_grants"
        }
        Kind::Routine => {
            "kind arguments returns language volatility strict security_definer leakproof parallel cost rows support \
             settings transforms body library aggregate_kind transition state state_size initial final final_extra \
             final_modify combine serialize deserialize moving_transition moving_inverse moving_state \
             moving_state_size moving_initial moving_final moving_final_extra moving_final_modify sort_operator"
        }
        Kind::Operator => "function commutator negator restrict join hashes merges",
        Kind::OperatorFamily => "operators functions",
        Kind::OperatorClass => "type default storage family operators functions",
        Kind::Cast => "function method context",
        Kind::Conversion => "from to function default",
        Kind::Transform => "from to",
        Kind::TextSearch => {
            "form start gettoken end headline lextypes init lexize template initial parser mappings"
        }
        Kind::View | Kind::MaterializedView => {
            "definition options access_method tablespace unpopulated"
        }
        Kind::Index => {
            "unique nulls_not_distinct method keys orders collations operator_classes operator_class_options \
             statistics include predicate tablespace options clustered replica_identity invalid not_ready"
        }
        Kind::Constraint => {
            "form columns without_overlaps period references referenced_columns referenced_index on_delete on_update \
             on_delete_columns match deferrable initially_deferred not_enforced not_valid no_inherit inherited \
             expression elements triggers_disabled include nulls_not_distinct method predicate tablespace options \
             clustered replica_identity invalid"
        }
        Kind::Statistics => "kinds columns expressions target",
        Kind::Rule => "definition enabled",
        Kind::Trigger => "definition inherited enabled",
        Kind::Policy => "command restrictive roles using check",
        Kind::EventTrigger => "event function tags enabled",
        Kind::Publication => "all_tables publish via_root generated_columns schemas tables",
        Kind::Schema | Kind::DefaultPrivileges => "",
        // Nothing is written of a subscription, and that is said; there are no others.
        Kind::Subscription | Kind::Event => "*",
    }
}

/// Remarks about properties that none of the statements for an object says.
pub(super) fn remarks(object: &Object) -> Vec<String> {
    let known = of(object.key.kind);
    let is_known = |name: &str| {
        let words = known
            .split_whitespace()
            .chain(EVERYWHERE.split_whitespace());
        known == "*" || words.into_iter().any(|word| word == name)
    };
    let unknown = object.properties.iter().filter(|(name, _)| !is_known(name));
    unknown
        .map(|(name, value)| {
            let name = name.replace('_', " ");
            by_hand(&format!("{}: {name} {value} is not written", object.key))
        })
        .collect()
}
