//! Files of goose with both directions in them.

use std::io::Read;

use limosa_sql::Dialect;

use super::{
    Cannot, NewFile, annotation, is_name_of, line_end, split_mark, unreadable, without_annotations,
};
use crate::history::Direction;
use crate::layout::directive::PREFIX;
use crate::script::annotation::Annotation;
use crate::{Layout, Migration, Script, ScriptError, Segment};

/// One file with native sections; a pair where a single file cannot have the name, or there is no up.
pub(super) fn convert(
    migration: &Migration,
    layout: Layout,
    dialect: Dialect,
) -> Result<Vec<NewFile>, Cannot> {
    let scripts = || [&migration.up, &migration.down].into_iter().flatten();
    let starts = scripts().filter_map(|script| Some(own(script).first()?.start));
    let Some((first, any)) = starts.min().zip(scripts().next()) else {
        return Err(Cannot::Because("there is no section in its file"));
    };
    let before = part(
        any,
        &[Segment {
            start: 0,
            end: first,
            line: 1,
        }],
    )?;
    let (mark, before) = split_mark(&before);
    let is_comment = |line: &str| line.trim().is_empty() || line.trim_start().starts_with("--");
    if !before.lines().all(is_comment) {
        return Err(Cannot::Because(
            "there is text before the first section, which is not run",
        ));
    }
    let end = line_end(before);
    let mut head: String = before.split_inclusive('\n').collect();
    expands(layout, &head)?;
    head = head
        .split_inclusive('\n')
        .filter(|line| annotation(layout, line).is_none())
        .collect();
    if any.options.no_transaction {
        head.push_str(&format!("{PREFIX} no-transaction{end}"));
    }
    let section = |direction: Direction, script: Option<&Script>| -> Result<String, Cannot> {
        let Some(script) = script else {
            return Ok(String::new());
        };
        let text = part(script, own(script))?;
        expands(layout, &text)?;
        let mut body = without_annotations(layout, &text, dialect);
        if !body.is_empty() && !body.ends_with('\n') {
            body.push_str(line_end(&body));
        }
        let end = line_end(&text);
        Ok(format!("{PREFIX} {}{end}{body}", direction.name()))
    };
    let up = section(Direction::Up, migration.up.as_deref())?;
    let down = section(Direction::Down, migration.down.as_deref())?;
    let stem = migration.full_name();
    let single = format!("{stem}.sql");
    if migration.up.is_some() && is_name_of(&single, migration) {
        return Ok(vec![NewFile::new(
            single,
            &format!("{mark}{head}{up}{down}"),
        )]);
    }
    let file = |direction: Direction, text: String| {
        NewFile::new(format!("{stem}.{}.sql", direction.name()), &text)
    };
    // Without an up, applying it only records it, which an empty file does as well.
    let up = match migration.up {
        Some(_) => format!("{mark}{head}{up}"),
        None => String::new(),
    };
    let mut files = vec![file(Direction::Up, up)];
    if migration.down.is_some() {
        files.push(file(Direction::Down, format!("{mark}{head}{down}")));
    }
    Ok(files)
}

/// The sections of a script. In front of that of pressly's there may be parts that count for it, too.
fn own(script: &Script) -> &[Segment] {
    match script.layout {
        Layout::Goose => script.segments.last().map_or(&[], std::slice::from_ref),
        _ => &script.segments,
    }
}

/// What stands in parts of the file of a script, one behind the other, each on lines of its own.
fn part(script: &Script, segments: &[Segment]) -> Result<String, Cannot> {
    let mut text = String::new();
    for segment in segments {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        let read = || -> std::io::Result<()> {
            let input = script.source.open_at(segment.start)?;
            input.take(segment.length()).read_to_string(&mut text)?;
            Ok(())
        };
        let mut read = read;
        read().map_err(|cause| {
            let file = script.file.clone();
            unreadable(script)(ScriptError::Read { file, cause })
        })?;
    }
    Ok(text)
}

/// Refuses a text that asks for variables of the environment.
fn expands(layout: Layout, text: &str) -> Result<(), Cannot> {
    let asks = |line| annotation(layout, line) == Some(Annotation::EnvsubOn);
    if text.split_inclusive('\n').any(asks) {
        return Err(Cannot::Because(
            "variables of the environment are expanded in it, which the native layout does not do",
        ));
    }
    Ok(())
}
