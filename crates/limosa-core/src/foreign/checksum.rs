//! The checksums that other tools keep of a file.

use sha2::{Digest as _, Sha384};

use super::ForeignHistory;
use crate::{Layout, Script, ScriptError};

/// What the checksum of another tool says about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileMatch {
    /// It is the file that was applied.
    Same,
    /// It differs from that one in its line endings alone.
    LineEndings,
    /// It is another one.
    Differs,
}

impl FileMatch {
    /// Holds a file against the checksum; `None` for a tool that keeps none.
    pub(super) fn of(
        theirs: &ForeignHistory,
        script: &Script,
        checksum: &[u8],
    ) -> Result<Option<Self>, ScriptError> {
        let bytes = script.bytes()?;
        let text = String::from_utf8_lossy(&bytes);
        let of = |text: &str| digest(theirs.tool, text, &theirs.ignored_chars);
        let Some(same) = of(&text) else {
            return Ok(None);
        };
        let unix = text.replace("\r\n", "\n");
        let variants = [unix.replace('\n', "\r\n"), unix];
        Ok(Some(if same == checksum {
            Self::Same
        } else if variants
            .iter()
            .any(|one| of(one).as_deref() == Some(checksum))
        {
            Self::LineEndings
        } else {
            Self::Differs
        }))
    }
}

/// The checksum that a tool keeps of a script; `None` when it keeps none.
///
/// # Errors
/// When the script cannot be read, or is not the one any more that was planned.
pub fn tool_checksum(
    tool: Layout,
    script: &Script,
    ignored_chars: &str,
) -> Result<Option<Vec<u8>>, ScriptError> {
    if digest(tool, "", "").is_none() {
        return Ok(None);
    }
    let bytes = script.bytes()?;
    if crate::Digest::of(&bytes) != script.sha256 {
        return Err(ScriptError::Changed {
            file: script.file.clone(),
        });
    }
    Ok(digest(
        tool,
        &String::from_utf8_lossy(&bytes),
        ignored_chars,
    ))
}

fn digest(tool: Layout, text: &str, ignored_chars: &str) -> Option<Vec<u8>> {
    match tool {
        Layout::Sqlx => {
            let mut sha = Sha384::new();
            for part in text.split(|c| ignored_chars.contains(c)) {
                sha.update(part);
            }
            Some(sha.finalize().to_vec())
        }
        Layout::Native
        | Layout::GolangMigrate
        | Layout::Goose
        | Layout::LiamstaskGoose
        | Layout::DbMigrate
        | Layout::GoPg => None,
    }
}
