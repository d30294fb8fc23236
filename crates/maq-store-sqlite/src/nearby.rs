//! Short reads, done where they are asked: handing a read of some microseconds to another thread and back costs more
//! than the read. What is here: connections that any thread may borrow for one read, and the bound that keeps a long
//! one from holding up the caller's thread. What takes longer, or finds no connection free, goes to a reader thread; and
//! so does what it says again for a while, so that few reads are begun twice.

use foldhash::quality::RandomState;
use maq_query::Statement;
use rusqlite::{Connection, ErrorCode};
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Duration;

/// Steps of SQLite's virtual machine after which a read is looked at; it is given up the second time. A page of twenty
/// records takes about five hundred, one that is sorted out of some hundred by two indexes some ten thousand; thirty
/// thousand take about half a millisecond. Handing over and back takes a tenth of that.
const STEPS: i32 = 16_000;

/// How often the text of a read that was given up is left to a thread before it is tried here again: other values may
/// make it short.
const LEFT: u64 = 63;
/// Texts that are remembered, a power of two.
const TEXTS: usize = 256;

/// Connections for short reads.
pub(crate) struct Nearby {
    readers: Vec<Mutex<Option<Reader>>>,
    long: LongTexts,
}

/// Texts whose reads were given up, by their hash: the upper bits say which text, the lower how often it is still left
/// to a thread. Two texts of one place forget each other.
struct LongTexts {
    places: Vec<AtomicU64>,
    hasher: RandomState,
}

impl LongTexts {
    fn new() -> LongTexts {
        LongTexts { places: (0..TEXTS).map(|_| AtomicU64::new(0)).collect(), hasher: RandomState::default() }
    }

    /// Where a text is remembered, and its upper bits.
    fn place(&self, sql: &str) -> Option<(&AtomicU64, u64)> {
        let hash = self.hasher.hash_one(sql);
        Some((self.places.get(hash as usize % TEXTS)?, hash & !LEFT))
    }

    /// Whether it is left to a thread this time.
    fn is_left(&self, sql: &str) -> bool {
        let Some((place, text)) = self.place(sql) else { return false };
        let found = place.load(Ordering::Relaxed);
        let is_left = found & !LEFT == text && found & LEFT > 0;
        if is_left {
            // Two at once may count as one.
            place.store(found - 1, Ordering::Relaxed);
        }
        is_left
    }

    fn add(&self, sql: &str) {
        if let Some((place, text)) = self.place(sql) {
            place.store(text | LEFT, Ordering::Relaxed);
        }
    }
}

struct Reader {
    connection: Connection,
    /// How often this read was looked at.
    looks: Arc<AtomicU32>,
}

impl Nearby {
    pub(crate) fn new(connections: Vec<Connection>) -> rusqlite::Result<Nearby> {
        let readers = connections.into_iter().map(|connection| {
            let looks = Arc::new(AtomicU32::new(0));
            let counted = looks.clone();
            connection.progress_handler(STEPS, Some(move || counted.fetch_add(1, Ordering::Relaxed) > 0))?;
            // Whoever must wait does so on a reader thread.
            connection.busy_timeout(Duration::ZERO)?;
            Ok(Mutex::new(Some(Reader { connection, looks })))
        });
        Ok(Nearby { readers: readers.collect::<rusqlite::Result<_>>()?, long: LongTexts::new() })
    }

    /// Runs `read`, if a connection is free and the read is short; `None` leaves it to a reader thread.
    pub(crate) fn read<T>(
        &self,
        statement: &Statement,
        read: fn(&Connection, &Statement) -> rusqlite::Result<T>,
    ) -> Option<rusqlite::Result<T>> {
        if self.long.is_left(&statement.sql) {
            return None;
        }
        for reader in &self.readers {
            let reader = match reader.try_lock() {
                Ok(reader) => reader,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => continue,
            };
            // Closed.
            let reader = reader.as_ref()?;
            reader.looks.store(0, Ordering::Relaxed);
            return match read(&reader.connection, statement) {
                Err(error) if is_for_a_thread(&error) => {
                    self.long.add(&statement.sql);
                    None
                }
                result => Some(result),
            };
        }
        None
    }

    /// Waits for the reads under way and closes.
    pub(crate) fn close(&self) {
        for reader in &self.readers {
            drop(reader.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}

fn is_for_a_thread(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::OperationInterrupted | ErrorCode::DatabaseBusy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run;
    use maq_query::SqlValue;

    fn nearby() -> Nearby {
        Nearby::new(vec![Connection::open_in_memory().unwrap()]).unwrap()
    }

    fn counting_to(limit: i64) -> Statement {
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT max(i) FROM n";
        Statement::new(sql, vec![SqlValue::Integer(limit)])
    }

    #[test]
    fn a_short_read_is_done_however_often_and_a_long_one_is_left_to_a_thread() {
        let nearby = nearby();
        let five = || Some(Ok(vec![vec![SqlValue::Integer(5)]]));
        for _ in 0..500 {
            assert_eq!(nearby.read(&counting_to(5), run::read), five());
        }
        assert_eq!(nearby.read(&counting_to(100_000), run::read), None);
        // What it says again is left to one for a while; something else is not.
        let other = Statement::new("SELECT 5", Vec::new());
        for _ in 0..LEFT {
            assert_eq!(nearby.read(&counting_to(5), run::read), None);
            assert_eq!(nearby.read(&other, run::read), five());
        }
        assert_eq!(nearby.read(&counting_to(5), run::read), five());
    }

    #[test]
    fn what_is_lent_or_closed_reads_nothing() {
        let nearby = nearby();
        let lent = nearby.readers[0].lock().unwrap();
        assert_eq!(nearby.read(&counting_to(5), run::read), None);
        drop(lent);
        nearby.close();
        assert_eq!(nearby.read(&counting_to(5), run::read), None);
    }
}
