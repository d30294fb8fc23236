//! The limits of a request, as numbers. A page holds at most 200 records; that limit is the data API's own.

use std::time::Duration;

/// Largest body of a request.
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// Largest body of a load, plan or apply: rows and whole releases travel there.
pub const MAX_LOAD_BYTES: usize = 16 << 20;

/// Deepest nesting of JSON in a body.
pub const MAX_JSON_DEPTH: usize = 64;

/// Largest sum of a request's header names and values.
pub const MAX_HEADER_BYTES: usize = 16 << 10;

/// Longest path with query.
pub const MAX_URI_BYTES: usize = 8 << 10;

/// How long a request may take.
pub const REQUEST_PATIENCE: Duration = Duration::from_secs(30);

/// How long a load, plan or apply may take.
pub const TRANSFER_PATIENCE: Duration = Duration::from_secs(600);

/// How long requests under way may still take once the host stops.
pub(crate) const STOP_PATIENCE: Duration = Duration::from_secs(20);
