//! Which differences a migration is to blame for.

use limosa_core::history::Direction;
use limosa_core::migration::AcceptedLoss;
use limosa_schema::{Key, Kind};

use super::compare::{DataDifference, DataKind, compare};
use super::{Content, show};

/// The contents that a migration led through.
#[derive(Debug, Clone, Copy)]
pub struct Passage<'p> {
    /// Before it went up.
    pub before: &'p Content,
    /// After it went up.
    pub up: &'p Content,
    /// After it went down again; `None` where it cannot, or is not to.
    pub down: Option<&'p Content>,
    /// What its author accepts.
    pub accepted: &'p [AcceptedLoss],
}

/// What a migration did to data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFinding {
    /// `data-lost` or `data-changed`.
    pub name: &'static str,
    /// The table or the column.
    pub object: Key,
    /// What became of its data.
    pub kind: DataKind,
    /// For people, with an example.
    pub message: String,
    /// In which direction it happened.
    pub direction: Direction,
}

/// What a migration is to blame for. Where it can go down again, that is what is not as it was; where it cannot, it is
/// what is dropped with values in it: everything else that it does to data, its author wrote on purpose.
pub fn findings(passage: &Passage<'_>) -> Vec<DataFinding> {
    let of_up = compare(passage.before, passage.up);
    let found: Vec<DataFinding> = match passage.down {
        None => of_up
            .into_iter()
            .filter_map(|one| gone_for_good(passage, &one))
            .collect(),
        Some(down) => compare(passage.before, down)
            .into_iter()
            .filter_map(|one| not_restored(passage, &of_up, one))
            .collect(),
    };
    let mut found: Vec<DataFinding> = found
        .into_iter()
        .filter(|one| !is_accepted(passage.accepted, one))
        .collect();
    found.dedup_by(|a, b| a.object == b.object && a.name == b.name);
    found
}

/// What nothing brings back: what is dropped with values in it, also when a column of that name and another type takes
/// its place.
fn gone_for_good(passage: &Passage<'_>, difference: &DataDifference) -> Option<DataFinding> {
    let DataDifference {
        object,
        kind,
        rows,
        example,
    } = difference;
    let what = match kind {
        DataKind::TableLost => counted(*rows, "row"),
        DataKind::ColumnLost => counted(*rows, "value"),
        DataKind::MadeNull if is_made_anew(passage, object) => counted(*rows, "value"),
        _ => return None,
    };
    Some(DataFinding {
        name: "data-lost",
        object: object.clone(),
        kind: *kind,
        message: format!("{object} is dropped with {what} in it: {example}"),
        direction: Direction::Up,
    })
}

/// Whether a column has another type and no value at all any more.
fn is_made_anew(passage: &Passage<'_>, column: &Key) -> bool {
    let table = column.table();
    let of = |content: &Content| {
        let table = content.tables.get(&table)?;
        let at = table.column(column.name())?;
        let is_empty = table.rows.iter().all(|row| row[at].is_none());
        Some((table.columns[at].of.clone(), is_empty))
    };
    match (of(passage.before), of(passage.up)) {
        (Some((before, _)), Some((up, is_empty))) => before != up && is_empty,
        _ => false,
    }
}

