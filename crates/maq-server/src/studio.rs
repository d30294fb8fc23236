//! The studio on loopback, for one person: calls, events, and the built page.
//!
//! Whoever has the address with its one-time token gets a cookie for it; every later request must carry the cookie,
//! the right Host, and the page's own Origin. A call also carries `Maquette-Client: studio`, which a page of another
//! origin cannot send without being asked about it first.

mod events;
mod files;
mod gate;

use crate::body::read;
use crate::limits::Limits;
use crate::limits::MAX_LOAD_BYTES;
use crate::listen::{self, Running};
use crate::problem::{self, Answer, Problem};
use crate::shield;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{delete, get, post};
use gate::Gate;
use maq_app::AppResult;
use serde_json::json;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// How to serve the studio.
#[derive(Debug, Clone)]
pub struct StudioOptions {
    /// Where to listen: loopback and nothing else; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// The folder of the built page; without one, calls alone are served.
    pub ui: Option<PathBuf>,
}

impl Default for StudioOptions {
    /// Loopback, any free port, no page.
    fn default() -> Self {
        StudioOptions { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), ui: None }
    }
}

/// A studio that runs.
pub struct Studio {
    running: Running,
    token: String,
}

impl Studio {
    /// The address with its one-time token: opened once, it signs the browser in.
    pub fn url(&self) -> String {
        format!("{}/?token={}", self.running.url(), self.token)
    }

    /// The host, to wait for or to stop.
    pub fn running(self) -> Running {
        self.running
    }
}

pub(crate) struct Studied {
    router: maq_rpc::Router,
    ui: Option<PathBuf>,
    stop: watch::Receiver<bool>,
}

/// Serves the studio for `router`. Answers once it listens.
///
/// # Errors
/// `server/listen-not-local`, `server/cannot-listen`.
pub async fn serve(router: maq_rpc::Router, options: StudioOptions) -> AppResult<Studio> {
    let listener = listen::bind(options.listen, false).await?;
    let port = listener.local_addr().map_err(maq_app::AppError::fault)?.port();
    let services = router.services().clone();
    let (stop, stopped) = watch::channel(false);
    let studied = Arc::new(Studied { router, ui: options.ui, stop: stopped });
    let (gate, token) = Gate::new(port);
    let running = listen::run(listener, routes(studied, Arc::new(gate)), services, stop, &Limits::default())?;
    Ok(Studio { running, token })
}

fn routes(studied: Arc<Studied>, gate: Arc<Gate>) -> axum::Router {
    axum::Router::new()
        .route("/rpc/{command}", post(call))
        .route("/jobs/{id}", delete(cancel))
        .route("/jobs/{id}/cancel", post(cancel))
        .route("/events", get(events::stream))
        .fallback(get(files::page))
        .method_not_allowed_fallback(problem::no_method)
        .layer(DefaultBodyLimit::max(MAX_LOAD_BYTES))
        .layer(from_fn_with_state(gate, gate::admit))
        .layer(from_fn(shield::guard))
        .with_state(studied)
}

/// Answers one command. `Maquette-Job` names the job, for its progress and for cancelling it.
async fn call(
    State(studied): State<Arc<Studied>>,
    Path(command): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let job = headers.get("maquette-job").and_then(|value| value.to_str().ok());
    let job = job.filter(|job| !job.is_empty() && job.len() <= 100).map(str::to_owned);
    let request = read(&body)?;
    // On a task of its own: a page that is closed must not stop half-way through an import.
    let router = studied.router.clone();
    let answer = tokio::spawn(async move { router.call(&command, request, job).await });
    let answer = answer.await.map_err(maq_app::AppError::fault)?;
    Ok(Json(answer?).into_response())
}

/// Asks a job to stop.
async fn cancel(State(studied): State<Arc<Studied>>, Path(id): Path<String>) -> Answer {
    if studied.router.cancel_job(&id) {
        return Ok((StatusCode::ACCEPTED, Json(json!({}))).into_response());
    }
    let help = "it has ended, or never began";
    Err(Problem::new(StatusCode::NOT_FOUND, "job/not-found", format!("there is no job `{id}`"), help))
}
