//! Whether a process that wrote to a database is still there. `SQLite` has no server that could say so; the system can
//! where it shows its processes as files (Linux), and only those that it shows to us.

/// When a process of this system began: the boot, and the ticks since then. Empty where that is not known, and for
/// a process that has ended.
pub(crate) fn started(id: i64) -> String {
    let read = |path: String| std::fs::read_to_string(path).ok();
    let began = || {
        let stat = read(format!("/proc/{id}/stat"))?;
        // The name of the program comes before, in brackets, and may hold anything.
        let mut rest = stat.rsplit_once(')')?.1.split_whitespace();
        let state = rest.next()?;
        let ticks = rest.nth(18)?;
        let boot = read("/proc/sys/kernel/random/boot_id".to_owned())?;
        let has_ended = matches!(state, "Z" | "X");
        (!has_ended).then(|| format!("{}:{ticks}", boot.trim()))
    };
    began().unwrap_or_default()
}

/// Whether the process with this id and beginning is still there.
pub(crate) fn is_there(id: i64, began: &str) -> bool {
    !began.is_empty() && started(id) == began
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_there_until_it_ends_and_no_other_is_taken_for_it() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let id = i64::from(child.id());
        let began = started(id);
        assert!(is_there(id, &began));
        assert!(!is_there(id, "another:1"));
        let own = i64::from(std::process::id());
        assert!(is_there(own, &started(own)) && !is_there(own, ""));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!is_there(id, &began));
    }
}
