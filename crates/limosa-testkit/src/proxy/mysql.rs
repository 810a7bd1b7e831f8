//! The framing of MySQL's protocol: three bytes for the length, one for the number in its exchange.

use super::conversation::{Conversation, Message, Progress};

/// In the status of an answer: another result follows.
const MORE_RESULTS: u16 = 0x0008;
/// A packet of this length goes on in the next one.
const LONGEST: usize = 0xff_ffff;

#[derive(Debug, Default)]
pub(super) struct Mysql {
    /// The client has said who it is.
    entered: bool,
    /// The server has let it in, or refused.
    admitted: bool,
    /// The last packet of the client goes on in the next one.
    is_long: bool,
    command: u8,
    asked: u64,
    ended: u64,
}

impl Conversation for Mysql {
    fn ask(&mut self, bytes: &[u8]) -> Option<(usize, Message)> {
        let body = packet(bytes)?;
        let goes_on = std::mem::replace(&mut self.is_long, body.len() == LONGEST);
        let message = if goes_on {
            Message::new("rest of a packet", !self.is_long)
        } else if !self.admitted {
            let name = if self.entered {
                "authentication"
            } else {
                "handshake response"
            };
            self.entered = true;
            Message::new(name, true)
        } else {
            self.command = body.first().copied().unwrap_or_default();
            command(self.command, body.get(1..).unwrap_or_default())
        };
        if message.answered {
            // The client speaks in turn, so what it had asked before is answered, rows and all.
            self.ended = self.asked;
            self.asked += 1;
        }
        Some((body.len() + 4, message))
    }

    fn answer(&mut self, bytes: &[u8]) -> Option<(usize, Progress)> {
        let body = packet(bytes)?;
        let progress = self.progress(body);
        if progress == Progress::Ends && self.ended < self.asked {
            self.ended += 1;
        }
        Some((body.len() + 4, progress))
    }

    fn counts(&self) -> (u64, u64) {
        (self.asked, self.ended)
    }
}

impl Mysql {
    /// A set of rows counts as the end: the server has worked, what follows is read.
    fn progress(&mut self, body: &[u8]) -> Progress {
        let first = body.first().copied().unwrap_or_default();
        if !self.entered {
            // The server speaks first.
            return Progress::GoesOn;
        }
        if !self.admitted {
            self.admitted = first == 0;
            return Progress::Ends;
        }
        match first {
            0 if self.command == 0x16 => Progress::Ends,
            0 if status(body).is_some_and(|status| status & MORE_RESULTS != 0) => Progress::GoesOn,
            _ => Progress::Ends,
        }
    }
}

fn command(code: u8, body: &[u8]) -> Message {
    match code {
        0x01 => Message::new("COM_QUIT", false),
        0x02 => Message::new("COM_INIT_DB", true),
        0x03 => Message::new("COM_QUERY", true).with_sql(body),
        0x0e => Message::new("COM_PING", true),
        0x16 => Message::new("COM_STMT_PREPARE", true).with_sql(body),
        0x17 => Message::new("COM_STMT_EXECUTE", true),
        0x18 => Message::new("COM_STMT_SEND_LONG_DATA", false),
        0x19 => Message::new("COM_STMT_CLOSE", false),
        0x1f => Message::new("COM_RESET_CONNECTION", true),
        _ => Message::new("other command", true),
    }
}

/// The body of the first packet, when it is whole.
fn packet(bytes: &[u8]) -> Option<&[u8]> {
    let header = bytes.get(..4)?;
    let length = u32::from_le_bytes([header[0], header[1], header[2], 0]);
    bytes.get(4..4 + usize::try_from(length).ok()?)
}

/// The status in an OK packet, behind the numbers of rows and of the last inserted row.
fn status(body: &[u8]) -> Option<u16> {
    let mut at = 1;
    for _ in 0..2 {
        at += match body.get(at)? {
            0xfc => 3,
            0xfd => 4,
            0xfe => 9,
            _ => 1,
        };
    }
    Some(u16::from_le_bytes([*body.get(at)?, *body.get(at + 1)?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet_of(number: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len())
            .expect("it is short")
            .to_le_bytes();
        [&length[..3], &[number], body].concat()
    }

    fn admitted() -> Mysql {
        let mut wire = Mysql::default();
        assert_eq!(
            wire.answer(&packet_of(0, b"\x0a10.11")),
            Some((10, Progress::GoesOn))
        );
        assert_eq!(
            wire.ask(&packet_of(1, b"me")).expect("it is whole").1.name,
            "handshake response"
        );
        assert_eq!(
            wire.answer(&packet_of(2, b"\xfeother")),
            Some((10, Progress::Ends))
        );
        assert_eq!(
            wire.ask(&packet_of(3, b"secret"))
                .expect("it is whole")
                .1
                .name,
            "authentication"
        );
        assert_eq!(
            wire.answer(&packet_of(4, &[0, 0, 0, 2, 0, 0, 0])),
            Some((11, Progress::Ends))
        );
        wire
    }

    #[test]
    fn packets_are_cut_where_they_end() {
        let mut wire = admitted();
        let query = packet_of(0, b"\x03select 1");
        for part in 0..query.len() {
            assert_eq!(wire.ask(&query[..part]), None);
        }
        let (length, asked) = wire.ask(&query).expect("it is whole");
        assert_eq!(
            (length, asked.to_string().as_str()),
            (query.len(), "COM_QUERY select 1")
        );
        let close = packet_of(0, &[0x19, 1, 0, 0, 0]);
        assert!(!wire.ask(&close).expect("it is whole").1.answered);
    }

    #[test]
    fn an_answer_ends_with_its_last_result_or_its_first_row() {
        let mut wire = admitted();
        wire.ask(&packet_of(0, b"\x03update a; update b"));
        let more = [0, 0xfc, 1, 2, 0, 0x0a, 0, 0, 0];
        assert_eq!(
            wire.answer(&packet_of(1, &more)).map(|found| found.1),
            Some(Progress::GoesOn)
        );
        let last = [0, 3, 0, 2, 0, 0, 0];
        assert_eq!(
            wire.answer(&packet_of(2, &last)).map(|found| found.1),
            Some(Progress::Ends)
        );
        assert_eq!(wire.counts(), (3, 3));
        wire.ask(&packet_of(0, b"\x03select 1"));
        assert_eq!(
            wire.answer(&packet_of(1, &[1])).map(|found| found.1),
            Some(Progress::Ends)
        );
    }
}
