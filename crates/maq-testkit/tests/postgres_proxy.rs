//! The proxy makes the way to a server slow, cuts it and refuses it, and does nothing else.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

use maq_testkit::postgres::{database, psql};
use maq_testkit::proxy::Proxy;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// A server that answers every byte with the same byte, and says on a channel what it has read.
fn echo() -> (String, std::sync::mpsc::Receiver<u8>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let (sender, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, sender) = (stream.unwrap(), sender.clone());
            std::thread::spawn(move || {
                let mut byte = [0];
                while matches!(stream.read(&mut byte), Ok(1)) {
                    let _ = sender.send(byte[0]);
                    let _ = stream.write_all(&byte);
                }
            });
        }
    });
    (place, heard)
}

fn open(proxy: &Proxy) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
    // Far longer than anything here takes: a test that hangs ends.
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

/// The answer to `text`, as much of it as comes before the end.
fn ask(stream: &mut TcpStream, text: &str) -> String {
    let mut answer = Vec::new();
    if stream.write_all(text.as_bytes()).is_ok() {
        let mut byte = [0];
        while answer.len() < text.len() && matches!(stream.read(&mut byte), Ok(1)) {
            answer.push(byte[0]);
        }
    }
    String::from_utf8(answer).unwrap()
}

#[test]
fn a_database_answers_through_the_proxy() {
    let database = database();
    let proxy = Proxy::start(&database.superuser_url());
    let url = proxy.url_of(&database.data_url());
    assert_eq!(url, format!("postgres://{}@127.0.0.1:{}/{}", database.data_role(), proxy.port(), database.name));
    assert_eq!(psql(&url, "SELECT current_user").unwrap(), database.data_role());
    let long = "SELECT length(string_agg(repeat('x', 1000), '')) FROM generate_series(1, 2000)";
    assert_eq!(psql(&url, long).unwrap(), "2000000");
    assert_eq!(psql(&url, "SELECT repeat('y', 3000000)").unwrap().len(), 3_000_000);
    assert!(proxy.connections() >= 3);
}

#[test]
fn a_delay_lengthens_the_way_there_and_the_way_back() {
    let (place, _heard) = echo();
    let proxy = Proxy::start(&place);
    let mut stream = open(&proxy);
    assert_eq!(ask(&mut stream, "before"), "before");
    let delay = Duration::from_millis(60);
    proxy.set_delay(delay);
    let began = Instant::now();
    assert_eq!(ask(&mut stream, "slow"), "slow");
    // A lower bound, which holds on any machine.
    assert!(began.elapsed() >= delay * 2, "{:?}", began.elapsed());
}

#[test]
fn a_cut_ends_open_connections_and_no_later_one() {
    let (place, _heard) = echo();
    let proxy = Proxy::start(&place);
    let (mut first, mut second) = (open(&proxy), open(&proxy));
    assert_eq!(ask(&mut first, "a") + &ask(&mut second, "b"), "ab");
    proxy.cut();
    assert_eq!(ask(&mut first, "a") + &ask(&mut second, "b"), "");
    assert_eq!(ask(&mut open(&proxy), "again"), "again");
    assert_eq!(proxy.connections(), 3);
}

#[test]
fn a_refusing_proxy_keeps_what_is_open() {
    let (place, _heard) = echo();
    let proxy = Proxy::start(&place);
    let mut first = open(&proxy);
    assert_eq!(ask(&mut first, "a"), "a");
    proxy.refuse(true);
    assert_eq!(ask(&mut open(&proxy), "b"), "");
    assert_eq!(ask(&mut first, "still"), "still");
    proxy.refuse(false);
    assert_eq!(ask(&mut open(&proxy), "c"), "c");
}

#[test]
fn after_its_last_byte_everything_is_cut_once() {
    let (place, heard) = echo();
    let proxy = Proxy::start(&place);
    let mut stream = open(&proxy);
    assert_eq!(ask(&mut stream, "a"), "a");
    // Four bytes there, and one back: the server has heard all, the client learns only the beginning.
    proxy.cut_after(5);
    assert_eq!(ask(&mut stream, "done"), "d");
    assert_eq!(heard.iter().take(5).collect::<Vec<_>>(), b"adone");
    assert_eq!(ask(&mut open(&proxy), "again"), "again");
}

#[test]
fn an_answer_is_lost_that_was_held_back() {
    let (place, heard) = echo();
    let proxy = Proxy::start(&place);
    let mut stream = open(&proxy);
    proxy.hold_answers(true);
    stream.write_all(b"x").unwrap();
    assert_eq!(heard.recv().unwrap(), b'x');
    proxy.cut();
    proxy.hold_answers(false);
    assert!(!matches!(stream.read(&mut [0]), Ok(1)));
    assert_eq!(ask(&mut open(&proxy), "y"), "y");
}

#[test]
fn without_its_server_the_proxy_ends_connections_and_with_itself_too() {
    let place = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let proxy = Proxy::start(&place);
    assert_eq!(ask(&mut open(&proxy), "a"), "");
    let (place, _heard) = echo();
    let living = Proxy::start(&place);
    let mut stream = open(&living);
    assert_eq!(ask(&mut stream, "a"), "a");
    drop(living);
    assert_eq!(ask(&mut stream, "b"), "");
}
