//! The place of a key in a JSON text.

use crate::config::tools::problem::Spot;

/// Where the key at the end of the path stands; of a path that is not there, the last key that is.
pub(super) fn spot_of(text: &str, path: &[&str]) -> Spot {
    let mut keys: Vec<Option<String>> = Vec::new();
    let mut best = (0, 0);
    let mut last: Option<(usize, String)> = None;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let end = end_of_string(bytes, at);
                let key = serde_json::from_str(&text[at..end]).unwrap_or_default();
                last = Some((at, key));
                at = end;
                continue;
            }
            b'{' | b'[' => keys.push(None),
            b'}' | b']' => {
                keys.pop();
            }
            b':' => {
                if let (Some(slot), Some((begin, key))) = (keys.last_mut(), last.take()) {
                    *slot = Some(key);
                    let here = keys.iter().map(|key| key.as_deref().unwrap_or_default());
                    let common = here.clone().zip(path).take_while(|(a, b)| a == *b).count();
                    if common == keys.len() && common > best.0 {
                        best = (common, begin);
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    let before = &text[..best.1];
    let line = 1 + before.matches('\n').count() as u64;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() as u64;
    (line, 1 + column)
}

/// Behind the closing quote.
fn end_of_string(bytes: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_at_its_place_and_not_at_one_that_is_called_alike() {
        let text = "{\n  \"port\": 1,\n  \"a\": [{\"port\": 2}],\n  \"dev\": {\n    \"x\": \"\\\"}\", \"port\": 3\n  }\n}";
        assert_eq!(spot_of(text, &["port"]), (2, 3));
        assert_eq!(spot_of(text, &["dev", "port"]), (5, 17));
        assert_eq!(spot_of(text, &["dev", "none"]), (4, 3));
        assert_eq!(spot_of(text, &["none"]), (1, 1));
        assert_eq!(spot_of("{\"", &["a"]), (1, 1));
    }
}
