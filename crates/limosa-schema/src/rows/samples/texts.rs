//! Texts, bytes and JSON.

use super::{Look, Place, Sample, has, turn};
use crate::rows::column_type::Letters;
use crate::rows::literal::Literal;

/// How long a text is of which any length may be.
const LONG: usize = 1_000;
/// Longer ones are not made, whatever the limit.
const LONGEST: usize = 8_000;

/// What people and programs stumble over.
const STRANGE: [&str; 6] = [
    "O'Brien \"x\" `y` \\ 100 %_ e\u{301} \u{df} \u{130} \u{6f22}\u{5b57} \u{1d11e} \u{1f600} -- /* ; */ $1",
    "",
    "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467} 'a' \\' \"b\" \u{e9}e\u{327}\u{301}",
    "   ",
    "line 1\r\nline 2\t\"c\" 'd' \\ 50% \u{a0}",
    "%",
];

pub(super) fn text(
    limit: Option<usize>,
    letters: Letters,
    place: Place<'_>,
    look: Look,
    number: usize,
) -> Option<Sample> {
    let room = limit.unwrap_or(LONG).min(LONGEST);
    let made = match look {
        Look::Ordinary => ordinary(place.name, room, number)?,
        Look::Extreme => {
            let unit = "the longest value that fits, ";
            let long = format!("{number} {}", unit.repeat(room / unit.len() + 1));
            long.chars().take(room).collect()
        }
        Look::Strange => strange(letters, place.seed, number),
    };
    let made: String = made.chars().take(room).collect();
    // Blanks at the end of a CHAR are no part of it.
    Some(Sample::text(made))
}

fn ordinary(name: &str, room: usize, number: usize) -> Option<String> {
    let word: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(20)
        .collect();
    let said = format!("{word} {}", number + 1);
    if said.len() <= room {
        return Some(said);
    }
    let width = room.min(6);
    let mut left = number;
    let mut short = String::new();
    for _ in 0..width {
        let digit = u8::try_from(left % 26).ok()?;
        short.insert(0, char::from(b'a' + digit));
        left /= 26;
    }
    (left == 0 && width > 0).then_some(short)
}

fn strange(letters: Letters, seed: u64, number: usize) -> String {
    let index = (turn(seed, STRANGE.len()) + number) % STRANGE.len();
    let mut made: String = STRANGE[index]
        .chars()
        .filter(|c| has(letters, *c))
        .collect();
    if number >= STRANGE.len() {
        made.insert_str(0, &format!("{number} "));
    }
    made
}

pub(super) fn bytes(limit: Option<usize>, fixed: bool, look: Look, number: usize) -> Sample {
    let room = limit.unwrap_or(LONG).min(LONGEST);
    let last = u8::try_from(number % 256).unwrap_or_default();
    let mut made = match look {
        Look::Ordinary => format!("bytes {}", number + 1).into_bytes(),
        Look::Extreme => {
            let mut all = vec![0xff_u8; room];
            if let Some(first) = all.first_mut() {
                *first = first.wrapping_sub(last);
            }
            all
        }
        Look::Strange if number == 1 => Vec::new(),
        Look::Strange => vec![last, 0x00, 0x27, 0x5c, 0x80, 0xff],
    };
    if made.len() > room {
        // What makes them different is at the end.
        made = made.split_off(made.len() - room);
    }
    if fixed {
        made.resize(room, b'.');
    }
    Sample::new(Literal::Bytes(made))
}

pub(super) fn json(place: Place<'_>, look: Look, number: usize) -> Sample {
    let name = serde_json::Value::from(place.name).to_string();
    let object = match look {
        Look::Ordinary => format!("{{{name}: {}, \"b\": [1, 2.50, null]}}", number + 1),
        Look::Extreme => {
            let many: Vec<String> = (0..40)
                .map(|key| format!("\"k{key}\": [{key}, {{\"x\": \"{}\"}}]", "long ".repeat(5)))
                .collect();
            format!("{{\"n\": {number}, {}}}", many.join(", "))
        }
        Look::Strange if (turn(place.seed, 2) + number).is_multiple_of(2) => {
            format!("{{\"k'e\\\"y\": \"\u{e9} \u{1f600} \\\\ \\n {number}\"}}")
        }
        Look::Strange if number < 2 => "{}".to_owned(),
        Look::Strange => format!("{{\"\": {number}}}"),
    };
    Sample::text(match (place.is_list, object.as_str()) {
        (true, "{}") => "[]".to_owned(),
        (true, object) => format!("[{object}]"),
        (false, _) => object,
    })
}
