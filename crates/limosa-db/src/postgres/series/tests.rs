//! A series on a line whose other end is a script.

use std::sync::{Arc, Mutex};

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::super::socket::Socket;
use super::*;

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend(u32::try_from(body.len() + 4).unwrap().to_be_bytes());
    bytes.extend(body);
    bytes
}

fn done(tag: &str) -> Vec<u8> {
    let tag = [tag.as_bytes(), b"\0"].concat();
    [message(b'1', b""), message(b'2', b""), message(b'C', &tag)].concat()
}

fn said(kind: u8, severity: &str, code: &str, text: &str) -> Vec<u8> {
    let fields = format!("S{severity}\0V{severity}\0C{code}\0M{text}\0P3\0\0");
    message(kind, fields.as_bytes())
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(work)
}

/// A link whose notices are kept.
fn link() -> (Link, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (link, of_sink) = (Link::default(), Arc::clone(&heard));
    link.listen(Box::new(move |severity, text| {
        of_sink.lock().unwrap().push(format!("{severity} {text}"));
    }));
    (link, heard)
}

async fn series() -> (Series, TcpStream) {
    let (socket, server) = Socket::pair().await;
    (Series::on(Line::Left(socket)), server)
}

fn ask(series: &mut Series, sql: &str) -> usize {
    series
        .ask(&[Statement::once(sql, &[])], Means::text(sql))
        .unwrap()
}

#[test]
fn answers_are_found_in_whatever_pieces_they_come() {
    let sent = [
        done("INSERT 0 3"),
        said(b'N', "NOTICE", "00000", "of the second"),
        message(b'S', b"name\0value\0"),
        done("UPDATE 4"),
        said(b'N', "NOTICE", "00000", "of the third"),
        message(b'1', b""),
        said(b'E', "ERROR", "42601", "no"),
        said(b'N', "NOTICE", "00000", "of the end"),
        message(b'Z', b"E"),
        message(b'A', b"rest"),
    ]
    .concat();
    for piece in [1, 2, 3, 7, 1000] {
        let sent = sent.clone();
        run(async {
            let (mut series, mut server) = series().await;
            let (link, heard) = link();
            for number in 0..5 {
                ask(&mut series, &format!("ä{number}"));
            }
            let server = tokio::spawn(async move {
                for piece in sent.chunks(piece) {
                    server.write_all(piece).await.unwrap();
                    tokio::task::yield_now().await;
                }
                server
            });
            for rows in [3, 4] {
                let outcome = Outcome { rows: Some(rows) };
                let answered = series.answered(&link).await.unwrap().unwrap();
                assert_eq!(answered, Answered::Done(outcome), "in pieces of {piece}");
            }
            assert_eq!(*heard.lock().unwrap(), ["NOTICE of the second"]);
            let error = series.answered(&link).await.unwrap().unwrap_err();
            assert_eq!(error.failure().unwrap().position, Some(3));
            assert_eq!(heard.lock().unwrap()[1..], ["NOTICE of the third"]);
            ask(&mut series, "sent after the failure");
            for _ in 0..3 {
                let answered = series.answered(&link).await.unwrap().unwrap();
                assert_eq!(answered, Answered::Skipped);
            }
            assert_eq!(heard.lock().unwrap().len(), 2);
            series.end(&link).await.unwrap().unwrap();
            assert_eq!(heard.lock().unwrap()[2..], ["NOTICE of the end"]);
            let (mut line, mut unread) = series.into_line();
            let _server = server.await.unwrap();
            while unread.len() < 9 {
                line.read_buf(&mut unread).await.unwrap();
            }
            assert_eq!(unread[..], message(b'A', b"rest"));
        });
    }
}

