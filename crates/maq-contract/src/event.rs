//! What a host tells the studio unasked: over SSE with a sequence to resume from, or through the desktop's bridge.

wire! {
    /// One event.
    pub struct StudioEvent {
        /// Grows by one; a client resumes after the last it saw.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub seq: u64,
        /// Tags whose cached answers are stale: `workspace`, `releases`, `targets`, `records`, `audit`, `access`.
        pub changed: Vec<String>,
        /// How far a long command is.
        pub progress: Option<Progress>,
    }

    /// How far a long command is; a client that names its `job` in a request sees its progress and may cancel it.
    pub struct Progress {
        /// The client's own id of the job.
        pub job: String,
        /// What is being done: `reading`, `tables`, `rows`, ...
        pub step: String,
        /// How much is done.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub done: u64,
        /// Out of how much, when known.
        #[cfg_attr(feature = "ts", ts(optional, type = "number | null"))]
        pub total: Option<u64>,
    }
}
