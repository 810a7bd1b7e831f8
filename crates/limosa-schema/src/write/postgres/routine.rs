//! Functions, procedures and aggregates.

use super::super::order::Item;
use super::make::Maker;
use super::name::{dotted, literal, quoted};
use super::rank::Rank;
use super::value::number;
use super::{datatype, operator, rights};
use crate::{Key, Object, Schema};

/// A routine.
pub(super) fn items(maker: &Maker<'_>, routine: &Object) -> Vec<Item> {
    if datatype::is_of_type(maker, routine) {
        return vec![];
    }
    let rank = if is_aggregate(routine) {
        Rank::Aggregate
    } else {
        Rank::Routine
    };
    vec![
        Item::makes(
            rank.number(),
            &routine.key,
            statements(maker.schema, routine),
        )
        .after(&routine.needs),
    ]
}

/// The statements that make it.
pub(super) fn statements(schema: &Schema, routine: &Object) -> Vec<String> {
    let mut statements = vec![create(routine)];
    statements.extend(rights::statements(schema, routine));
    statements
}

/// `CREATE FUNCTION …`.
fn create(routine: &Object) -> String {
    if is_aggregate(routine) {
        return create_aggregate(routine);
    }
    let text = replace(routine);
    match text.strip_prefix("CREATE OR REPLACE ") {
        Some(rest) => format!("CREATE {rest}"),
        None => text,
    }
}

/// `CREATE OR REPLACE FUNCTION …`.
pub(super) fn replace(routine: &Object) -> String {
    let text = routine.text.clone().unwrap_or_default();
    text.trim_end().to_owned()
}

/// Whether it is an aggregate.
pub(super) fn is_aggregate(routine: &Object) -> bool {
    routine.text_of("kind") == Some("aggregate")
}

/// `FUNCTION schema.name(types)`.
pub(super) fn target(routine: &Object) -> String {
    let what = match routine.text_of("kind") {
        Some("procedure") => "PROCEDURE",
        Some("aggregate") => {
            let arguments = routine.text_of("arguments").unwrap_or("*");
            let (schema, name, _) = parts(&routine.key);
            return format!("AGGREGATE {}({arguments})", dotted(&[schema, name]));
        }
        _ => "FUNCTION",
    };
    format!("{what} {}", signature(&routine.key))
}

/// `schema.name(types)`.
pub(super) fn signature(key: &Key) -> String {
    let (schema, name, types) = parts(key);
    format!("{}({types})", dotted(&[schema, name]))
}

/// Schema, name and datatype, which are in the last part of its path.
fn parts(key: &Key) -> (&str, &str, &str) {
    let schema = key.path.first().map_or("", String::as_str);
    let last = key.name();
    let (name, types) = last.rsplit_once('(').unwrap_or((last, ")"));
    (schema, name, types.strip_suffix(')').unwrap_or(types))
}

fn create_aggregate(routine: &Object) -> String {
    let mut options = vec![
        format!(
            "SFUNC = {}",
            routine.text_of("transition").unwrap_or_default()
        ),
        format!("STYPE = {}", routine.text_of("state").unwrap_or_default()),
    ];
    let mut say = |option: &str, value: Option<String>| {
        options.extend(value.map(|value| format!("{option} = {value}")));
    };
    let text = |property: &str| routine.text_of(property).map(str::to_owned);
    let quote = |property: &str| routine.text_of(property).map(literal);
    let word = |property: &str| {
        routine
            .text_of(property)
            .map(|one| one.replace(' ', "_").to_uppercase())
    };
    say("SSPACE", number(routine, "state_size"));
    say("FINALFUNC", text("final"));
    say("FINALFUNC_MODIFY", word("final_modify"));
    say("INITCOND", quote("initial"));
    say("COMBINEFUNC", text("combine"));
    say("SERIALFUNC", text("serialize"));
    say("DESERIALFUNC", text("deserialize"));
    say("MSFUNC", text("moving_transition"));
    say("MINVFUNC", text("moving_inverse"));
    say("MSTYPE", text("moving_state"));
    say("MSSPACE", number(routine, "moving_state_size"));
    say("MFINALFUNC", text("moving_final"));
    say("MFINALFUNC_MODIFY", word("moving_final_modify"));
    say("MINITCOND", quote("moving_initial"));
    say(
        "SORTOP",
        routine.text_of("sort_operator").map(operator::in_option),
    );
    say("PARALLEL", word("parallel"));
    for (property, option) in [
        ("final_extra", "FINALFUNC_EXTRA"),
        ("moving_final_extra", "MFINALFUNC_EXTRA"),
    ] {
        if routine.is(property) {
            options.push(option.to_owned());
        }
    }
    if routine.text_of("aggregate_kind") == Some("hypothetical set") {
        options.push("HYPOTHETICAL".to_owned());
    }
    let (schema, name, _) = parts(&routine.key);
    let name = format!("{}.{}", quoted(schema), quoted(name));
    let arguments = routine.text_of("arguments").unwrap_or("*");
    format!(
        "CREATE AGGREGATE {name}({arguments}) (\n    {}\n)",
        options.join(",\n    ")
    )
}
