//! The time of a change, as triggers write it.

use std::collections::BTreeSet;
use std::time::Duration;

/// The days before, at and after a moment, in UTC: a clock without a zone may show any of them.
pub(super) fn days_around(since_1970: Duration) -> BTreeSet<String> {
    let day = i64::try_from(since_1970.as_secs() / 86_400).unwrap_or_default();
    [day - 1, day, day + 1].map(civil).into_iter().collect()
}

/// Whether a value is a time of one of the days.
pub(super) fn is_now(days: &BTreeSet<String>, value: Option<&str>) -> bool {
    let day = value.and_then(|value| value.get(..10));
    day.is_some_and(|day| days.contains(day))
}

/// A day as it is written, from its number since 1970-01-01 (Howard Hinnant, `civil_from_days`).
fn civil(day: i64) -> String {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_today_is_told_from_others() {
        let days = days_around(Duration::from_secs(1_582_934_400)); // 2020-02-29
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
