//! The limits of a request, as numbers. Those of pages, filters and batches are the data API's own (`maq-app`).

use std::time::Duration;

/// Largest body of a request.
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// Largest body of a batch of changes.
pub const MAX_BATCH_BYTES: usize = 4 << 20;

/// Largest body of a load, plan or apply: rows and whole releases travel there.
pub const MAX_LOAD_BYTES: usize = 16 << 20;

/// Deepest nesting of JSON in a body.
pub const MAX_JSON_DEPTH: usize = 64;

/// Largest sum of a request's header names and values.
pub const MAX_HEADER_BYTES: usize = 16 << 10;

/// Most headers of a request.
pub const MAX_HEADERS: usize = 64;

/// Longest token.
pub const MAX_TOKEN_BYTES: usize = 512;

/// Longest path with query.
pub const MAX_URI_BYTES: usize = 8 << 10;

/// How long a request may take.
pub const REQUEST_PATIENCE: Duration = Duration::from_secs(30);

/// How long a load, plan or apply may take.
pub const TRANSFER_PATIENCE: Duration = Duration::from_secs(600);

/// How long requests under way may still take once the host stops.
pub(crate) const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// Limits that a host may set otherwise.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// Requests under way at once; health and metrics are answered beyond it.
    pub requests: usize,
    /// How long a client may take to send the headers of a request, and be silent between two requests.
    pub header_patience: Duration,
    /// How long a request may take, its body included.
    pub request_patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 4_096,
            requests: 512,
            header_patience: Duration::from_secs(10),
            request_patience: REQUEST_PATIENCE,
        }
    }
}
