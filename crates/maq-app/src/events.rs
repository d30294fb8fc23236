//! What changed, and how far long work is: told to whoever listens.

use crate::error::refusals;
use crate::{AppError, AppResult};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

/// One event.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AppEvent {
    /// Areas whose cached answers are stale: `workspace`, `releases`, `targets`, `records`, `audit`.
    pub changed: Vec<&'static str>,
    /// How far a job is.
    pub progress: Option<JobProgress>,
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq)]
pub struct JobProgress {
    /// The caller's id of the job.
    pub job: String,
    /// What is being done.
    pub step: String,
    /// How much is done.
    pub done: u64,
    /// Out of how much, when known.
    pub total: Option<u64>,
}

/// The event line of one set of services.
#[derive(Debug, Clone)]
pub struct Events {
    sender: broadcast::Sender<AppEvent>,
    jobs: Arc<Mutex<HashMap<String, Arc<AtomicBool>>>>,
}

impl Default for Events {
    fn default() -> Self {
        Events { sender: broadcast::channel(1024).0, jobs: Arc::default() }
    }
}

impl Events {
    /// Events from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<AppEvent> {
        self.sender.subscribe()
    }

    /// Tells that areas changed.
    pub fn changed(&self, areas: &[&'static str]) {
        // No listener is no trouble.
        let _ = self.sender.send(AppEvent { changed: areas.to_vec(), progress: None });
    }

    /// Starts a job under the caller's id, so that it can be watched and cancelled.
    pub fn start_job(&self, id: Option<String>) -> Job {
        let cancelled = Arc::new(AtomicBool::new(false));
        if let Some(id) = &id {
            self.lock_jobs().insert(id.clone(), cancelled.clone());
        }
        Job { id, events: Some(self.clone()), cancelled }
    }

    /// Asks a job to stop; true when there is one.
    pub fn cancel_job(&self, id: &str) -> bool {
        match self.lock_jobs().get(id) {
            Some(flag) => {
                flag.store(true, Ordering::Relaxed);
                true
            }
            None => false,
        }
    }

    fn lock_jobs(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<AtomicBool>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Long work that reports and can be cancelled. Ends when dropped.
#[derive(Debug)]
pub struct Job {
    id: Option<String>,
    events: Option<Events>,
    cancelled: Arc<AtomicBool>,
}

impl Job {
    /// A job nobody watches.
    pub fn none() -> Job {
        Job { id: None, events: None, cancelled: Arc::default() }
    }

    /// Reports how far it is.
    pub fn progress(&self, step: &str, done: u64, total: Option<u64>) {
        if let (Some(id), Some(events)) = (&self.id, &self.events) {
            let progress = JobProgress { job: id.clone(), step: step.to_owned(), done, total };
            let _ = events.sender.send(AppEvent { changed: Vec::new(), progress: Some(progress) });
        }
    }

    /// Refuses to go on once cancelled.
    ///
    /// # Errors
    /// `job/cancelled`.
    pub fn check(&self) -> AppResult<()> {
        if self.is_cancelled() { Err::<(), AppError>(refusals::JOB_CANCELLED.with(&[])) } else { Ok(()) }
    }

    /// Whether somebody asked it to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// The flag, for work on another thread.
    pub fn cancel_flag(&self) -> Arc<AtomicBool> {
        self.cancelled.clone()
    }

    /// Asks it to stop.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if let (Some(id), Some(events)) = (&self.id, &self.events) {
            events.lock_jobs().remove(id);
        }
    }
}
