//! The time of a change, as triggers write it.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use crate::scaffold::timestamp;

/// The days before, at and after a moment, in UTC: a clock without a zone may show any of them.
pub(super) fn days_around(moment: SystemTime) -> BTreeSet<String> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let days = [
        moment.checked_sub(DAY),
        Some(moment),
        moment.checked_add(DAY),
    ];
    days.into_iter().flatten().map(day_of).collect()
}

/// `2020-02-29`.
fn day_of(moment: SystemTime) -> String {
    let date = timestamp(moment) / 1_000_000;
    let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Whether a value is a time of one of the days.
pub(super) fn is_now(days: &BTreeSet<String>, value: Option<&str>) -> bool {
    let day = value.and_then(|value| value.get(..10));
    day.is_some_and(|day| days.contains(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_today_is_told_from_others() {
        let days = days_around(SystemTime::UNIX_EPOCH + Duration::from_secs(1_582_934_400)); // 2020-02-29
        assert_eq!(
            days.iter().collect::<Vec<_>>(),
            ["2020-02-28", "2020-02-29", "2020-03-01"]
        );
        assert!(is_now(&days, Some("2020-03-01 00:00:01.5+00")));
        assert!(!is_now(&days, Some("2020-03-02 00:00:01.5+00")));
        assert!(!is_now(&days, Some("short")));
        assert!(!is_now(&days, None));
    }
}
