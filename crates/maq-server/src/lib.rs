//! The HTTP hosts: [`serve`] puts the API of a server on a port, [`studio`] the studio on loopback.
//!
//! What is here: routes, authentication of requests, limits, problem documents, server-sent events. What is not: rules
//! and SQL. Each request is read, handed to a use case, and its answer written. The server never mounts `/rpc`; only
//! the studio does, for one person on this machine.

mod api;
mod auth;
mod body;
mod limits;
mod listen;
mod metrics;
mod parts;
mod problem;
mod query;
mod serve;
mod shield;
pub mod studio;

pub use limits::{
    Limits, MAX_BATCH_BYTES, MAX_BODY_BYTES, MAX_HEADER_BYTES, MAX_HEADERS, MAX_JSON_DEPTH, MAX_LOAD_BYTES,
    MAX_TOKEN_BYTES, MAX_URI_BYTES, REQUEST_PATIENCE, TRANSFER_PATIENCE,
};
pub use listen::{Ended, Running};
pub use serve::{ServeOptions, router, serve};
