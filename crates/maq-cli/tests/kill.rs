//! kill -9 at seeded moments, on both stores, in the studio, the server, an import, a publish, rows on their way, and in
//! Postgres itself: what was acknowledged is there after starting again, nothing is half there, the store is whole and
//! so are the audit's chains, and no hand was needed.
//!
//! `MAQUETTE_KILLS` says how often in all (20; the full run takes 200), `MAQUETTE_KILL_SEED` where the dice begin: a run
//! prints its own.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "kill/clients.rs"]
mod clients;
#[path = "kill/cluster.rs"]
mod cluster;
#[path = "kill/decisions.rs"]
mod decisions;
#[path = "kill/hosts.rs"]
mod hosts;
#[path = "kill/moments.rs"]
mod moments;
#[path = "kill/programs.rs"]
mod programs;
mod support;
