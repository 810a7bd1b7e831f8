//! Whether a value in another type is the same.

use std::borrow::Cow;

/// A form in which a value is the same in every type that can hold it: numbers without zeros at the end, days without
/// midnight, JSON with its keys in order, truth as 1 and 0.
pub(super) fn plain(value: &str) -> Cow<'_, str> {
    let text = value.trim_end_matches(' ');
    match text {
        "t" | "true" | "TRUE" => return Cow::Borrowed("1"),
        "f" | "false" | "FALSE" => return Cow::Borrowed("0"),
        _ => {}
    }
    if let Some(number) = number(text) {
        return Cow::Owned(number);
    }
    if let Some(time) = time(text) {
        return Cow::Owned(time);
    }
    if text.starts_with(['{', '['])
        && let Ok(mut json) = serde_json::from_str::<serde_json::Value>(text)
    {
        json.sort_all_objects();
        return Cow::Owned(json.to_string());
    }
    let is_uuid = text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4;
    if is_uuid {
        return Cow::Owned(text.to_lowercase());
    }
    Cow::Borrowed(text)
}

/// `1.50` and `01.5` are `1.5`.
fn number(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !are_digits(whole) || !are_digits(fraction) {
        // As a float it may be written so.
        let exponent = text.contains(['e', 'E'])
            && text.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        return exponent
            .then(|| text.parse::<f64>().ok())
            .flatten()
            .map(|number| format!("{number:e}"));
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let is_zero = whole == "0" && fraction.is_empty();
    let sign = if is_zero { "" } else { sign };
    Some(match fraction {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    })
}

/// `2020-02-29 00:00:00.000+00` is `2020-02-29`.
fn time(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_day = bytes.len() >= 10
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && bytes[..4].iter().all(u8::is_ascii_digit);
    if !is_day {
        return None;
    }
    let text = text.replacen('T', " ", 1);
    let text = text.trim_end_matches('Z').trim_end_matches("+00");
    let text = match text.split_once('.') {
        Some((seconds, fraction)) => {
            let fraction = fraction.trim_end_matches('0');
            match fraction {
                "" => seconds.to_owned(),
                fraction => format!("{seconds}.{fraction}"),
            }
        }
        None => text.to_owned(),
    };
    Some(text.trim_end_matches(" 00:00:00").to_owned())
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn the_same_value_in_another_type_has_the_same_form() {
        let same = [
            ("1.50", "1.5"),
            ("7", "7.00"),
            ("-0", "0"),
            ("t", "1"),
            ("2020-02-29", "2020-02-29 00:00:00+00"),
            ("2020-02-29T12:00:00.500Z", "2020-02-29 12:00:00.5"),
            ("{\"b\": 1, \"a\": [1,2]}", "{\"a\":[1, 2],\"b\":1}"),
            ("abc  ", "abc"),
        ];
        for (one, other) in same {
            assert_eq!(plain(one), plain(other));
        }
        for (one, other) in [
            ("1.55", "1.6"),
            ("a", "A"),
            ("12", "12a"),
            ("2020-02-29 12:00:00.5", "2020-02-29 12:00:01"),
        ] {
            assert_ne!(plain(one), plain(other));
        }
    }
}
