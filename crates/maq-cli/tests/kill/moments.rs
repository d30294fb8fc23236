//! When to kill, and what must hold afterwards.
#![allow(dead_code)]

use crate::support::{Desk, On};
use maq_testkit::postgres::psql;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What is killed, and where it lives: each is a test.
pub const KINDS: u64 = 11;

/// SplitMix64 (Steele et al. 2014): the moments of a seed are the same from run to run.
pub struct Dice(u64);

impl Dice {
    /// The dice of test number `test`.
    pub fn new(test: u64) -> Dice {
        println!("MAQUETTE_KILL_SEED={}", seed());
        Dice(seed().wrapping_mul(1_000).wrapping_add(test))
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }

    /// Somewhere within `most`.
    pub fn wait(&mut self, most: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(most.as_micros()).unwrap_or(u64::MAX)))
    }
}

/// Where the dice begin: `MAQUETTE_KILL_SEED`, or drawn, so that every run tries other moments.
pub fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| {
        let given = std::env::var("MAQUETTE_KILL_SEED").ok().and_then(|text| text.parse().ok());
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| u64::from(since.subsec_nanos()));
        given.unwrap_or_else(now)
    })
}

/// How many of all kills test number `test` makes, counted from 1.
pub fn kills(test: u64) -> u64 {
    let all = std::env::var("MAQUETTE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(20_u64);
    all / KINDS + u64::from(test <= all % KINDS)
}

/// A kill, for the words of an assertion that fails.
pub fn moment(kill: u64, wait: Duration) -> String {
    format!("MAQUETTE_KILL_SEED={} kill {kill} after {wait:?}", seed())
}

/// The workspace is whole, and so is every chain of its audit.
pub fn assert_whole(desk: &Desk, ws: &str, moment: &str) {
    settle(ws);
    let looks = desk.data(&["doctor", ws]);
    assert_eq!(looks["well"], true, "{moment}: {looks}");
}

/// The same of a server's store.
pub fn assert_store_whole(desk: &Desk, moment: &str) {
    settle(&desk.server);
    let looks = desk.data(&["doctor", "--store", &desk.server]);
    assert_eq!(looks["well"], true, "{moment}: {looks}");
}

/// Waits until Postgres has ended what a killed program had asked it for: what was sent off comes to its end, with or
/// without somebody who hears of it.
pub fn settle(store: &str) {
    if !store.starts_with("postgres://") {
        return;
    }
    let url = store.split('?').next().unwrap_or(store);
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                AND backend_type = 'client backend'";
    for _ in 0..600 {
        if psql(url, busy).unwrap().trim() == "0" {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("connections of a killed program do not end");
}

/// Workspace number `number` of a desk.
pub fn workspace(desk: &Desk, number: u64) -> String {
    match desk.ws.split_once('?') {
        Some(_) => format!("{}{number}", desk.ws),
        None => format!("ws{number}.maquette"),
    }
}

/// Kills a program after `wait`; true when it had ended well before.
pub fn kill_after(mut child: Child, wait: Duration) -> bool {
    std::thread::sleep(wait);
    drop(child.kill());
    child.wait().unwrap().success()
}

pub fn start(desk: &Desk, args: &[&str]) -> Child {
    let mut command: Command = desk.command(args);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Both stores, with the number of the test that kills on it.
pub const fn number(first: u64, on: On) -> u64 {
    match on {
        On::Sqlite => first,
        On::Postgres => first + 1,
    }
}
