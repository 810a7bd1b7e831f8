//! Finds and reads `limosa.toml`, and refuses one that somebody else controls: it may name
//! commands that are run.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::{Class, Diagnostic};

/// The name of the file.
pub const FILE_NAME: &str = "limosa.toml";

/// Who runs the program, as the system numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Me {
    /// The user.
    pub user: u32,
    /// The user's group.
    pub group: u32,
}

/// Looks for the file in `start` and upwards, to the root of the repository or to the home
/// folder. Where neither is above `start`, only `start` itself is looked at: a folder that
/// everybody may write to (`/tmp`) must not configure what runs below it.
pub fn find(start: &Path, home: Option<&Path>) -> Option<PathBuf> {
    let last = start
        .ancestors()
        .find(|folder| folder.join(".git").exists() || Some(*folder) == home)
        .unwrap_or(start);
    for folder in start.ancestors() {
        let file = folder.join(FILE_NAME);
        if file.symlink_metadata().is_ok() {
            return Some(file);
        }
        if folder == last {
            break;
        }
    }
    None
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Our own configuration.
    Ours,
    /// The configuration of another tool.
    OfTool,
}

/// Nobody's configuration is larger.
const LARGEST: u64 = 4 << 20;

/// Reads a configuration. One that was found by searching must belong to `me` (or the administrator).
///
/// # Errors
/// When it cannot be read, is not UTF-8, or somebody else may change it.
pub fn read(
    path: &Path,
    shown: &str,
    me: Option<Me>,
    (found, what): (Found, What),
) -> Result<String, Diagnostic> {
    let unreadable = |why: String| {
        Diagnostic::error(
            "config-unreadable",
            Class::Usage,
            format!("{shown} cannot be read: {why}"),
        )
    };
    let mut file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    // The opened file is judged, not its name: nobody can exchange it in between.
    let about = file
        .metadata()
        .map_err(|error| unreadable(error.to_string()))?;
    if !about.is_file() {
        return Err(unreadable("it is not a regular file".into()));
    }
    if about.len() > LARGEST {
        return Err(unreadable("it is larger than 4 MiB".into()));
    }
    check_metadata(&about, me, found).map_err(|problem| refused(shown, problem, what))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)
        .map_err(|error| unreadable(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".into()))
}

/// How the file came to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// By searching upwards.
    BySearch,
    /// It was named (`--config`).
    ByName,
}

