//! Sample documents and databases, fixed clocks and ids, temporary stores.
