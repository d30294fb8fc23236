//! The SQLite adapter: one writer thread with group commit, reader threads.
