//! Group commit: several units of work in one transaction, each in a savepoint of its own, answered after the commit.
//! A refused unit leaves the others alone. When the commit itself fails (a deferred foreign key of some unit, or the
//! disk) the group is halved and tried again, so that in the end each unit gets the answer it deserves.

use crate::errors::{Failure, store_error};
use crate::statistics::Statistics;
use crate::tails::Tails;
use crate::unit;
use maq_store::{Receipt, StoreError, UnitOfWork};
use rusqlite::Connection;
use tokio::sync::oneshot;

/// A unit of work and who waits for it.
pub(crate) struct Commit {
    pub(crate) work: UnitOfWork,
    pub(crate) reply: oneshot::Sender<Result<Receipt, StoreError>>,
}

impl Commit {
    /// Schema changes and bulk rows get a transaction of their own: the first need foreign keys off, the second
    /// cannot be run twice.
    pub(crate) fn runs_alone(&self) -> bool {
        !self.work.schema.is_empty() || !self.work.bulk.is_empty()
    }

    fn answer(self, result: Result<Receipt, Failure>) {
        // Nobody may wait any more; the work is done all the same.
        let _ = self.reply.send(result.map_err(Failure::into_error));
    }
}

/// The writing end of a store.
pub(crate) struct Writer {
    pub(crate) connection: Connection,
    pub(crate) location: String,
    pub(crate) tails: Tails,
    pub(crate) statistics: Statistics,
}

impl Writer {
    /// Commits units that do not need a transaction of their own.
    pub(crate) fn commit_group(&mut self, group: Vec<Commit>) {
        self.commit_halves(group);
        self.statistics.look_if_much(&self.connection);
    }

    fn commit_halves(&mut self, mut group: Vec<Commit>) {
        match self.try_group(&mut group) {
            Ok(receipts) => {
                for (commit, receipt) in group.into_iter().zip(receipts) {
                    commit.answer(receipt);
                }
            }
            Err(failure) => {
                self.roll_back();
                if group.len() > 1 {
                    let second = group.split_off(group.len() / 2);
                    self.commit_halves(group);
                    self.commit_halves(second);
                } else if let Some(commit) = group.pop() {
                    commit.answer(Err(failure));
                }
            }
        }
    }

    fn try_group(&mut self, group: &mut [Commit]) -> Result<Vec<Result<Receipt, Failure>>, Failure> {
        let alone = group.len() == 1;
        let mut receipts = Vec::with_capacity(group.len());
        self.execute("BEGIN IMMEDIATE")?;
        for commit in group.iter_mut() {
            if alone {
                receipts.push(Ok(self.perform(&mut commit.work)?));
                continue;
            }
            self.execute("SAVEPOINT unit")?;
            match self.perform(&mut commit.work) {
                Ok(receipt) => {
                    self.tails.keep_unit();
                    receipts.push(Ok(receipt));
                }
                Err(Failure::Refused(refused)) => {
                    self.tails.drop_unit();
                    self.execute("ROLLBACK TO unit")?;
                    receipts.push(Err(refused.into()));
                }
                Err(broken) => return Err(broken),
            }
            self.execute("RELEASE unit")?;
        }
        self.execute("COMMIT")?;
        self.tails.keep_transaction();
        Ok(receipts)
    }

    /// Commits one unit in a transaction of its own.
    pub(crate) fn commit_alone(&mut self, mut commit: Commit) {
        let result = if commit.work.schema.is_empty() {
            self.try_alone(&mut commit.work)
        } else {
            self.without_foreign_keys(|writer| writer.try_alone(&mut commit.work))
        };
        if result.is_err() {
            self.roll_back();
        }
        let changed = !commit.work.schema.is_empty();
        commit.answer(result);
        // An index that was never counted seems better than all that were.
        if changed {
            self.statistics.look(&self.connection);
        } else {
            self.statistics.look_if_much(&self.connection);
        }
    }

    fn try_alone(&mut self, work: &mut UnitOfWork) -> Result<Receipt, Failure> {
        self.execute("BEGIN IMMEDIATE")?;
        let receipt = self.perform(work)?;
        if !work.schema.is_empty() {
            let broken = unit::check_foreign_keys(&self.connection);
            if let Some(refused) = broken.map_err(|error| Failure::of(&self.location, &error))? {
                return Err(refused.into());
            }
        }
        self.execute("COMMIT")?;
        self.tails.keep_transaction();
        Ok(receipt)
    }

    /// The pragma does nothing inside a transaction, so it stands around it.
    fn without_foreign_keys(
        &mut self,
        action: impl FnOnce(&mut Writer) -> Result<Receipt, Failure>,
    ) -> Result<Receipt, Failure> {
        self.execute("PRAGMA foreign_keys = OFF")?;
        let result = action(self);
        if result.is_err() {
            self.roll_back();
        }
        // The second: SQLite may still hold a schema that went back; any read makes it look.
        for sql in ["PRAGMA foreign_keys = ON", "SELECT COUNT(*) FROM sqlite_schema"] {
            if let Err(failure) = self.execute(sql) {
                tracing::error!(location = %self.location, ?failure, sql, "after a schema change");
            }
        }
        result
    }

    fn perform(&mut self, work: &mut UnitOfWork) -> Result<Receipt, Failure> {
        unit::perform(&self.connection, &self.location, &mut self.tails, work)
    }

    fn roll_back(&mut self) {
        self.tails.drop_transaction();
        // A full disk may already have rolled back.
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(location = %self.location, %error, "a transaction could not be rolled back");
        }
    }

    fn execute(&self, sql: &str) -> Result<(), Failure> {
        let run = || crate::run::finish(&mut *self.connection.prepare_cached(sql)?);
        run().map(drop).map_err(|error| Failure::of(&self.location, &error))
    }

    /// Brings everything into the one file, so that the log beside it can go.
    pub(crate) fn finish(&self) {
        let checkpoint = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = checkpoint.map_err(|error| store_error(&self.location, &error)) {
            tracing::warn!(location = %self.location, %error, "the log could not be folded in on closing");
        }
    }
}
