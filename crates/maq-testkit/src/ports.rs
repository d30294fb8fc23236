//! Free ports of this machine.

use crate::fail;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::TcpListener;

/// A number nobody can foresee, from the keys that std draws for its hash maps.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// A listener on a free loopback port below the range from which the system takes the ports of outgoing connections:
/// there a server that is down would lose its port to a client, and a client that calls again could reach itself.
pub(crate) fn listen() -> (TcpListener, u16) {
    for _ in 0..200 {
        let port = u16::try_from(20_000 + random() % 12_000).unwrap_or(20_000);
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)) {
            return (listener, port);
        }
    }
    fail("no free port on 127.0.0.1")
}

/// A port that was free a moment ago, for a program that opens it by itself.
pub(crate) fn free() -> u16 {
    listen().1
}
