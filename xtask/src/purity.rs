//! The crates above `maq-store` are pure: data in, data out. Clocks, randomness, environment, files and threads of
//! others are handed in by the hosts.
//!
//! Dependencies are the business of `adjacency`; here the source itself is read, because the standard library needs no
//! arrow.

use crate::tree;

/// The pure crates.
pub const PURE: &[&str] = &[
    "maq-value",
    "maq-diag",
    "maq-doc",
    "maq-expr",
    "maq-ir",
    "maq-compile",
    "maq-gtype",
    "maq-evolve",
    "maq-policy",
    "maq-workflow",
    "maq-audit",
    "maq-query",
    "maq-release",
    "maq-interop",
];

/// What may not stand in their source, and what to do.
const REACHES_OUT: &[(&str, &str)] = &[
    ("std::env", "take the setting as an argument; a host reads the environment"),
    ("std::fs", "take text or bytes; a host or an adapter reads files"),
    ("TcpStream", "describe the request; an adapter talks to the network"),
    ("ToSocketAddrs", "describe the request; an adapter talks to the network"),
    ("std::process", "return a value; a host ends processes"),
    ("std::thread", "stay single-threaded; an adapter owns threads"),
    ("SystemTime", "take an `Instant` as an argument; a host has the clock"),
    ("Instant::now", "take an `Instant` as an argument; a host has the clock"),
    ("Timestamp::now", "take an `Instant` as an argument; a host has the clock"),
    ("Zoned::now", "take an `Instant` as an argument; a host has the clock"),
    ("new_v4", "take the id as an argument; a host draws ids"),
    ("now_v7", "take the id as an argument; a host draws ids"),
    ("OsRng", "take the bytes as an argument; a host has randomness"),
    ("thread_rng", "take the bytes as an argument; a host has randomness"),
    ("println!", "return a value; a host prints"),
];

/// Where `Instant::now` is defined, for hosts to call; a pure crate that calls it is named below.
const CLOCK: &str = "crates/maq-value/src/time.rs";

/// Everything in a pure crate that reaches out.
pub fn complaints() -> Vec<String> {
    let mut found = Vec::new();
    for name in PURE {
        for source in tree::files(&format!("crates/{name}/src"), &[".rs"]) {
            for (number, line) in source.product_lines() {
                for (word, remedy) in REACHES_OUT {
                    if line.contains(word) && source.path != CLOCK {
                        found.push(format!(
                            "{}:{number}: `{name}` is pure and must not use `{word}`: {remedy}",
                            source.path
                        ));
                    }
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #[test]
    fn pure_crates_reach_for_nothing() {
        let complaints = super::complaints();
        assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    }
}
