//! A TCP proxy on this machine that makes the way to a database slow, cuts it, or refuses it. It passes bytes and
//! knows nothing of what they mean.

mod pipe;

use crate::address::Address;
use crate::ports;
use pipe::Pipe;
use std::collections::HashMap;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// No limit set on the bytes that pass.
const UNLIMITED: i64 = i64::MAX;

/// A running proxy; it ends, and every connection through it, when it is dropped.
pub struct Proxy {
    port: u16,
    road: Arc<Road>,
}

/// What all connections of a proxy share.
struct Road {
    upstream: String,
    delay_micros: AtomicU64,
    refuses: AtomicBool,
    holds_answers: AtomicBool,
    /// Bytes that still may pass before everything is cut.
    allowance: AtomicI64,
    /// Connections taken since the start.
    taken: AtomicU64,
    ended: AtomicBool,
    /// Both ends of every open connection, by its number.
    open: Mutex<HashMap<u64, [TcpStream; 2]>>,
}

impl Proxy {
    /// Starts a proxy on a free loopback port before `upstream`: `host:port`, or the URL of a database.
    #[track_caller]
    pub fn start(upstream: &str) -> Self {
        let upstream = if upstream.contains("://") {
            let Address { host, port, .. } = Address::read(upstream);
            format!("{host}:{port}")
        } else {
            upstream.to_owned()
        };
        let (listener, port) = ports::listen();
        let road = Arc::new(Road {
            upstream,
            delay_micros: AtomicU64::new(0),
            refuses: AtomicBool::new(false),
            holds_answers: AtomicBool::new(false),
            allowance: AtomicI64::new(UNLIMITED),
            taken: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            open: Mutex::default(),
        });
        let shared = Arc::clone(&road);
        std::thread::spawn(move || shared.take_connections(&listener));
        Self { port, road }
    }

    /// The proxy's port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `database_url` by way of the proxy.
    #[track_caller]
    pub fn url_of(&self, database_url: &str) -> String {
        Address::read(database_url).at_port(self.port).url()
    }

    /// From now on bytes arrive `delay` later, each way: a question and its answer take twice that.
    pub fn set_delay(&self, delay: Duration) {
        self.road.delay_micros.store(u64::try_from(delay.as_micros()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }

    /// Drops every open connection on both sides; bytes under way are lost.
    pub fn cut(&self) {
        self.road.cut();
    }

    /// Whether new connections are dropped as soon as they come. Open ones stay.
    pub fn refuse(&self, refuses: bool) {
        self.road.refuses.store(refuses, Ordering::SeqCst);
    }

    /// Lets `bytes` more pass, both ways together, then cuts every open connection once. What would go beyond is lost.
    pub fn cut_after(&self, bytes: u64) {
        self.road.allowance.store(i64::try_from(bytes).unwrap_or(UNLIMITED), Ordering::SeqCst);
    }

    /// Whether answers are held back while questions go through; with [`Proxy::cut`] afterwards a client never learns
    /// how what it asked for ended.
    pub fn hold_answers(&self, holds: bool) {
        self.road.holds_answers.store(holds, Ordering::SeqCst);
    }

    /// How many connections came since the start; refused ones do not count.
    pub fn connections(&self) -> u64 {
        self.road.taken.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.road.ended.store(true, Ordering::SeqCst);
        self.cut();
        // Wakes the thread that waits for connections, so that it sees the end.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Road {
    fn take_connections(self: &Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming() {
            if self.ended.load(Ordering::SeqCst) {
                return;
            }
            let (Ok(client), false) = (client, self.refuses.load(Ordering::SeqCst)) else { continue };
            // Without its upstream the proxy behaves as if it were not there: the connection ends.
            if let Ok(server) = TcpStream::connect(&self.upstream) {
                let number = self.taken.fetch_add(1, Ordering::SeqCst);
                let _ = self.join(number, client, server);
            }
        }
    }

    fn join(self: &Arc<Self>, number: u64, client: TcpStream, server: TcpStream) -> std::io::Result<()> {
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let both = [client.try_clone()?, server.try_clone()?];
        self.open().insert(number, both);
        let pipe = |from: &TcpStream, to: &TcpStream, answers| {
            Ok::<_, std::io::Error>(Pipe {
                from: from.try_clone()?,
                to: to.try_clone()?,
                answers,
                number,
                road: Arc::clone(self),
            })
        };
        pipe(&client, &server, false)?.start();
        pipe(&server, &client, true)?.start();
        Ok(())
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, [TcpStream; 2]>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cut(&self) {
        self.open().drain().for_each(|(_, both)| close(&both));
    }

    /// One side of a connection has ended: so does the other, because Postgres never half-closes.
    fn end(&self, number: u64) {
        if let Some(both) = self.open().remove(&number) {
            close(&both);
        }
    }

    /// How many of `wanted` bytes may pass, and whether everything is to be cut after them.
    fn allow(&self, wanted: usize) -> (usize, bool) {
        if self.allowance.load(Ordering::SeqCst) == UNLIMITED {
            return (wanted, false);
        }
        let before = self.allowance.fetch_sub(i64::try_from(wanted).unwrap_or(UNLIMITED), Ordering::SeqCst);
        let left = usize::try_from(before).unwrap_or(0);
        if wanted < left { (wanted, false) } else { (left, true) }
    }
}

fn close(both: &[TcpStream; 2]) {
    for stream in both {
        let _ = stream.shutdown(Shutdown::Both);
    }
}
