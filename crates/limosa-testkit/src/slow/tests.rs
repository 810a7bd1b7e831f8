//! Conversations through the proxy, with servers that play a script.

use std::net::TcpListener;

use super::*;

/// What the server of a test does on one connection.
type Script = fn(&mut TcpStream);

/// A server that plays a script on so many connections, one beside the other.
fn server(connections: usize, script: Script) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
    let port = listener.local_addr().expect("it has a port").port();
    let play = move || {
        let all: Vec<_> = (0..connections)
            .map(|_| {
                let (mut stream, _) = listener.accept().expect("somebody comes");
                thread::spawn(move || script(&mut stream))
            })
            .collect();
        for one in all {
            one.join().expect("the script is played");
        }
    };
    (port, thread::spawn(play))
}

fn connect(proxy: &SlowProxy) -> TcpStream {
    TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).expect("the proxy listens")
}

fn say(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).expect("it is sent");
}

fn hear(stream: &mut TcpStream, text: &str) {
    let mut bytes = vec![0; text.len()];
    stream.read_exact(&mut bytes).expect("it comes");
    assert_eq!(String::from_utf8_lossy(&bytes), text);
}

fn hear_the_end(stream: &mut TcpStream) {
    assert_eq!(stream.read(&mut [0]).expect("it ends"), 0);
}

const WAY: Duration = Duration::from_millis(20);

#[test]
fn the_bytes_and_the_turns_of_a_conversation_are_counted() {
    let (port, server) = server(1, |client| {
        hear(client, "hello");
        say(client, "welcome");
        hear(client, "one two");
        say(client, "yes");
        say(client, "no");
        hear(client, "bye");
        hear_the_end(client);
    });
    let proxy = SlowProxy::start(port, Duration::ZERO).expect("it starts");
    let mut client = connect(&proxy);
    say(&mut client, "hello");
    hear(&mut client, "welcome");
    say(&mut client, "one ");
    say(&mut client, "two");
    hear(&mut client, "yesno");
    say(&mut client, "bye");
    drop(client);
    server.join().expect("it heard everything");
    let traffic = Traffic {
        connections: 1,
        round_trips: 2,
        sent: 5 + 7 + 3,
        received: 7 + 5,
    };
    assert_eq!(proxy.finish(), traffic);
}

#[test]
fn a_server_that_speaks_first_makes_no_round_trip() {
    let (port, server) = server(1, |client| {
        say(client, "greeting");
        hear(client, "name");
        say(client, "ok");
        hear_the_end(client);
    });
    let proxy = SlowProxy::start(port, Duration::ZERO).expect("it starts");
    let mut client = connect(&proxy);
    hear(&mut client, "greeting");
    say(&mut client, "name");
    hear(&mut client, "ok");
    drop(client);
    server.join().expect("it heard everything");
    assert_eq!(proxy.finish().round_trips, 1);
}

#[test]
fn questions_that_are_sent_ahead_share_a_round_trip() {
    let (port, server) = server(1, |client| {
        for _ in 0..50 {
            hear(client, "q");
            say(client, "a");
        }
        hear_the_end(client);
    });
    let proxy = SlowProxy::start(port, WAY).expect("it starts");
    let mut client = connect(&proxy);
    let began = Instant::now();
    for _ in 0..50 {
        say(&mut client, "q");
    }
    hear(&mut client, &"a".repeat(50));
    assert!(began.elapsed() >= WAY * 2, "{:?}", began.elapsed());
    drop(client);
    server.join().expect("it heard everything");
    let traffic = proxy.finish();
    assert_eq!((traffic.round_trips, traffic.sent), (1, 50));
}

#[test]
fn connections_share_round_trips_side_by_side_and_add_them_one_after_the_other() {
    let script: Script = |client| {
        hear(client, "q");
        say(client, "a");
        hear_the_end(client);
    };
    let (port, playing) = server(2, script);
    let proxy = SlowProxy::start(port, WAY).expect("it starts");
    let mut both = [connect(&proxy), connect(&proxy)];
    for client in &mut both {
        say(client, "q");
    }
    for client in &mut both {
        hear(client, "a");
    }
    drop(both);
    playing.join().expect("it heard everything");
    let traffic = proxy.finish();
    assert_eq!((traffic.connections, traffic.round_trips), (2, 1));

    let (port, playing) = server(2, script);
    let proxy = SlowProxy::start(port, WAY).expect("it starts");
    for _ in 0..2 {
        let mut client = connect(&proxy);
        say(&mut client, "q");
        hear(&mut client, "a");
    }
    playing.join().expect("it heard everything");
    let traffic = proxy.finish();
    assert_eq!((traffic.connections, traffic.round_trips), (2, 2));
}

#[test]
fn a_proxy_that_ends_cuts_its_connections() {
    let (port, server) = server(1, |client| {
        hear(client, "q");
        say(client, "a");
        hear_the_end(client);
    });
    let proxy = SlowProxy::start(port, WAY).expect("it starts");
    let mut client = connect(&proxy);
    say(&mut client, "q");
    hear(&mut client, "a");
    drop(proxy);
    hear_the_end(&mut client);
    server.join().expect("it saw the end");
}
