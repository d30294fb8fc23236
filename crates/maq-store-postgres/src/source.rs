//! Foreign Postgres databases, read-only.
