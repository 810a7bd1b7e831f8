//! The gate between a driver and a server, without either.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::super::messages::EXECUTE;
use super::*;

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend(u32::try_from(body.len() + 4).unwrap().to_be_bytes());
    bytes.extend(body);
    bytes
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(work)
}

/// A gate behind which the server has let the driver in.
async fn entered() -> (Gate, Gated, TcpStream) {
    let (socket, mut server) = Socket::pair().await;
    let gate = Gate::default();
    let mut gated = gate.of(socket);
    gated.write_all(b"\0\0\0\x08\0\x03\0\0").await.unwrap();
    server.read_exact(&mut [0; 8]).await.unwrap();
    pass(&mut server, &mut gated, &message(READY, b"I"), 1000).await;
    (gate, gated, server)
}

/// Lets bytes through in pieces of this size.
async fn pass(
    from: &mut (impl AsyncWrite + Unpin),
    to: &mut (impl AsyncRead + Unpin),
    bytes: &[u8],
    piece: usize,
) -> Vec<u8> {
    let mut passed = Vec::new();
    for piece in bytes.chunks(piece) {
        from.write_all(piece).await.unwrap();
        let before = passed.len();
        while passed.len() < before + piece.len() {
            assert_ne!(to.read_buf(&mut passed).await.unwrap(), 0);
        }
    }
    passed
}

async fn is_lent(gate: &Gate) -> bool {
    let lent = std::future::poll_fn(|context| Poll::Ready(gate.poll_lend(context))).await;
    match lent {
        Poll::Ready(line) => {
            gate.give_back(line.unwrap(), BytesMut::new());
            true
        }
        Poll::Pending => false,
    }
}

#[test]
fn only_the_sync_that_begins_a_copy_becomes_a_flush() {
    let mut sent = Vec::new();
    for (kind, body) in [
        (b'P', &b"COPY SSSS E"[..]),
        (b'D', b"S"),
        (SYNC, b""),
        (b'B', b"EEEE\0\0\0\x04S"),
        (EXECUTE, b"S\0\0\0\0"),
        (SYNC, b""),
        (b'd', b"S"),
        (EXECUTE, b""),
        (SYNC, b""),
    ] {
        sent.extend(message(kind, body));
    }
    let mut expected = sent.clone();
    let first = message(EXECUTE, b"S\0\0\0\0");
    let at = sent
        .windows(first.len())
        .position(|window| window == first)
        .unwrap()
        + first.len();
    assert_eq!(expected[at], SYNC);
    expected[at] = b'H';
    for piece in [1, 2, 3, 7, 1000] {
        let written = run(async {
            let (gate, mut gated, mut server) = entered().await;
            gate.copy_begins();
            pass(&mut gated, &mut server, &sent, piece).await
        });
        assert_eq!(written, expected, "in pieces of {piece}");
    }
}

#[test]
fn the_line_is_lent_when_nothing_is_under_way() {
    let sent = [message(b'P', b"SSS"), message(SYNC, b"")].concat();
    let received = [
        message(b'1', b""),
        message(READY, b"I"),
        message(b'A', b"ZZZZ"),
    ]
    .concat();
    let quiet = received.len() - 9;
    run(async {
        let (gate, mut gated, mut server) = entered().await;
        assert!(is_lent(&gate).await);
        for (at, byte) in sent.iter().enumerate() {
            pass(&mut gated, &mut server, &[*byte], 1).await;
            assert!(!is_lent(&gate).await, "{at}");
        }
        for (at, byte) in received.iter().enumerate() {
            pass(&mut server, &mut gated, &[*byte], 1).await;
            let is_quiet = [quiet, received.len()].contains(&(at + 1));
            assert_eq!(is_lent(&gate).await, is_quiet, "{at}");
        }
    });
}

#[test]
fn the_line_is_lent_however_little_room_the_driver_makes() {
    let sent = message(QUERY, b"SELECT 1\0");
    let received = [
        message(b'D', b"ZZZZ"),
        message(b'C', b""),
        message(READY, b"I"),
    ]
    .concat();
    for tls in [false, true] {
        for room in [1, 2, 3, 7] {
            run(async {
                let (socket, mut server) = Socket::pair().await;
                let gate = Gate::default();
                let mut gated = gate.of(socket);
                let mut entering = message(b'R', b"\0\0\0\0");
                if tls {
                    // The server has no TLS.
                    server.write_all(b"N").await.unwrap();
                    read_all(&mut gated, 1, 1).await;
                }
                entering.extend(message(b'K', b"\0\0\0\x01key\0"));
                entering.extend(message(READY, b"I"));
                server.write_all(&entering).await.unwrap();
                read_all(&mut gated, entering.len(), 8 * 1024).await;
                assert_eq!(gate.process(), 1);
                assert!(is_lent(&gate).await);
                gated.write_all(&sent).await.unwrap();
                assert!(!is_lent(&gate).await);
                server.write_all(&received).await.unwrap();
                read_all(&mut gated, received.len(), room).await;
                assert!(is_lent(&gate).await, "room of {room}");
            });
        }
    }
}

/// Reads so many bytes with so much room at a time.
async fn read_all(gated: &mut Gated, length: usize, room: usize) {
    let (mut read, mut into) = (0, vec![0; room]);
    while read < length {
        let room = room.min(length - read);
        read += gated.read(&mut into[..room]).await.unwrap();
    }
}

#[test]
fn the_driver_waits_while_the_line_is_lent_and_reads_what_the_series_left() {
    run(async {
        let (gate, mut gated, mut server) = entered().await;
        let line = std::future::poll_fn(|context| gate.poll_lend(context)).await;
        server.write_all(b"for the series").await.unwrap();
        let mut read = Vec::new();
        let pause = std::time::Duration::from_millis(20);
        let early = tokio::time::timeout(pause, gated.read_buf(&mut read)).await;
        assert!(early.is_err());
        let mut line = line.unwrap();
        line.read_exact(&mut [0; 14]).await.unwrap();
        gate.give_back(line, BytesMut::from(&b"left"[..]));
        server.write_all(b" behind").await.unwrap();
        while read.len() < 11 {
            gated.read_buf(&mut read).await.unwrap();
        }
        assert_eq!(read, b"left behind");
        gate.close("why");
        let error = gated.read_buf(&mut read).await.unwrap_err();
        assert_eq!(error.to_string(), "why");
        let lent = std::future::poll_fn(|context| gate.poll_lend(context)).await;
        assert_eq!(lent.err().as_deref(), Some("why"));
    });
}
