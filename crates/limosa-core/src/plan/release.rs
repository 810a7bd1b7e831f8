//! Comparing releases of an application.

/// Whether release `a` is below release `b`: numbers are compared as numbers, part by part
/// (`1.10.0` is above `1.9`, a leading `v` does not count, `1.4` is `1.4.0`, `1.4.0-rc.1` is
/// below `1.4.0`).
pub fn is_below(a: &str, b: &str) -> bool {
    let (a, b) = (parts(a), parts(b));
    let length = a.numbers.len().max(b.numbers.len());
    let number = |release: &Release, at: usize| release.numbers.get(at).copied().unwrap_or(0);
    for at in 0..length {
        match number(&a, at).cmp(&number(&b, at)) {
            std::cmp::Ordering::Less => return true,
            std::cmp::Ordering::Greater => return false,
            std::cmp::Ordering::Equal => {}
        }
    }
    match (a.pre, b.pre) {
        (Some(a), Some(b)) => a < b,
        (pre, None) => pre.is_some(),
        (None, Some(_)) => false,
    }
}

struct Release<'a> {
    numbers: Vec<u64>,
    pre: Option<&'a str>,
}

fn parts(text: &str) -> Release<'_> {
    let text = text.trim().trim_start_matches(['v', 'V']);
    let text = text.split_once('+').map_or(text, |(text, _)| text);
    let (numbers, pre) = match text.split_once('-') {
        Some((numbers, pre)) => (numbers, Some(pre)),
        None => (text, None),
    };
    Release {
        numbers: numbers
            .split('.')
            .map(|part| part.parse().unwrap_or(0))
            .collect(),
        pre,
    }
}

#[cfg(test)]
mod tests {
    use super::is_below;

    #[test]
    fn releases_are_compared_by_their_numbers() {
        assert!(is_below("1.9", "1.10.0"));
        assert!(is_below("v1.4.0-rc.1", "1.4"));
        assert!(!is_below("1.4", "v1.4.0"));
        assert!(!is_below("2.0", "1.99.99"));
    }
}
