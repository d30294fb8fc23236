//! Counters in the Prometheus text form: requests by method, route and status, and the time they took.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Counters of one host.
#[derive(Debug, Default)]
pub(crate) struct Metrics(Mutex<BTreeMap<Key, Count>>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// The route's pattern, never the path: ids would make a counter each.
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    requests: u64,
    seconds: f64,
}

impl Metrics {
    fn note(&self, key: Key, took: Duration) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key).or_default();
        count.requests += 1;
        count.seconds += took.as_secs_f64();
    }

    /// All counters as text.
    pub fn text(&self) -> String {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::from(
            "# HELP maquette_http_requests_total Requests answered.\n# TYPE maquette_http_requests_total counter\n",
        );
        let labels = |key: &Key| {
            format!("{{method=\"{}\",route=\"{}\",status=\"{}\"}}", key.method, key.route.replace('"', ""), key.status)
        };
        for (key, count) in counts.iter() {
            let _ = writeln!(text, "maquette_http_requests_total{} {}", labels(key), count.requests);
        }
        text.push_str(
            "# HELP maquette_http_request_seconds_sum Time spent answering.\n\
             # TYPE maquette_http_request_seconds_sum counter\n",
        );
        for (key, count) in counts.iter() {
            let _ = writeln!(text, "maquette_http_request_seconds_sum{} {:.6}", labels(key), count.seconds);
        }
        text
    }
}

/// Counts every request.
pub(crate) async fn count(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = match request.method().as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    };
    let started = std::time::Instant::now();
    let response = next.run(request).await;
    metrics.note(Key { route, method, status: response.status().as_u16() }, started.elapsed());
    response
}
