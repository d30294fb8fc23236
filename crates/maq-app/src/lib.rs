//! The use cases: authorise, do, audit.
