//! What is chosen together in a row: a column, or all columns of a foreign key.

use super::table::Table;

/// A column, or those of a foreign key.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    pub(crate) columns: Vec<usize>,
    pub(crate) key: Option<usize>,
    /// The same for all that hang together.
    pub(crate) group: usize,
}

/// The columns of a table, those of a foreign key as one; what hangs together stands together.
pub(crate) fn variables(table: &Table) -> Vec<Variable> {
    let mut owner: Vec<Option<usize>> = vec![None; table.columns.len()];
    for (index, key) in table.foreign_keys.iter().enumerate() {
        for at in &key.columns {
            owner[*at].get_or_insert(index);
        }
    }
    let mut all = Vec::new();
    for (index, key) in table.foreign_keys.iter().enumerate() {
        let own = key.columns.iter().copied();
        let own: Vec<usize> = own.filter(|at| owner[*at] == Some(index)).collect();
        if !own.is_empty() {
            all.push(Variable {
                columns: own,
                key: Some(index),
                group: 0,
            });
        }
    }
    let free = (0..table.columns.len()).filter(|at| owner[*at].is_none());
    all.extend(free.map(|at| Variable {
        columns: vec![at],
        key: None,
        group: 0,
    }));
    grouped(table, all)
}

/// Puts variables beside each other that a check or a unique key connects, so that a search does not go back over
/// what has nothing to do with it.
fn grouped(table: &Table, mut variables: Vec<Variable>) -> Vec<Variable> {
    let mut group: Vec<usize> = (0..table.columns.len()).collect();
    let mut join = |columns: &[usize]| {
        let Some(target) = columns.first().map(|first| group[*first]) else {
            return;
        };
        for at in columns {
            let old = group[*at];
            for one in &mut group {
                if *one == old {
                    *one = target;
                }
            }
        }
    };
    for variable in &variables {
        join(&variable.columns);
    }
    for check in &table.checks {
        let names = check.columns();
        let columns = names.iter().filter_map(|name| table.column(name));
        join(&columns.collect::<Vec<_>>());
    }
    for unique in &table.uniques {
        join(&unique.columns);
    }
    for variable in &mut variables {
        variable.group = group[variable.columns[0]];
    }
    variables.sort_by_key(|variable| variable.group);
    variables
}
