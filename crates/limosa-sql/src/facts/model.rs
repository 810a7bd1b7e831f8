//! What can be known about a statement.

/// What is known about a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The kind, in `snake_case` (`create_table`, `alter_table`, `insert`, …); `unknown` when
    /// it is not recognised.
    pub kind: &'static str,
    /// How it goes with a transaction on the target.
    pub transaction: InTransaction,
    /// The part it plays in controlling transactions.
    pub control: Option<Control>,
    /// Whether it changes a setting of the session that outlives its transaction
    /// (`SET`, `SET ROLE`, `USE`, `PRAGMA foreign_keys`, a lone `SELECT set_config(…, false)`).
    pub session_setting: bool,
    /// The data that it destroys.
    pub destroys: Vec<Loss>,
    /// What it creates, changes or drops.
    pub changes: Vec<Change>,
}

/// How a statement goes with a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InTransaction {
    /// It may run inside a transaction and is undone with it.
    Allowed,
    /// The server refuses it inside a transaction block.
    Forbidden,
    /// It commits the open transaction by itself (DDL on `MySQL` and `MariaDB`).
    CommitsImplicitly,
    /// It may end transactions by itself (`CALL`, `DO`), so it can run inside or alone.
    MayControl,
}

/// Statements that control transactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// `BEGIN`, `START TRANSACTION`, with its modes as written (`ISOLATION LEVEL SERIALIZABLE`),
    /// reduced to upper-case words joined by single blanks; empty when there are none.
    Begin {
        /// The modes.
        modes: String,
    },
    /// `COMMIT`, `END`.
    Commit {
        /// `AND CHAIN`.
        chain: bool,
    },
    /// `ROLLBACK`, `ABORT`; not `ROLLBACK TO`.
    Rollback {
        /// `AND CHAIN`.
        chain: bool,
    },
    /// `SAVEPOINT`, `RELEASE`, `ROLLBACK TO`.
    Savepoint,
    /// `SET TRANSACTION …` with its modes as in [`Control::Begin`].
    SetTransaction {
        /// The modes.
        modes: String,
    },
    /// `PREPARE TRANSACTION`, `COMMIT PREPARED`, `XA …`.
    TwoPhase,
    /// `LOCK TABLES` of `MySQL`.
    LockTables,
    /// `UNLOCK TABLES` of `MySQL`.
    UnlockTables,
    /// `SET autocommit = …` of `MySQL`, without another assignment in the statement.
    Autocommit,
}

/// Data that a statement destroys.
///
/// Rows that are gone are a loss, with and without a condition. Values that are replaced
/// (`UPDATE`, `REPLACE`, `ALTER COLUMN … TYPE`) are not: whether anything is lost is in the data
/// and not in the statement. Neither is what can be computed again (materialised views, indexes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What kind of thing holds the data: `table`, `column`, `schema`, `database`, `partition`;
    /// `rows` where the table stays (`DELETE`, `TRUNCATE`); `attribute` of a composite type;
    /// `type`, `domain` and `extension` when columns of such types go with them (`CASCADE`);
    /// `owned` for everything that a role owns.
    pub object: &'static str,
    /// The name as a person would write it, unquoted, qualified as in the statement:
    /// `users`, `shop.users`, `users.email` for a column.
    pub name: String,
}

/// Something that a statement creates, changes or drops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happens to it.
    pub action: Action,
    /// The kind of object: `table`, `index`, `view`, `function`, …
    pub object: &'static str,
    /// The name, unquoted, qualified as in the statement.
    pub name: String,
}

/// What happens to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is created.
    Create,
    /// It is changed.
    Alter,
    /// It is dropped.
    Drop,
}
