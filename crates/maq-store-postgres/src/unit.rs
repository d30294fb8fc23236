//! One unit of work inside an open transaction: guards, schema, operations, bulk rows, audit, outbox, in this order.

use crate::errors::Failure;
use crate::pool::Connection;
use crate::run::{Runner, execute};
use maq_query::audit::sealing;
use maq_query::{Dialect, SqlValue, Statement, outbox};
use maq_store::{Bulk, Guard, Operation, Receipt, Refused, Rows, Sequel, StoreError, UnitOfWork};
use maq_value::Scope;
use tokio::sync::mpsc;

/// Rows of a bulk that go in one statement.
const TOGETHER: usize = 1_000;

/// A transaction under way.
pub(crate) struct Unit<'a> {
    pub(crate) runner: &'a Runner,
    pub(crate) connection: &'a mut Connection,
    pub(crate) location: &'a str,
    /// Tenant and realm the transaction is set to.
    pub(crate) scope: Option<Scope>,
}

impl Unit<'_> {
    /// Does `work`; the caller commits or rolls back.
    pub(crate) async fn perform(&mut self, work: &mut UnitOfWork) -> Result<Receipt, Failure> {
        for guard in &work.guards {
            self.hold(guard).await?;
        }
        if !work.schema.is_empty() {
            self.change_schema(&work.schema).await?;
        }
        let mut receipt = Receipt::default();
        for operation in &work.operations {
            receipt.returned.push(self.operate(operation).await?);
        }
        let sequel = match &work.follow {
            Some(follow) => follow(&receipt.returned)?,
            None => Sequel::default(),
        };
        for operation in &sequel.operations {
            receipt.followed.push(self.operate(operation).await?);
        }
        for bulk in std::mem::take(&mut work.bulk) {
            receipt.bulk.push(self.pour(bulk).await?);
        }
        if !work.audit.is_empty() {
            let rows: Vec<Vec<SqlValue>> = work.audit.iter().map(sealing::row).collect();
            self.run_many(&sealing::append_many(), &rows).await?;
        }
        for event in work.outbox.iter().chain(&sequel.outbox) {
            self.run(&outbox::insert(event, Dialect::Postgres)).await?;
        }
        Ok(receipt)
    }

    async fn hold(&mut self, guard: &Guard) -> Result<(), Failure> {
        let (rows, _) = self.run(&guard.statement).await?;
        let holds = match &guard.expect {
            Some(expected) => rows == *expected,
            None => !rows.is_empty(),
        };
        if holds { Ok(()) } else { Err(guard.otherwise.clone().into()) }
    }

    async fn operate(&mut self, operation: &Operation) -> Result<Rows, Failure> {
        let (rows, touched) = self.run(&operation.statement).await?;
        match &operation.expect_rows {
            Some((expected, otherwise)) if *expected != touched => Err(otherwise.clone().into()),
            _ => Ok(Rows(rows)),
        }
    }

    /// Constraints are immediate meanwhile: a table with checks waiting cannot be altered.
    async fn change_schema(&mut self, statements: &[Statement]) -> Result<(), Failure> {
        self.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL lock_timeout = '10s'").await?;
        for statement in statements {
            if statement.binds.is_empty() {
                self.execute(&statement.sql).await?;
            } else {
                self.run(statement).await?;
            }
        }
        self.execute("SET CONSTRAINTS ALL DEFERRED").await
    }

    /// Rows are pulled on a thread of their own, because whoever makes them may block.
    async fn pour(&mut self, bulk: Bulk) -> Result<u64, Failure> {
        let Bulk { statement, rows } = bulk;
        if !statement.is_scoped() {
            return Err(Failure::Broken(StoreError::Fault("a bulk binds no tenant and realm".into())));
        }
        self.enter(&statement).await?;
        let arrays = {
            let asked = self.runner.takes_arrays(self.connection, &statement).await;
            asked.map_err(|error| Failure::of(self.location, &error))?
        };
        let (sender, mut batches) = mpsc::channel::<Vec<Result<Vec<SqlValue>, Refused>>>(2);
        let pulling = tokio::task::spawn_blocking(move || {
            let mut rows = rows;
            loop {
                let batch: Vec<_> = rows.by_ref().take(TOGETHER).collect();
                if batch.is_empty() || sender.blocking_send(batch).is_err() {
                    return;
                }
            }
        });
        let mut written = 0;
        while let Some(batch) = batches.recv().await {
            let batch: Vec<Vec<SqlValue>> = batch.into_iter().collect::<Result<_, Refused>>()?;
            let scope = statement.binds.get(..2);
            if statement.on_records && batch.iter().any(|row| row.get(..2) != scope) {
                return Err(Failure::Broken(StoreError::Fault("a bulk row is of another tenant or realm".into())));
            }
            if arrays {
                written += self.run_many(&statement, &batch).await?.1;
                continue;
            }
            for binds in batch {
                written += self.run(&Statement { binds, ..statement.clone() }).await?.1;
            }
        }
        pulling.await.map_err(|error| Failure::Broken(StoreError::Fault(error.to_string())))?;
        Ok(written)
    }

    async fn run(&mut self, statement: &Statement) -> Result<crate::run::Answer, Failure> {
        self.enter(statement).await?;
        let answered = self.runner.run(self.connection, statement).await;
        answered.map_err(|error| Failure::of(self.location, &error))
    }

    async fn run_many(&mut self, statement: &Statement, rows: &[Vec<SqlValue>]) -> Result<crate::run::Answer, Failure> {
        let answered = self.runner.run_many(self.connection, statement, rows).await;
        answered.map_err(|error| Failure::of(self.location, &error))
    }

    async fn execute(&mut self, sql: &str) -> Result<(), Failure> {
        execute(self.connection, sql).await.map_err(|error| Failure::of(self.location, &error))
    }

    /// Sets the transaction to the tenant and realm of a statement on records, where it is set to others.
    async fn enter(&mut self, statement: &Statement) -> Result<(), Failure> {
        match scope_of(statement) {
            Some(scope) if self.scope.as_ref() != Some(&scope) => {
                self.execute(&set_scope(&scope, true)).await?;
                self.scope = Some(scope);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Tenant and realm of a statement on records: its first two binds.
pub(crate) fn scope_of(statement: &Statement) -> Option<Scope> {
    match statement.binds.as_slice() {
        [SqlValue::Text(tenant), SqlValue::Text(realm), ..] if statement.on_records => {
            Some(Scope { tenant_id: tenant.clone(), realm_id: realm.clone() })
        }
        _ => None,
    }
}

/// Sets a session, or a transaction only, to a tenant and realm: what row-level security asks for.
pub(crate) fn set_scope(scope: &Scope, transaction_only: bool) -> String {
    let (tenant, realm) = (crate::run::literal(&scope.tenant_id), crate::run::literal(&scope.realm_id));
    format!(
        "SELECT set_config('maquette.tenant', {tenant}, {transaction_only}), set_config('maquette.realm', {realm}, \
         {transaction_only})"
    )
}
