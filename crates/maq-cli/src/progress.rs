//! Progress of long work on stderr, and Ctrl-C that cancels it.

use crate::failure::CliResult;
use crate::output::Output;
use crate::session::Session;
use maq_contract::StudioEvent;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{IsTerminal, Write};
use tokio::sync::broadcast::error::RecvError;

/// The job of this process: it has one at a time.
const JOB: &str = "cli";

/// Asks a long command; its progress is shown where stderr is a terminal, and Ctrl-C cancels it.
pub async fn ask<Q: Serialize, A: DeserializeOwned>(
    session: &Session,
    command: &str,
    request: &Q,
    output: &Output,
) -> CliResult<A> {
    let mut events = session.router.subscribe();
    let shown = !output.is_json() && std::io::stderr().is_terminal();
    let work = session.ask_job(command, request, Some(JOB.to_owned()));
    tokio::pin!(work);
    let mut cancelled = false;
    loop {
        tokio::select! {
            answer = &mut work => {
                if shown {
                    clear();
                }
                return answer;
            }
            event = events.recv() => match event {
                Ok(event) if shown => show(&event),
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                // The router lives as long as the session; without events the work goes on.
                Err(RecvError::Closed) => return work.await,
            },
            signal = tokio::signal::ctrl_c(), if !cancelled => {
                cancelled = true;
                if signal.is_ok() {
                    session.router.cancel_job(JOB);
                }
            }
        }
    }
}

fn show(event: &StudioEvent) {
    let Some(progress) = &event.progress else { return };
    let done = match progress.total {
        Some(total) => format!("{} of {total}", progress.done),
        None if progress.done > 0 => progress.done.to_string(),
        None => String::new(),
    };
    let mut stderr = std::io::stderr().lock();
    // A terminal that is gone shows nothing.
    let _ = write!(stderr, "\r\u{1b}[K{} {done}", progress.step);
    let _ = stderr.flush();
}

fn clear() {
    let _ = write!(std::io::stderr(), "\r\u{1b}[K");
}
