//! For tests: databases of the shapes that people bring, built by code, so that no test depends on a file from
//! outside. Every builder is seeded and gives the same database twice.

pub mod sources;
