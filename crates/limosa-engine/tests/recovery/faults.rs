//! Faults that meet a statement while it waits for another session.

use limosa_testkit::Client;

use crate::support::{Lab, Ran, UP};

/// Whether a migration's statement that begins like this waits for somebody.
pub fn waits(statement: &str) -> String {
    format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE '{statement}%' \
         AND application_name = 'limosa' AND wait_event_type = 'Lock'"
    )
}

/// What a fault does to the session that waits with such a statement.
pub fn to_session(fault: &str, statement: &str) -> String {
    format!(
        "SELECT {fault}(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE '{statement}%' \
         AND application_name = 'limosa'"
    )
}

/// Runs `up` while another session holds what its statement waits for, and does something meanwhile.
pub fn held(lab: &Lab, hold: &[&str], statement: &str, meanwhile: impl FnOnce(&mut Client)) -> Ran {
    let mut other = lab.db.open();
    for sql in hold {
        other.execute(sql);
    }
    std::thread::scope(|scope| {
        let run = scope.spawn(|| lab.run(UP));
        lab.db.wait_until(&waits(statement));
        meanwhile(&mut other);
        drop(other);
        run.join().expect("the run does not panic")
    })
}

/// The events of a unit in the journal.
pub fn events(lab: &Lab, version: &str, unit: i64) -> String {
    let entries = lab.journal().into_iter();
    let of_unit = entries
        .filter(|entry| entry.version.as_deref() == Some(version) && entry.unit == Some(unit));
    let names: Vec<String> = of_unit.map(|entry| entry.event).collect();
    names.join(" ")
}

/// What recoveries found, in order.
pub fn recovered(lab: &Lab) -> Vec<(String, Vec<String>)> {
    let details = lab.journal().into_iter().filter_map(|entry| entry.detail);
    details
        .filter_map(|detail| {
            let detail: serde_json::Value = serde_json::from_str(&detail).ok()?;
            let recovered = detail.get("recovered")?;
            let cleaned = recovered["cleaned"].as_array()?;
            Some((
                recovered["found"].as_str()?.to_owned(),
                cleaned
                    .iter()
                    .map(|one| one.as_str().unwrap_or_default().to_owned())
                    .collect(),
            ))
        })
        .collect()
}
