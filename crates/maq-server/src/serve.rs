//! A server's API on a port.

use crate::api::{self, App};
use crate::limits::Limits;
use crate::listen::{self, Running};
use maq_app::{Access, AppResult, PolicyGate, Services};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::sync::watch;

/// How to serve.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Listen on an address that other machines reach too.
    pub allow_remote: bool,
    /// Numbers of connections and requests, and patience with them.
    pub limits: Limits,
}

impl Default for ServeOptions {
    /// Loopback, any free port.
    fn default() -> Self {
        ServeOptions {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            allow_remote: false,
            limits: Limits::default(),
        }
    }
}

/// Serves the API of a server's store. Answers once it listens; the handle stops it.
///
/// # Errors
/// `server/listen-not-local`, `server/cannot-listen`.
pub async fn serve(services: Services, options: ServeOptions) -> AppResult<Running> {
    let listener = listen::bind(options.listen, options.allow_remote).await?;
    let router = api::router(App::new(services.clone(), options.limits.clone()));
    let stop = watch::channel(false).0;
    tokio::spawn(note_uses(services.access.clone(), stop.subscribe()));
    tokio::spawn(sweep_decisions(services.policy_gate.clone(), stop.subscribe()));
    listen::run(listener, router, services, stop, &options.limits)
}

/// The API of a server's store without a port, for tests that ask it in their own process.
pub fn router(services: Services) -> axum::Router {
    api::router(App::new(services, Limits::default()))
}

/// How often it is written when tokens were last used.
const USES_EVERY: Duration = Duration::from_secs(60);

/// Writes when tokens were last used, beside the requests. The last ones are written as the store is closed.
async fn note_uses(access: Access, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            // A sender that is gone means the same.
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(USES_EVERY) => {}
        }
        if access.write_uses().await.is_err() {
            tracing::warn!("when tokens were last used could not be written; it is tried again in a minute");
        }
    }
}

/// How often decisions that are past their time are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// Takes away old entries of the decision log, beside the requests: at the start, and then once an hour.
async fn sweep_decisions(gate: PolicyGate, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            swept = gate.sweep_decisions() => if swept.is_err() {
                tracing::warn!("old decisions could not be taken away; it is tried again in an hour");
            }
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
    }
}
