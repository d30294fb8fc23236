//! The threads of a store: one writes, the others read. Callers wait on a channel; a thread that ends, however it
//! ends, leaves nobody waiting.

use crate::group::{Commit, Writer};
use crate::lock::Lock;
use crate::queue::Queue;
use maq_store::StoreError;
use rusqlite::Connection;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Units that share a commit at most.
const GROUP: usize = 256;

/// How long the writer waits for a group as large as the one before. Callers that were just answered come back within
/// that; one who is alone never waits.
const GATHERING: Duration = Duration::from_micros(200);

/// Something to do with a connection.
pub(crate) type Call = Box<dyn FnOnce(&Connection) + Send>;

/// What the writer is asked for.
pub(crate) enum Job {
    Commit(Commit),
    /// A read, where the writer's connection is the only one.
    Call(Call),
}

/// Ends with its thread: tells who waits for that, and gives up what is queued.
struct Ending<T> {
    queue: Arc<Queue<T>>,
    _done: oneshot::Sender<()>,
    _running: std::sync::mpsc::Sender<()>,
}

impl<T> Drop for Ending<T> {
    fn drop(&mut self) {
        self.queue.abandon();
    }
}

/// Starts the writer; the answer fires when it has ended.
pub(crate) fn start_writer(
    writer: Writer,
    lock: Option<Lock>,
    queue: Arc<Queue<Job>>,
    running: std::sync::mpsc::Sender<()>,
) -> Result<oneshot::Receiver<()>, StoreError> {
    let (done, ended) = oneshot::channel();
    spawn("maq-sqlite-writer".into(), move || {
        let ending = Ending { queue, _done: done, _running: running };
        let mut writer = writer;
        let mut expected = 1;
        while let Some(job) = ending.queue.pop() {
            match job {
                Job::Call(call) => call(&writer.connection),
                Job::Commit(commit) if commit.runs_alone() => writer.commit_alone(commit),
                Job::Commit(commit) => {
                    let group = gather(commit, expected, &ending.queue);
                    expected = group.len();
                    writer.commit_group(group);
                }
            }
        }
        writer.finish();
        drop(writer);
        drop(lock);
    })?;
    Ok(ended)
}

fn gather(first: Commit, expected: usize, queue: &Queue<Job>) -> Vec<Commit> {
    let mut group = vec![first];
    let shares = |job: &Job| matches!(job, Job::Commit(commit) if !commit.runs_alone());
    let deadline = Instant::now() + GATHERING;
    while group.len() < GROUP {
        match queue.pop_if(shares, (group.len() < expected).then_some(deadline)) {
            Some(Job::Commit(commit)) => group.push(commit),
            _ => break,
        }
    }
    group
}

/// Starts a reader; the answer fires when it has ended.
pub(crate) fn start_reader(
    number: usize,
    connection: Connection,
    queue: Arc<Queue<Call>>,
    running: std::sync::mpsc::Sender<()>,
) -> Result<oneshot::Receiver<()>, StoreError> {
    let (done, ended) = oneshot::channel();
    spawn(format!("maq-sqlite-reader-{number}"), move || {
        let queue = Reader { queue, _done: done, _running: running };
        while let Some(call) = queue.queue.pop() {
            call(&connection);
        }
    })?;
    Ok(ended)
}

/// Ends with its thread; the other readers go on.
struct Reader {
    queue: Arc<Queue<Call>>,
    _done: oneshot::Sender<()>,
    _running: std::sync::mpsc::Sender<()>,
}

fn spawn(name: String, body: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    let started = thread::Builder::new().name(name).spawn(body);
    started.map(drop).map_err(|error| StoreError::Fault(format!("a thread could not be started: {error}")))
}
