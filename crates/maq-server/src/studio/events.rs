//! Server-sent events with a sequence to resume from, and a heartbeat.

use super::Studied;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use maq_contract::StudioEvent;
use serde::Deserialize;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::watch;

/// A comment this often keeps the line and shows both sides that it stands.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Where to go on.
#[derive(Debug, Deserialize)]
pub(super) struct After {
    after: Option<u64>,
}

/// What one listener still waits for.
struct Line {
    studied: Arc<Studied>,
    waiting: VecDeque<StudioEvent>,
    receiver: Receiver<StudioEvent>,
    stop: watch::Receiver<bool>,
}

/// Events after `?after=` (or `Last-Event-ID`), and from now on.
pub(super) async fn stream(
    State(studied): State<Arc<Studied>>,
    Query(after): Query<After>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let (missed, receiver) = studied.router.resume(after.after.or(last));
    let stop = studied.stop.clone();
    let line = Line { studied, waiting: missed.into(), receiver, stop };
    // The first comment opens the line at once: some browsers wait for a byte.
    let opened = stream::once(async { Ok(Event::default().comment("open")) });
    let events = stream::unfold(line, |mut line| async move {
        let event = next(&mut line).await?;
        let data = serde_json::to_string(&event).unwrap_or_default();
        Some((Ok(Event::default().id(event.seq.to_string()).data(data)), line))
    });
    Sse::new(stream::StreamExt::chain(opened, events)).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}

async fn next(line: &mut Line) -> Option<StudioEvent> {
    loop {
        if let Some(event) = line.waiting.pop_front() {
            return Some(event);
        }
        let received = tokio::select! {
            received = line.receiver.recv() => received,
            // Open lines would keep the host from ending.
            _ = line.stop.wait_for(|stop| *stop) => return None,
        };
        match received {
            Ok(event) => return Some(event),
            Err(RecvError::Closed) => return None,
            Err(RecvError::Lagged(_)) => {
                let (missed, receiver) = line.studied.router.resume(Some(0));
                line.waiting = missed.into();
                line.receiver = receiver;
            }
        }
    }
}