#[test]
fn every_request_ends_with_a_flush_and_only_the_series_with_a_sync() {
    run(async {
        let (mut series, mut server) = series().await;
        let parameters = ["text".into(), Value::Null, Value::Bytes(vec![0, 1])];
        let bytes = series.ask(&[Statement::once("SELECT $1", &parameters)], Means::Guarded);
        ask(&mut series, "COMMIT");
        // What cannot be sent leaves nothing behind.
        for (sql, parameters) in [("\0", &[][..]), ("$1", &["\0".into()])] {
            let wrong = Statement::once(sql, parameters);
            let asked = series.ask(&[Statement::once("SELECT 1", &[]), wrong], Means::Guarded);
            assert!(matches!(asked, Err(DbError::Client(_))));
        }
        series
            .ask(
                &[Statement::once("A", &[]), Statement::once("B", &[])],
                Means::Guarded,
            )
            .unwrap();
        let (link, _) = link();
        server
            .write_all(&[done("A").repeat(4), message(b'Z', b"I")].concat())
            .await
            .unwrap();
        series.end(&link).await.unwrap().unwrap();
        let mut sent = BytesMut::new();
        drop(series);
        while server.read_buf(&mut sent).await.unwrap() > 0 {}
        let mut kinds = Vec::new();
        let mut messages = super::super::messages::Messages::default();
        messages.pass(&sent, |kind| kinds.push(kind));
        assert_eq!(kinds, b"PBEHPBEHPBEPBEHS");
        let first = sent
            .windows(5)
            .position(|window| window == b"H\0\0\0\x04")
            .unwrap();
        assert_eq!(bytes.unwrap(), first + 5);
    });
}

#[test]
fn answers_that_came_before_the_connection_was_lost_are_given() {
    let fatal = said(b'E', "FATAL", "57P01", "goodbye");
    let copy = message(b'G', b"\0\0\0");
    let nonsense = message(b'?', b"");
    for (ends, words) in [
        (&fatal[..], "goodbye (57P01)"),
        (&copy, "COPY"),
        (&nonsense, "message tag"),
        (b"", "the server closed it"),
    ] {
        run(async {
            let (mut series, mut server) = series().await;
            let (link, _) = link();
            let sent: usize = (0..3).map(|_| ask(&mut series, "COMMIT")).sum();
            server
                .write_all(&[&done("COMMIT"), ends].concat())
                .await
                .unwrap();
            // All of it is sent before the other end goes, so that it is no reset.
            series.write().await;
            let mut received = BytesMut::new();
            while received.len() < sent {
                server.read_buf(&mut received).await.unwrap();
            }
            drop(server);
            assert!(matches!(
                series.answered(&link).await,
                Ok(Ok(Answered::Done(_)))
            ));
            for _ in 0..2 {
                let lost = series.answered(&link).await.unwrap_err();
                assert!(lost.contains(words), "{words}: {lost}");
            }
            assert!(series.end(&link).await.unwrap_err().contains(words));
        });
    }
}

#[test]
fn what_cannot_be_committed_at_the_end_is_said() {
    run(async {
        let (mut series, mut server) = series().await;
        let (link, _) = link();
        ask(&mut series, "INSERT");
        let failed = said(b'E', "ERROR", "22012", "deferred");
        server
            .write_all(&[done("INSERT 0 1"), failed, message(b'Z', b"I")].concat())
            .await
            .unwrap();
        let error = series.end(&link).await.unwrap().unwrap_err();
        assert_eq!(error.code(), "22012");
    });
}

#[test]
fn much_is_sent_while_much_is_received() {
    run(async {
        let (mut series, mut server) = series().await;
        let (link, heard) = link();
        let long = "x".repeat(8 << 20);
        ask(&mut series, &long);
        ask(&mut series, &long);
        // The other end does not read before all of its own is taken.
        let server = tokio::spawn(async move {
            let row = message(b'D', &vec![0; 4 << 20]);
            let row = [row.clone(), row].concat();
            server
                .write_all(&[row, done("SELECT 2"), done("SELECT 0")].concat())
                .await
                .unwrap();
            let mut received = BytesMut::new();
            while received.len() < 16 << 20 {
                assert_ne!(server.read_buf(&mut received).await.unwrap(), 0);
            }
            server.write_all(&message(b'Z', b"I")).await.unwrap();
        });
        series.write().await;
        for _ in 0..2 {
            assert!(matches!(
                series.answered(&link).await,
                Ok(Ok(Answered::Done(_)))
            ));
        }
        series.end(&link).await.unwrap().unwrap();
        server.await.unwrap();
        assert!(heard.lock().unwrap().is_empty());
    });
}
