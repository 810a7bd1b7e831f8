//! Ends of quotes, comments and numbers: what the dialects share.

use memchr::{memchr, memchr2};

/// The end of a quote that was opened before `at`: a doubled quote stands for itself, and so
/// does whatever follows a backslash when `backslash` says so. `None` when there is no end.
pub(super) fn quote_end(text: &[u8], mut at: usize, quote: u8, backslash: bool) -> Option<usize> {
    loop {
        let rest = text.get(at..)?;
        let found = at
            + if backslash {
                memchr2(quote, b'\\', rest)?
            } else {
                memchr(quote, rest)?
            };
        if text[found] != quote || text.get(found + 1) == Some(&quote) {
            at = found + 2;
        } else {
            return Some(found + 1);
        }
    }
}

/// The end of a block comment of which `depth` openings were read before `at`. When there is no
/// end, where reading has to go on when there is more text; `depth` is kept for that.
pub(crate) fn comment_end(
    text: &[u8],
    mut at: usize,
    depth: &mut u32,
    nested: bool,
) -> Result<usize, usize> {
    while let Some(found) = text.get(at..).and_then(|rest| memchr2(b'*', b'/', rest)) {
        at += found;
        match (text[at], text.get(at + 1)) {
            (_, None) => return Err(at),
            (b'*', Some(b'/')) => {
                at += 2;
                *depth = depth.saturating_sub(1);
                if *depth == 0 {
                    return Ok(at);
                }
            }
            (b'/', Some(b'*')) if nested => {
                at += 2;
                *depth = depth.saturating_add(1);
            }
            _ => at += 1,
        }
    }
    Err(text.len())
}

/// The end of a number that begins at `at`, as `PostgreSQL` and `SQLite` read it. A letter that
/// does not belong to it begins the next token.
pub(super) fn number_end(text: &[u8], at: usize) -> usize {
    let digits = |from: usize, digit: fn(&u8) -> bool| {
        let more = text.get(from..).unwrap_or_default();
        from + more
            .iter()
            .take_while(|byte| digit(byte) || **byte == b'_')
            .count()
    };
    if text[at] == b'0' {
        let radix: Option<fn(&u8) -> bool> = match text.get(at + 1) {
            Some(b'x' | b'X') => Some(u8::is_ascii_hexdigit),
            Some(b'o' | b'O' | b'b' | b'B') => Some(u8::is_ascii_digit),
            _ => None,
        };
        if let Some(radix) = radix {
            let end = digits(at + 2, radix);
            if end > at + 2 {
                return end;
            }
        }
    }
    let mut end = digits(at, u8::is_ascii_digit);
    // `1..10` is a range: its dots are symbols.
    if text.get(end) == Some(&b'.') && text.get(end + 1) != Some(&b'.') {
        end = digits(end + 1, u8::is_ascii_digit);
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let exponent = end + 1 + sign;
        if text.get(exponent).is_some_and(u8::is_ascii_digit) {
            end = digits(exponent, u8::is_ascii_digit);
        }
    }
    end
}
