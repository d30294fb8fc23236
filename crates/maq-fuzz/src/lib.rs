//! Hostile input from bytes: every target takes a handful of bytes, and these say which values, mutations and requests
//! are made of them. So one file is one input, it replays the same on every machine, and an engine that is guided by
//! coverage can work on the bytes.
//!
//! What is here: the reading of bytes as choices, arbitrary JSON, and changes of valid JSON. What is not: the targets,
//! which stand in `tests/fuzz/`, one file for each.

mod input;
mod json;

pub use input::Input;
