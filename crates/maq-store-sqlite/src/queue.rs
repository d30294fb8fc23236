//! A queue between callers and threads: many push, several threads pop, closing wakes them all.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// An unbounded queue that can be closed.
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    ready: Condvar,
}

struct State<T> {
    items: VecDeque<T>,
    open: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Queue<T> {
        Queue { state: Mutex::new(State { items: VecDeque::new(), open: true }), ready: Condvar::new() }
    }

    /// Adds an item; gives it back when the queue is closed.
    pub(crate) fn push(&self, item: T) -> Result<(), T> {
        let mut state = self.lock();
        if !state.open {
            return Err(item);
        }
        state.items.push_back(item);
        drop(state);
        self.ready.notify_one();
        Ok(())
    }

    /// Waits for the next item; `None` once the queue is closed and empty.
    pub(crate) fn pop(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                return Some(item);
            }
            if !state.open {
                return None;
            }
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes the next item if it is `wanted`, waiting for one until `deadline` at most.
    pub(crate) fn pop_if(&self, wanted: impl FnOnce(&T) -> bool, deadline: Option<Instant>) -> Option<T> {
        let mut state = self.lock();
        while state.items.is_empty() && state.open {
            let left = deadline?.checked_duration_since(Instant::now())?;
            state = self.ready.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        if state.items.front().is_some_and(wanted) { state.items.pop_front() } else { None }
    }

    /// Closes: what is queued is still answered, nothing more is taken.
    pub(crate) fn close(&self) {
        self.lock().open = false;
        self.ready.notify_all();
    }

    /// Closes and throws away what is queued.
    pub(crate) fn abandon(&self) {
        let mut state = self.lock();
        state.open = false;
        let dropped = std::mem::take(&mut state.items);
        drop(state);
        drop(dropped);
        self.ready.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
