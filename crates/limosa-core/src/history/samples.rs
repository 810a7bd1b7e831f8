//! Files and histories for tests.

use std::path::PathBuf;
use std::sync::Arc;

use limosa_sql::Dialect;

use super::{Applied, Attempt, Direction, EMPTY_SHA256, Origin, StoredScript};
use crate::{Layout, Migration, MigrationSet, Script, ScriptOptions, Version};

pub(crate) fn version(text: &str) -> Version {
    Version::number(text).unwrap()
}

pub(crate) fn script(file: &str, sql: &str) -> Arc<Script> {
    let options = ScriptOptions::default();
    Arc::new(Script::from_text(Layout::Native, file, sql, options))
}

/// A migration with a file that creates the table `t` and its version, and drops it again.
pub(crate) fn migration(text: &str) -> Migration {
    with_up(text, &format!("CREATE TABLE t{text} (id int);\n"))
}

/// The same with another up.
pub(crate) fn with_up(text: &str, up: &str) -> Migration {
    let file = format!("{text}_m.sql");
    Migration {
        up: Some(script(&file, up)),
        down: Some(script(&file, &format!("DROP TABLE t{text};\n"))),
        files: vec![file],
        ..Migration::new(version(text), "m")
    }
}

/// A baseline that stands for the versions of a list.
pub(crate) fn baseline(text: &str, replaces: &str) -> Migration {
    let up = format!("CREATE TABLE everything{text} (id int);\n");
    let mut migration = with_up(text, &up);
    migration.down = None;
    migration.irreversible = Some("it replaces others".to_owned());
    "baseline".clone_into(&mut migration.name);
    if let Some(up) = &mut migration.up {
        Arc::make_mut(up).options.replaces = crate::Replaces::parse(replaces).unwrap();
    }
    migration
}

pub(crate) fn set(mut migrations: Vec<Migration>) -> MigrationSet {
    migrations.sort_by(|a, b| a.version.cmp(&b.version));
    MigrationSet {
        layout: Layout::Native,
        certainty: crate::layout::Certainty::Given,
        readable: vec![],
        directory: PathBuf::from("migrations"),
        migrations,
        remarks: vec![],
        cases: vec![],
    }
}

/// What the history keeps of a script.
pub(crate) fn stored(script: Option<&Script>) -> StoredScript {
    let Some(script) = script else {
        return StoredScript {
            sha256: Some(EMPTY_SHA256.to_owned()),
            ..StoredScript::default()
        };
    };
    let checksums = script.checksums(Dialect::Postgres).unwrap();
    StoredScript {
        sha256: Some(checksums.raw.to_string()),
        tokens: Some(checksums.tokens),
        text: script.text(super::TEXT_LIMIT).unwrap(),
        options: script.options.clone(),
        text_stored: true,
    }
}

/// The row of a migration that is applied as it is.
pub(crate) fn row(sequence: i64, migration: &Migration) -> Applied {
    Applied {
        sequence,
        version: migration.version.clone(),
        name: migration.name.clone(),
        layout: Layout::Native.name().to_owned(),
        origin: Origin::Applied,
        up: stored(migration.up.as_deref()),
        down: stored(migration.down.as_deref()),
        irreversible: migration.irreversible.clone(),
        release: None,
        min_release: migration.min_release.clone(),
        applied_at: "2026-11-20T15:02:10.000Z".to_owned(),
        duration_ms: 1,
        statements: 1,
        applied_by: "ada@web-3".to_owned(),
    }
}

/// An attempt that has done nothing yet.
pub(crate) fn attempt(text: &str, direction: Direction) -> Attempt {
    Attempt {
        id: format!("attempt-{text}"),
        version: version(text),
        name: "m".to_owned(),
        direction,
        done: vec![],
        in_doubt: None,
        failure: None,
    }
}
