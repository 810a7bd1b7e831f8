//! The framing of PostgreSQL's protocol 3: a byte for the type, four for the length, except before the start.

use super::conversation::{Conversation, Message, Progress};

const SSL_REQUEST: u32 = 80_877_103;
const GSS_REQUEST: u32 = 80_877_104;
const CANCEL_REQUEST: u32 = 80_877_102;

#[derive(Debug, Default)]
pub(super) struct Postgres {
    started: bool,
    /// Answers of one byte that are still to come: those to requests for encryption.
    bare: usize,
    /// A Sync behind the last Execute: one that finds COPY waiting for its data is ignored by the server.
    synced: bool,
    /// COPY reads its data.
    copying: bool,
    /// The last statement came in a Query: no Sync has to come before its answer.
    simple: bool,
    asked: u64,
    ended: u64,
}

impl Conversation for Postgres {
    fn ask(&mut self, bytes: &[u8]) -> Option<(usize, Message)> {
        if !self.started {
            let length = number(bytes, 0)?;
            let code = number(bytes, 4)?;
            let length = whole(bytes, length)?;
            return Some((length, self.first(code)));
        }
        let length = whole(bytes, number(bytes, 1)?.checked_add(1)?)?;
        let body = &bytes[5..length];
        let message = match bytes[0] {
            b'Q' => Message::new("Query", true).with_sql(until_nul(body)),
            b'P' => {
                let sql = body.get(until_nul(body).len() + 1..).unwrap_or_default();
                Message::new("Parse", false).with_sql(until_nul(sql))
            }
            b'S' => Message::new("Sync", !self.copying),
            b'F' => Message::new("FunctionCall", true),
            b'p' => Message::new("Password", true),
            b'c' => Message::new("CopyDone", self.simple),
            b'f' => Message::new("CopyFail", self.simple),
            b'B' => Message::new("Bind", false),
            b'D' => Message::new("Describe", false),
            b'E' => Message::new("Execute", false),
            b'C' => Message::new("Close", false),
            b'H' => Message::new("Flush", false),
            b'd' => Message::new("CopyData", false),
            b'X' => Message::new("Terminate", false),
            _ => Message::new("unknown", false),
        };
        match bytes[0] {
            b'S' if self.copying => {}
            b'Q' | b'S' | b'F' => self.asked += 1,
            b'c' | b'f' => self.copying = false,
            _ => {}
        }
        self.simple = bytes[0] == b'Q' || (self.simple && bytes[0] != b'E');
        self.synced = bytes[0] == b'S' || self.synced && bytes[0] == b'd';
        Some((length, message))
    }

    fn answer(&mut self, bytes: &[u8]) -> Option<(usize, Progress)> {
        if self.bare > 0 && !bytes.is_empty() {
            self.bare -= 1;
            return Some((1, Progress::Ends));
        }
        let length = whole(bytes, number(bytes, 1)?.checked_add(1)?)?;
        let progress = match bytes[0] {
            b'Z' => {
                self.ended += 1;
                Progress::Ends
            }
            b'G' => {
                self.copying = true;
                self.asked -= u64::from(std::mem::take(&mut self.synced));
                Progress::Ends
            }
            // A request for the next step of the authentication; 0 says that it is done, 12 that it is about to.
            b'R' if !matches!(number(bytes, 5), Some(0 | 12)) => Progress::Ends,
            _ => Progress::GoesOn,
        };
        Some((length, progress))
    }

    fn counts(&self) -> (u64, u64) {
        (self.asked, self.ended)
    }
}

impl Postgres {
    /// The messages before the start, which have no type.
    fn first(&mut self, code: u32) -> Message {
        match code {
            SSL_REQUEST | GSS_REQUEST => {
                self.bare += 1;
                Message::new("encryption request", false)
            }
            CANCEL_REQUEST => Message::new("cancel request", false),
            _ => {
                self.started = true;
                self.asked += 1;
                Message::new("start-up", true)
            }
        }
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

fn whole(bytes: &[u8], length: u32) -> Option<usize> {
    let length = usize::try_from(length).ok()?;
    (bytes.len() >= length).then_some(length)
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0);
    &bytes[..end.unwrap_or(bytes.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).expect("it is short");
        [&[kind][..], &length.to_be_bytes(), body].concat()
    }

    fn start(code: u32) -> Vec<u8> {
        [8_u32.to_be_bytes(), code.to_be_bytes()].concat()
    }

    #[test]
    fn messages_are_cut_where_they_end() {
        let mut wire = Postgres::default();
        let (length, first) = wire.ask(&start(SSL_REQUEST)).expect("it is whole");
        assert_eq!((length, first.name), (8, "encryption request"));
        assert_eq!(wire.answer(b"N"), Some((1, Progress::Ends)));
        assert_eq!(
            wire.ask(&start(196_608)).expect("it is whole").1.name,
            "start-up"
        );
        let query = message(b'Q', b"select\n 1\0");
        for part in 0..query.len() {
            assert_eq!(wire.ask(&query[..part]), None);
        }
        let both = [query.clone(), message(b'X', b"")].concat();
        let (length, asked) = wire.ask(&both).expect("it is whole");
        assert_eq!(
            (length, asked.to_string().as_str()),
            (query.len(), "Query select 1")
        );
        assert_eq!(
            wire.ask(&both[length..]).expect("it is whole").1.name,
            "Terminate"
        );
        let parse = message(b'P', b"name\0select 2\0\0\0");
        assert_eq!(wire.ask(&parse).expect("it is whole").1.sql, "select 2");
    }

    #[test]
    fn an_answer_ends_where_the_client_has_to_speak() {
        let mut wire = Postgres::default();
        let end = |wire: &mut Postgres, kind, body: &[u8]| {
            wire.answer(&message(kind, body)).expect("it is whole").1
        };
        wire.ask(&start(196_608));
        assert_eq!(end(&mut wire, b'R', &10_u32.to_be_bytes()), Progress::Ends);
        assert_eq!(
            end(&mut wire, b'R', &12_u32.to_be_bytes()),
            Progress::GoesOn
        );
        assert_eq!(end(&mut wire, b'R', &0_u32.to_be_bytes()), Progress::GoesOn);
        assert_eq!(end(&mut wire, b'K', &[0; 8]), Progress::GoesOn);
        assert_eq!(end(&mut wire, b'Z', b"I"), Progress::Ends);
        wire.ask(&message(b'Q', b"copy t from stdin\0"));
        assert_eq!(end(&mut wire, b'G', &[0; 3]), Progress::Ends);
        assert_eq!(wire.counts(), (2, 1));
        wire.ask(&message(b'c', b""));
        assert_eq!(end(&mut wire, b'C', b"COPY 1\0"), Progress::GoesOn);
        assert_eq!(end(&mut wire, b'Z', b"I"), Progress::Ends);
        assert_eq!(wire.counts(), (2, 2));
    }
}
