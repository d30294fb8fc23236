//! The publisher's client of a server.
