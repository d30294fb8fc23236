//! The faults of `docs/faults.md`, one by one, on both stores where it applies: nothing acknowledged is lost, nothing
//! half-applied is seen, and recovery needs no hand.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "faults/answers.rs"]
mod answers;
#[path = "kill/clients.rs"]
mod clients;
#[path = "faults/cuts.rs"]
mod cuts;
#[path = "faults/disk.rs"]
mod disk;
#[path = "faults/gone.rs"]
mod gone;
#[path = "faults/processes.rs"]
mod processes;
#[path = "faults/stage.rs"]
mod stage;
mod support;
