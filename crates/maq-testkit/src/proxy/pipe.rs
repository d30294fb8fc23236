//! One direction of one connection: a thread that reads, and one that writes what was read when its time has come, so
//! that a delay makes the way longer and not narrower.

use super::{Road, UNLIMITED};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

pub(super) struct Pipe {
    pub from: TcpStream,
    pub to: TcpStream,
    /// Whether it leads from the server to the client.
    pub answers: bool,
    /// The connection's.
    pub number: u64,
    pub road: Arc<Road>,
}

impl Pipe {
    pub(super) fn start(self) {
        let (sender, receiver) = channel();
        let (road, from) = (Arc::clone(&self.road), self.from);
        let (to, answers, number, shared) = (self.to, self.answers, self.number, self.road);
        std::thread::spawn(move || read(from, &sender, &road));
        std::thread::spawn(move || {
            write(to, &receiver, answers, &shared);
            shared.end(number);
        });
    }
}

fn read(mut from: TcpStream, sender: &Sender<(Instant, Vec<u8>)>, road: &Road) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let due = Instant::now() + Duration::from_micros(road.delay_micros.load(Ordering::SeqCst));
        let bytes = buffer.get(..count).unwrap_or_default().to_vec();
        if sender.send((due, bytes)).is_err() {
            return;
        }
    }
}

fn write(mut to: TcpStream, receiver: &Receiver<(Instant, Vec<u8>)>, answers: bool, road: &Road) {
    for (due, bytes) in receiver {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        while answers && road.holds_answers.load(Ordering::SeqCst) && !road.ended.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let (count, cuts) = road.allow(bytes.len());
        let written = to.write_all(bytes.get(..count).unwrap_or_default());
        if cuts {
            road.allowance.store(UNLIMITED, Ordering::SeqCst);
            road.cut();
        }
        if cuts || written.is_err() {
            break;
        }
    }
}
