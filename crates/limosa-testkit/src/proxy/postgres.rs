//! The framing of PostgreSQL's protocol 3: a byte for the type, four for the length, except before the start.

use std::collections::VecDeque;

use super::conversation::{Conversation, Message, Progress};

const SSL_REQUEST: u32 = 80_877_103;
const GSS_REQUEST: u32 = 80_877_104;
const CANCEL_REQUEST: u32 = 80_877_102;

/// With what an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The server is ready again: the answer to a Sync, a Query and the like.
    Ready,
    /// So many statements are done: the answer to a Flush behind them.
    Done(usize),
}

#[derive(Debug, Default)]
pub(super) struct Postgres {
    started: bool,
    /// The answers that were asked for and have not ended.
    waiting: VecDeque<End>,
    /// Messages of the extended protocol without a Sync behind them.
    is_open: bool,
    /// How many Executes no Flush or Sync has followed yet.
    executes: usize,
    /// The server has met an error: it passes over everything until a Sync.
    skips: bool,
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
            b'H' => {
                let answered = self.executes > 0 && !self.skips && !self.copying;
                Message::new("Flush", answered)
            }
            b'd' => Message::new("CopyData", false),
            b'X' => Message::new("Terminate", false),
            _ => Message::new("unknown", false),
        };
        match bytes[0] {
            b'S' if self.copying => {}
            b'Q' | b'S' | b'F' => {
                (self.is_open, self.skips, self.executes) = (false, false, 0);
                self.wait_for(End::Ready);
            }
            b'P' | b'B' | b'D' => self.is_open = true,
            b'E' => {
                self.is_open = true;
                self.executes += 1;
            }
            b'H' => {
                let executes = std::mem::take(&mut self.executes);
                if message.answered {
                    self.wait_for(End::Done(executes));
                }
            }
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
                self.end_done();
                self.end();
                Progress::Ends
            }
            b'C' | b'I' => match self.waiting.front_mut() {
                Some(End::Done(more @ 2..)) => {
                    *more -= 1;
                    Progress::GoesOn
                }
                Some(End::Done(_)) => {
                    self.end();
                    Progress::Ends
                }
                Some(End::Ready) | None => Progress::GoesOn,
            },
            b'E' if self.waiting.front() == Some(&End::Ready) => Progress::GoesOn,
            b'E' => {
                self.end_done();
                self.skips = self.is_open && self.waiting.is_empty();
                Progress::Ends
            }
            b'G' => {
                self.copying = true;
                self.end_done();
                if std::mem::take(&mut self.synced) {
                    self.waiting.pop_back();
                    self.asked -= 1;
                }
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
    fn wait_for(&mut self, end: End) {
        self.asked += 1;
        self.waiting.push_back(end);
    }

    fn end(&mut self) {
        if self.waiting.pop_front().is_some() {
            self.ended += 1;
        }
    }

    /// Nothing more is answered up to the next Sync.
    fn end_done(&mut self) {
        while let Some(End::Done(_)) = self.waiting.front() {
            self.end();
        }
    }

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
                self.wait_for(End::Ready);
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

    #[test]
    fn an_answer_to_a_flush_ends_with_its_last_statement() {
        let mut wire = Postgres::default();
        wire.ask(&start(196_608));
        wire.answer(&message(b'Z', b"I"));
        let ask = |wire: &mut Postgres, kinds: &[u8]| {
            let asked = kinds.iter().map(|kind| wire.ask(&message(*kind, b"\0\0")));
            asked.last().flatten().expect("it is whole").1.answered
        };
        let end =
            |wire: &mut Postgres, kind| wire.answer(&message(kind, b"I\0")).expect("it is whole").1;
        assert!(ask(&mut wire, b"PBEH"));
        assert!(ask(&mut wire, b"PBEPBEH"));
        // Nothing is between this one and the one before it.
        assert!(!ask(&mut wire, b"H"));
        assert!(ask(&mut wire, b"PBEH"));
        assert_eq!(wire.counts(), (4, 1));
        assert_eq!(end(&mut wire, b'1'), Progress::GoesOn);
        assert_eq!(end(&mut wire, b'C'), Progress::Ends);
        assert_eq!(end(&mut wire, b'C'), Progress::GoesOn);
        assert_eq!(wire.counts(), (4, 2));
        assert_eq!(end(&mut wire, b'I'), Progress::Ends);
        assert_eq!(wire.counts(), (4, 3));
        assert!(ask(&mut wire, b"PBEH"));
        // With the error all of them are answered, and nothing more is before the Sync.
        assert_eq!(end(&mut wire, b'E'), Progress::Ends);
        assert_eq!(wire.counts(), (5, 5));
        assert!(!ask(&mut wire, b"PBEH"));
        assert!(ask(&mut wire, b"S"));
        assert!(ask(&mut wire, b"PBEH"));
        assert_eq!(end(&mut wire, b'Z'), Progress::Ends);
        assert_eq!(wire.counts(), (7, 6));
        // An error of what a Sync ends is answered by the Sync.
        assert_eq!(end(&mut wire, b'C'), Progress::Ends);
        ask(&mut wire, b"PBDES");
        assert!(ask(&mut wire, b"PBEH"));
        assert_eq!(end(&mut wire, b'E'), Progress::GoesOn);
        assert_eq!(end(&mut wire, b'Z'), Progress::Ends);
        assert_eq!(end(&mut wire, b'C'), Progress::Ends);
        // An error may come before the Flush does.
        ask(&mut wire, b"P");
        end(&mut wire, b'E');
        assert!(!ask(&mut wire, b"BEH"));
        let (asked, ended) = wire.counts();
        assert_eq!(asked, ended);
    }
}