#[cfg(unix)]
fn check_metadata(about: &std::fs::Metadata, me: Option<Me>, found: Found) -> Result<(), Unsafe> {
    use std::os::unix::fs::MetadataExt;
    match me {
        Some(me) => check_safe((about.uid(), about.gid()), about.mode(), me, found),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
fn check_metadata(_: &std::fs::Metadata, _: Option<Me>, _: Found) -> Result<(), Unsafe> {
    Ok(())
}

/// Why a configuration file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsafe {
    /// Everybody, or a group, may write it.
    Writable,
    /// It belongs to somebody else.
    Foreign,
}

/// Whether a file of that owner (user and group) and mode may configure us.
///
/// Writing is for the owner only; a group counts as the owner when it is the owner's private one
/// (same number, as most systems make it), because there a umask of 002 is usual.
///
/// # Errors
/// When it is not safe.
pub fn check_safe(owner: (u32, u32), mode: u32, me: Me, found: Found) -> Result<(), Unsafe> {
    let (user, group) = owner;
    let private = group == user && user != 0 && me == Me { user, group };
    if mode & 0o002 != 0 || (mode & 0o020 != 0 && !private) {
        return Err(Unsafe::Writable);
    }
    if found == Found::BySearch && user != me.user && user != 0 {
        return Err(Unsafe::Foreign);
    }
    Ok(())
}

fn refused(shown: &str, problem: Unsafe, what: What) -> Diagnostic {
    let refused = |message| Diagnostic::error("config-not-safe", Class::Usage, message);
    let (why, trust) = match what {
        What::Ours => (
            "it can name commands that are run, so only its owner may control it",
            format!("name it, if you trust it\nlimosa --config {shown} …"),
        ),
        What::OfTool => (
            "it can lead to another database, which then is given a password of yours",
            "take it over, or leave it out\nlimosa --no-tool-config …".to_owned(),
        ),
    };
    match problem {
        Unsafe::Writable => refused(format!("{shown} can be written by other users"))
            .with_note(why)
            .with_help(format!("take that right away\nchmod go-w {shown}")),
        Unsafe::Foreign => refused(format!("{shown} belongs to another user"))
            .with_note(why)
            .with_help(trust),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: Me = Me {
        user: 1000,
        group: 1000,
    };

    #[test]
    fn a_file_that_belongs_to_somebody_else_is_refused_unless_it_is_named() {
        assert_eq!(
            check_safe((1001, 1001), 0o644, ADA, Found::BySearch),
            Err(Unsafe::Foreign)
        );
        assert_eq!(check_safe((1001, 1001), 0o644, ADA, Found::ByName), Ok(()));
        assert_eq!(check_safe((0, 0), 0o644, ADA, Found::BySearch), Ok(()));
        let root = Me { user: 0, group: 0 };
        assert_eq!(
            check_safe((1000, 1000), 0o644, root, Found::BySearch),
            Err(Unsafe::Foreign)
        );
    }

    #[test]
    fn a_file_that_others_may_write_is_refused_also_when_it_is_named() {
        for (mode, owner) in [
            (0o646, (1000, 1000)),
            (0o666, (1000, 1000)),
            (0o664, (1000, 50)),
        ] {
            for found in [Found::BySearch, Found::ByName] {
                assert_eq!(check_safe(owner, mode, ADA, found), Err(Unsafe::Writable));
            }
        }
        let root = Me { user: 0, group: 0 };
        assert_eq!(
            check_safe((0, 0), 0o664, root, Found::BySearch),
            Err(Unsafe::Writable)
        );
    }

    #[test]
    fn the_private_group_of_the_owner_may_write() {
        assert_eq!(
            check_safe((1000, 1000), 0o664, ADA, Found::BySearch),
            Ok(())
        );
    }

    #[test]
    fn the_search_ends_at_the_root_of_the_repository() {
        let top = tempfile::tempdir().unwrap();
        let inner = top.path().join("repo/service/db");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::create_dir(top.path().join("repo/.git")).unwrap();
        let outside = top.path().join(FILE_NAME);
        std::fs::write(&outside, "").unwrap();
        assert_eq!(find(&inner, Some(top.path())), None);
        let inside = top.path().join("repo").join(FILE_NAME);
        std::fs::write(&inside, "").unwrap();
        assert_eq!(find(&inner, None), Some(inside));
    }

    #[test]
    fn the_search_ends_at_the_home_folder_and_does_not_begin_outside_of_both() {
        let top = tempfile::tempdir().unwrap();
        let inner = top.path().join("ada/project/db");
        std::fs::create_dir_all(&inner).unwrap();
        let home = top.path().join("ada");
        let above = top.path().join(FILE_NAME);
        std::fs::write(&above, "").unwrap();
        assert_eq!(find(&inner, Some(&home)), None);
        let at_home = home.join(FILE_NAME);
        std::fs::write(&at_home, "").unwrap();
        assert_eq!(find(&inner, Some(&home)), Some(at_home));
        assert_eq!(find(&inner, None), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_refused_file_is_not_read_and_the_way_out_is_named() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join(FILE_NAME);
        std::fs::write(&path, "set = 1").unwrap();
        let about = std::fs::metadata(&path).unwrap();
        let me = Me {
            user: about.uid(),
            group: about.gid(),
        };
        let how = (Found::BySearch, What::Ours);
        assert!(read(&path, FILE_NAME, Some(me), how).is_ok());
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o666)).unwrap();
        let problem = read(&path, FILE_NAME, Some(me), how).unwrap_err();
        assert_eq!(problem.class, Class::Usage);
        assert!(problem.help[0].contains("chmod go-w limosa.toml"));
    }
}
