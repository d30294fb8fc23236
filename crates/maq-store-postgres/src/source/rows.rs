//! Rows of a table by COPY, read by a thread of their own and handed over in batches through a bounded channel.

use super::catalogue::Known;
use super::connection::{Connection, Pool};
use super::copy::{Lines, cells};
use super::select::{Select, select};
use futures_util::StreamExt as _;
use maq_store::source::{Pick, SourceError, SourceRows, SourceTable, SqlValue};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// A batch goes out when it has this many rows or bytes.
const BATCH_ROWS: usize = 256;
const BATCH_BYTES: usize = 1 << 20;
/// Batches that may wait.
const WAITING: usize = 4;

type Batch = Result<Vec<Vec<SqlValue>>, SourceError>;

pub(super) fn stream(
    pool: &Arc<Pool>,
    known: &Known,
    table: &SourceTable,
    picks: &[Pick],
) -> Result<SourceRows, SourceError> {
    let relation = known.relation(&table.name);
    let Some(select) = relation.and_then(|relation| select(known, relation, picks)) else {
        return Err(SourceError::NotFound(format!("{}, table {}", pool.location(), table.name)));
    };
    stream_select(pool, select)
}

/// The rows of any SELECT.
pub(super) fn stream_select(pool: &Arc<Pool>, select: Select) -> Result<SourceRows, SourceError> {
    let (sender, receiver) = sync_channel(WAITING);
    let (pool, handle) = (Arc::clone(pool), pool.handle()?);
    let location = pool.location().to_owned();
    let thread = std::thread::Builder::new().name("maquette-postgres-rows".into());
    let started = thread.spawn(move || {
        let sent = handle.block_on(async {
            let mut connection = pool.take().await?;
            // A connection that was left in the middle of its rows is of no more use.
            if send_all(&mut connection, &pool, &select, &sender).await? {
                pool.give_back(connection);
            }
            Ok(())
        });
        if let Err(error) = sent {
            // Nobody may be listening any more.
            let _ = sender.send(Err(error));
        }
    });
    started.map_err(|error| SourceError::Unreadable { location, reason: error.to_string() })?;
    Ok(Box::new(Batches { receiver, current: Vec::new().into_iter() }))
}

/// Sends every row; false when nobody listens any more.
async fn send_all(
    connection: &mut Connection,
    pool: &Pool,
    select: &Select,
    sender: &SyncSender<Batch>,
) -> Result<bool, SourceError> {
    let failed = |error: sqlx::Error| pool.opening().error(&error);
    let copy = format!("COPY ({}) TO STDOUT", select.sql);
    let mut pieces = connection.copy_out_raw(&copy).await.map_err(failed)?;
    let (mut lines, mut batch, mut bytes) = (Lines::default(), Vec::with_capacity(BATCH_ROWS), 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(failed)?;
        bytes += piece.len();
        lines.take(&piece, |line| batch.push(cells(line, &select.natives)));
        if batch.len() >= BATCH_ROWS || bytes >= BATCH_BYTES {
            bytes = 0;
            // Waits on this thread, which is this stream's own.
            if sender.send(Ok(std::mem::take(&mut batch))).is_err() {
                return Ok(false);
            }
        }
    }
    if !lines.is_done() {
        let reason = "the rows break off in the middle of one".into();
        return Err(SourceError::Damaged { location: pool.location().to_owned(), reason });
    }
    drop(pieces);
    Ok(batch.is_empty() || sender.send(Ok(batch)).is_ok())
}

/// Batches as single rows.
struct Batches {
    receiver: Receiver<Batch>,
    current: std::vec::IntoIter<Vec<SqlValue>>,
}

impl Iterator for Batches {
    type Item = Result<Vec<SqlValue>, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.current.next() {
                return Some(Ok(row));
            }
            match self.receiver.recv().ok()? {
                Ok(batch) => self.current = batch.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
