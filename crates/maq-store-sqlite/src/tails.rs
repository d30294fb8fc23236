//! Where each tenant's audit chain ends, kept in memory so that sealing needs no read. Only what is committed is
//! believed: a unit or a transaction that goes back takes its tails with it.

use crate::errors::Failure;
use crate::run;
use maq_audit::{AuditEvent, ChainTail, seal};
use maq_query::{Dialect, audit};
use maq_store::StoreError;
use rusqlite::Connection;
use std::collections::HashMap;

/// Tails by tenant, in three layers: committed, of the open transaction, of the open unit.
#[derive(Default)]
pub(crate) struct Tails {
    committed: HashMap<String, ChainTail>,
    transaction: HashMap<String, ChainTail>,
    unit: HashMap<String, ChainTail>,
}

impl Tails {
    /// Links `event` to its tenant's chain and appends it.
    pub(crate) fn append(
        &mut self,
        connection: &Connection,
        location: &str,
        event: &AuditEvent,
    ) -> Result<(), Failure> {
        let tenant = &event.scope.tenant_id;
        let mut tail = match self.known(tenant) {
            Some(tail) => tail.clone(),
            None => read_tail(connection, location, tenant)?,
        };
        let link = seal(event.clone(), &mut tail);
        run::run(connection, &audit::append(&link, Dialect::Sqlite)).map_err(|error| Failure::of(location, &error))?;
        self.unit.insert(tenant.clone(), tail);
        Ok(())
    }

    fn known(&self, tenant: &str) -> Option<&ChainTail> {
        self.unit.get(tenant).or_else(|| self.transaction.get(tenant)).or_else(|| self.committed.get(tenant))
    }

    /// The unit is done; the transaction is still open.
    pub(crate) fn keep_unit(&mut self) {
        self.transaction.extend(self.unit.drain());
    }

    /// The unit went back.
    pub(crate) fn drop_unit(&mut self) {
        self.unit.clear();
    }

    /// The transaction is committed.
    pub(crate) fn keep_transaction(&mut self) {
        self.keep_unit();
        self.committed.extend(self.transaction.drain());
    }

    /// The transaction went back.
    pub(crate) fn drop_transaction(&mut self) {
        self.unit.clear();
        self.transaction.clear();
    }
}

fn read_tail(connection: &Connection, location: &str, tenant: &str) -> Result<ChainTail, Failure> {
    let (rows, _) =
        run::run(connection, &audit::tail(tenant, Dialect::Sqlite)).map_err(|error| Failure::of(location, &error))?;
    audit::read_tail(&rows).ok_or_else(|| {
        let reason = format!("the audit chain of tenant `{tenant}` has no readable end");
        Failure::Broken(StoreError::Corrupt { location: location.to_owned(), reason })
    })
}
