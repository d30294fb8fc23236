//! Events with a sequence to resume from: the last ones are kept for a client whose line broke.

use maq_app::{AppEvent, Events};
use maq_contract::{Progress, StudioEvent};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast::{self, error::RecvError};

/// How many events are kept for resuming, and wait for a slow listener.
const KEPT: usize = 1024;

/// Everything a client may hold, for when it missed something.
const EVERYTHING: [&str; 6] = ["workspace", "releases", "targets", "records", "audit", "access"];

/// The events of one router.
#[derive(Debug)]
pub(crate) struct Feed {
    state: Mutex<State>,
    sender: broadcast::Sender<StudioEvent>,
}

#[derive(Debug)]
struct State {
    /// Sequence of the last event.
    seq: u64,
    kept: VecDeque<StudioEvent>,
}

impl Feed {
    /// Numbers the events of `events` from now on. `first` must be greater than any sequence an earlier run of the host
    /// gave, so that a client of that run is not taken for one that missed nothing.
    pub fn start(events: &Events, first: u64) -> Arc<Feed> {
        let state = State { seq: first, kept: VecDeque::with_capacity(KEPT) };
        let feed = Arc::new(Feed { state: Mutex::new(state), sender: broadcast::channel(KEPT).0 });
        let mut receiver = events.subscribe();
        let weak = Arc::downgrade(&feed);
        tokio::spawn(async move {
            loop {
                let event = match receiver.recv().await {
                    Ok(event) => event,
                    Err(RecvError::Lagged(_)) => AppEvent { changed: EVERYTHING.to_vec(), progress: None },
                    Err(RecvError::Closed) => break,
                };
                match weak.upgrade() {
                    Some(feed) => feed.publish(event),
                    None => break,
                }
            }
        });
        feed
    }

    fn publish(&self, event: AppEvent) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.seq += 1;
        let event = StudioEvent {
            seq: state.seq,
            changed: event.changed.into_iter().map(str::to_owned).collect(),
            progress: event.progress.map(|progress| Progress {
                job: progress.job,
                step: progress.step,
                done: progress.done,
                total: progress.total,
            }),
        };
        if state.kept.len() == KEPT {
            state.kept.pop_front();
        }
        state.kept.push_back(event.clone());
        // Sent under the lock, so that nobody sees a later number first; no listener is no trouble.
        let _ = self.sender.send(event);
    }

    /// Events from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<StudioEvent> {
        self.sender.subscribe()
    }

    /// What came after `after`, and events from now on. When it can no longer be told what was missed, one event says
    /// that everything changed.
    pub fn resume(&self, after: Option<u64>) -> (Vec<StudioEvent>, broadcast::Receiver<StudioEvent>) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let receiver = self.sender.subscribe();
        let missed = match after {
            None => Vec::new(),
            Some(after) if after == state.seq => Vec::new(),
            Some(after) => {
                let known = state.kept.front().is_some_and(|first| first.seq <= after.saturating_add(1));
                if known && after < state.seq {
                    state.kept.iter().filter(|event| event.seq > after).cloned().collect()
                } else {
                    vec![everything_changed(state.seq)]
                }
            }
        };
        (missed, receiver)
    }
}

/// Stands for events that were missed: every cached answer is stale.
pub(crate) fn everything_changed(seq: u64) -> StudioEvent {
    StudioEvent { seq, changed: EVERYTHING.map(str::to_owned).to_vec(), progress: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn fed(count: usize) -> (Arc<Feed>, Events) {
        let events = Events::default();
        let feed = Feed::start(&events, 100);
        let mut receiver = feed.subscribe();
        for _ in 0..count {
            events.changed(&["records"]);
            receiver.recv().await.unwrap();
        }
        (feed, events)
    }

    fn seqs(events: &[StudioEvent]) -> Vec<u64> {
        events.iter().map(|event| event.seq).collect()
    }

    #[tokio::test]
    async fn a_client_resumes_after_the_last_event_it_saw() {
        let (feed, _events) = fed(5).await;
        assert_eq!(seqs(&feed.resume(Some(103)).0), [104, 105]);
        assert!(seqs(&feed.resume(Some(105)).0).is_empty());
        assert!(seqs(&feed.resume(None).0).is_empty());
    }

    #[tokio::test]
    async fn a_client_that_missed_too_much_or_comes_from_an_earlier_run_reads_everything_anew() {
        let (feed, _events) = fed(KEPT + 10).await;
        for after in [3, 105, 9_999_999] {
            assert_eq!(feed.resume(Some(after)).0, vec![everything_changed(100 + KEPT as u64 + 10)], "{after}");
        }
    }
}
