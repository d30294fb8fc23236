//! Counters in the Prometheus text form: requests by method, route and status, and the time they took.

use axum::extract::{MatchedPath, Request};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Counters of one host.
#[derive(Debug, Default)]
pub(crate) struct Metrics(Mutex<BTreeMap<String, BTreeMap<Kind, Count>>>);

/// Method and status. The keys above are the routes' patterns, never the paths: ids would make a counter each.
type Kind = (&'static str, u16);

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    requests: u64,
    seconds: f64,
}

impl Metrics {
    /// Counts a request that was answered with `status`.
    pub fn note(&self, request: &Counted, status: u16) {
        let took = request.started.elapsed().as_secs_f64();
        let mut routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !routes.contains_key(request.route()) {
            routes.insert(request.route().to_owned(), BTreeMap::new());
        }
        if let Some(kinds) = routes.get_mut(request.route()) {
            let count = kinds.entry((request.method, status)).or_default();
            count.requests += 1;
            count.seconds += took;
        }
    }

    /// All counters as text.
    pub fn text(&self) -> String {
        let routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = routes.iter().flat_map(|(route, kinds)| {
            let route = route.replace('"', "");
            let label =
                move |(method, status): &Kind| format!("{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}");
            kinds.iter().map(move |(kind, count)| (label(kind), count))
        });
        let counts: Vec<(String, &Count)> = counts.collect();
        let mut text = String::from(
            "# HELP maquette_http_requests_total Requests answered.\n# TYPE maquette_http_requests_total counter\n",
        );
        for (labels, count) in &counts {
            let _ = writeln!(text, "maquette_http_requests_total{labels} {}", count.requests);
        }
        text.push_str(
            "# HELP maquette_http_request_seconds_sum Time spent answering.\n\
             # TYPE maquette_http_request_seconds_sum counter\n",
        );
        for (labels, count) in &counts {
            let _ = writeln!(text, "maquette_http_request_seconds_sum{labels} {:.6}", count.seconds);
        }
        text
    }
}

/// A request that is being counted.
pub(crate) struct Counted {
    /// `None` where no route is.
    route: Option<MatchedPath>,
    method: &'static str,
    started: Instant,
}

impl Counted {
    pub fn of(request: &Request) -> Counted {
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
        Counted { route: request.extensions().get::<MatchedPath>().cloned(), method, started: Instant::now() }
    }

    fn route(&self) -> &str {
        self.route.as_ref().map_or("other", MatchedPath::as_str)
    }
}
