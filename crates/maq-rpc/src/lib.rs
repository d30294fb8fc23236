//! Wire type to use case to wire type, and the router.
//!
//! [`Router`] answers every line of the command table; one that is not answered does not compile. Conversions stand in
//! one file an area. What is not here: transports (a host hands in command and JSON) and rules (the use cases have
//! them).

mod access;
mod call;
mod error;
mod feed;
mod import;
mod pages;
mod policies;
mod publish;
mod records;
mod roles;
mod router;
mod services;
mod workspace;

pub use error::wire_error;
pub use pages::explain;
pub use router::Router;