/// A difference after up and down; `None` where something else says it.
fn not_restored(
    passage: &Passage<'_>,
    of_up: &[DataDifference],
    difference: DataDifference,
) -> Option<DataFinding> {
    let DataDifference {
        object,
        kind,
        rows,
        example,
    } = difference;
    let table = match object.kind {
        Kind::Column => object.table(),
        _ => object.clone(),
    };
    let was_there = passage.up.tables.get(&table);
    let dropped_table = was_there.is_none();
    let dropped_column = object.kind == Kind::Column
        && was_there.is_some_and(|up| up.column(object.name()).is_none());
    let changed_by_up = of_up
        .iter()
        .any(|one| one.object == object && sort_of(one.kind) == sort_of(kind));
    let direction = if dropped_table || dropped_column || changed_by_up {
        Direction::Up
    } else {
        Direction::Down
    };
    let by = match direction {
        Direction::Up => "up",
        Direction::Down => "down",
    };
    let values = counted(rows, "value");
    let its_rows = counted(rows, "row");
    let (are, them) = if rows == 1 {
        ("is", "it")
    } else {
        ("are", "them")
    };
    let not_back = match by {
        "up" => format!(", and the down does not bring {them} back"),
        _ => String::new(),
    };
    let (name, object, kind, message) = match kind {
        DataKind::TableLost | DataKind::RowsLost | DataKind::Merged if dropped_table => {
            let all = passage.before.tables.get(&table)?;
            let again = passage
                .down
                .is_some_and(|down| down.tables.contains_key(&table));
            let end = if again {
                "and the down makes it again without them"
            } else {
                "and the down does not bring it back"
            };
            let first = show::row(all, all.rows.first()?);
            let message = format!(
                "{table} is dropped with {} in it, {end}: {first}",
                counted(all.rows.len(), "row")
            );
            ("data-lost", table, DataKind::TableLost, message)
        }
        DataKind::TableLost => {
            let message = format!("{object} had {its_rows} and is dropped by the down: {example}");
            ("data-lost", object, kind, message)
        }
        _ if dropped_column => {
            let before = passage.before.tables.get(&table)?;
            let at = before.column(object.name())?;
            let row = before.rows.iter().find(|row| row[at].is_some())?;
            let count = before.rows.iter().filter(|row| row[at].is_some()).count();
            let message = format!(
                "{object} is dropped with {} in it, and the down does not bring them back: {} in the row {}",
                counted(count, "value"),
                show::value(&row[at]),
                show::row(before, row),
            );
            ("data-lost", object, DataKind::ColumnLost, message)
        }
        DataKind::ColumnLost => {
            let message = format!("{object} had {values} and is dropped by the down: {example}");
            ("data-lost", object, kind, message)
        }
        DataKind::RowsLost => {
            let message =
                format!("{its_rows} of {object} {are} deleted by the {by}{not_back}: {example}");
            ("data-lost", object, kind, message)
        }
        DataKind::Merged => {
            let message = format!(
                "{its_rows} of {object} {are} deleted by the {by}, since others say the same{not_back}: {example}"
            );
            ("data-lost", object, kind, message)
        }
        DataKind::RowsAdded => {
            let message = match by {
                "up" => format!(
                    "{its_rows} that the up puts into {object} {are} left by the down: {example}"
                ),
                _ => format!("the down puts {its_rows} into {object}: {example}"),
            };
            ("data-changed", object, kind, message)
        }
        DataKind::Changed | DataKind::Truncated | DataKind::MadeNull | DataKind::NullFilled => {
            let verb = match kind {
                DataKind::Truncated => "truncated",
                DataKind::MadeNull => "made NULL",
                DataKind::NullFilled => "filled in where there was NULL",
                _ => "changed",
            };
            let end = match by {
                "up" => format!(", and the down does not restore {them}"),
                _ => String::new(),
            };
            let message = format!("{values} of {object} {are} {verb} by the {by}{end}: {example}");
            ("data-changed", object, kind, message)
        }
    };
    Some(DataFinding {
        name,
        object,
        kind,
        message,
        direction,
    })
}

/// Kinds that tell of the same thing: what is gone, what came, what is another.
fn sort_of(kind: DataKind) -> u8 {
    match kind {
        DataKind::TableLost | DataKind::ColumnLost | DataKind::RowsLost | DataKind::Merged => 0,
        DataKind::RowsAdded => 1,
        DataKind::Changed | DataKind::Truncated | DataKind::MadeNull | DataKind::NullFilled => 2,
    }
}

/// Whether the author accepts it: for the column, or for all of its table.
fn is_accepted(accepted: &[AcceptedLoss], finding: &DataFinding) -> bool {
    let names = |path: &[String]| {
        let dotted = Key::new(Kind::Table, path.to_vec()).dotted();
        [dotted, path.join(".")]
    };
    let path = &finding.object.path;
    let mut all = names(path).to_vec();
    if finding.object.kind == Kind::Column {
        all.extend(names(&path[..path.len().saturating_sub(1)]));
    }
    accepted.iter().any(|one| {
        let same_way = one.direction.is_none_or(|way| way == finding.direction);
        same_way
            && all
                .iter()
                .any(|name| name.eq_ignore_ascii_case(&one.object))
    })
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}
