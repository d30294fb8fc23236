//! Listening and ending: a port, requests, and a graceful stop on a signal or on demand.

mod connections;

use crate::limits::{Limits, STOP_PATIENCE};
use axum::Router;
use maq_app::{AppError, AppResult, Refusal, RefusalClass, Services};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A host that runs.
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    services: Services,
}

/// Why a host ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Ctrl-C (SIGINT).
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// By itself.
    Finished,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as an address for people and programs.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no new requests, finishes those under way, closes the store.
    pub async fn stop(self) {
        // Nobody listening means that it ended by itself.
        let _ = self.stop.send(true);
        let mut task = self.task;
        if tokio::time::timeout(STOP_PATIENCE, &mut task).await.is_err() {
            task.abort();
        }
        self.services.close().await;
    }

    /// Runs until a signal comes, then stops.
    pub async fn until_stopped(mut self) -> Ended {
        let ended = tokio::select! {
            signal = signalled() => signal,
            _ = &mut self.task => Ended::Finished,
        };
        if ended == Ended::Finished {
            self.services.close().await;
        } else {
            self.stop().await;
        }
        ended
    }
}

#[cfg(unix)]
async fn signalled() -> Ended {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => Ended::Interrupted,
            _ = terminate.recv() => Ended::Terminated,
        },
        Err(_) => {
            // Without the other signal, Ctrl-C alone ends it.
            let _ = tokio::signal::ctrl_c().await;
            Ended::Interrupted
        }
    }
}

#[cfg(not(unix))]
async fn signalled() -> Ended {
    // Without the signal it runs until it is killed.
    let _ = tokio::signal::ctrl_c().await;
    Ended::Interrupted
}

/// Binds `listen`.
pub(crate) async fn bind(listen: SocketAddr, allow_remote: bool) -> AppResult<TcpListener> {
    if !listen.ip().is_loopback() && !allow_remote {
        return Err(refusal(
            "server/listen-not-local",
            RefusalClass::Denied,
            format!("`{listen}` can be reached from other machines"),
            "listen on 127.0.0.1, or say `--allow-remote` and put TLS before it",
        ));
    }
    TcpListener::bind(listen).await.map_err(|error| {
        refusal(
            "server/cannot-listen",
            RefusalClass::Unavailable,
            format!("cannot listen on `{listen}`: {error}"),
            "choose another port, or 0 for any that is free",
        )
    })
}

fn refusal(code: &str, class: RefusalClass, title: String, help: &str) -> AppError {
    AppError::Refusal(Box::new(Refusal {
        code: code.to_owned(),
        class,
        title,
        params: BTreeMap::new(),
        help: help.to_owned(),
        retry: false,
        findings: Vec::new(),
        conflicts: Vec::new(),
    }))
}

/// Serves `router` on `listener`. `stop` ends it, and whatever else holds a receiver of it.
pub(crate) fn run(
    listener: TcpListener,
    router: Router,
    services: Services,
    stop: watch::Sender<bool>,
    limits: &Limits,
) -> AppResult<Running> {
    let address = listener.local_addr().map_err(AppError::fault)?;
    let task = tokio::spawn(connections::accept(listener, router, limits.clone(), stop.subscribe()));
    Ok(Running { address, stop, task, services })
}
