//! The publisher's client of a server: the admin API over HTTP.
//!
//! What is here: addresses that may be used at all, timeouts, and answers read back as values or as the refusals the
//! server gave. What is not: what a release, plan or load means.

mod address;
mod answer;
mod client;

pub use address::ALLOW_HTTP_VARIABLE;
pub use client::{HttpConnector, HttpTarget};
