//! Where each kind of statement stands, as far as nothing else decides.

use crate::Kind;

/// The places, from the first to the last. Functions are before the tables whose defaults may call them, and indexes
/// after all tables that a function in one of their expressions may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Database,
    Schema,
    Language,
    Extension,
    Collation,
    Type,
    Domain,
    Routine,
    Aggregate,
    Operator,
    OperatorFamily,
    OperatorClass,
    OperatorMember,
    Cast,
    Conversion,
    Transform,
    TextSearch,
    Foreign,
    Sequence,
    Table,
    Column,
    Attach,
    View,
    Later,
    Constraint,
    Index,
    ForeignKey,
    Statistics,
    Rule,
    Trigger,
    Policy,
    Publication,
    Subscription,
    Refresh,
    DefaultPrivileges,
    EventTrigger,
    Remark,
}

impl Rank {
    /// As a number.
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// The place of an object's kind.
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Database => Self::Database,
            Kind::Schema => Self::Schema,
            Kind::Language => Self::Language,
            Kind::Extension => Self::Extension,
            Kind::Collation => Self::Collation,
            Kind::Type => Self::Type,
            Kind::Domain => Self::Domain,
            Kind::Sequence => Self::Sequence,
            Kind::ForeignDataWrapper | Kind::Server | Kind::UserMapping => Self::Foreign,
            Kind::Table => Self::Table,
            Kind::Column => Self::Column,
            Kind::Routine => Self::Routine,
            Kind::Operator => Self::Operator,
            Kind::OperatorFamily => Self::OperatorFamily,
            Kind::OperatorClass => Self::OperatorClass,
            Kind::Cast => Self::Cast,
            Kind::Conversion => Self::Conversion,
            Kind::Transform => Self::Transform,
            Kind::TextSearch => Self::TextSearch,
            Kind::View | Kind::MaterializedView => Self::View,
            Kind::Index => Self::Index,
            Kind::Constraint => Self::Constraint,
            Kind::Statistics => Self::Statistics,
            Kind::Rule => Self::Rule,
            Kind::Trigger => Self::Trigger,
            Kind::Policy => Self::Policy,
            Kind::EventTrigger | Kind::Event => Self::EventTrigger,
            Kind::Publication => Self::Publication,
            Kind::Subscription => Self::Subscription,
            Kind::DefaultPrivileges => Self::DefaultPrivileges,
        }
    }
}
