//! A login of a store: its connections, how statements run on them, and transactions of the adapter's own.

use crate::address::Address;
use crate::errors::{Failure, hidden_pooler, store_error};
use crate::pool::{Connection, Pool};
use crate::run::{Places, Runner, execute};
use crate::unit::set_scope;
use maq_query::{SqlValue, Statement};
use maq_store::StoreError;
use maq_value::Scope;
use std::sync::Arc;

/// A login and how statements run there.
pub(crate) struct Side {
    pub(crate) pool: Arc<Pool>,
    pub(crate) runner: Runner,
}

impl Side {
    pub(crate) fn new(address: Address) -> Result<Side, StoreError> {
        let runner = Runner { places: Places::default(), unnamed: address.pgbouncer };
        Ok(Side { pool: Pool::new(address)?, runner })
    }

    pub(crate) fn location(&self) -> &str {
        self.pool.address.location()
    }
}

impl Side {
    /// A pooler that gives each transaction another connection would mix up whose tenant a connection is set to. What
    /// one session sets, another must not see.
    pub(crate) async fn refuse_hidden_pooler(&self) -> Result<(), StoreError> {
        if self.pool.address.pgbouncer || self.pool.address.connections < 2 {
            return Ok(());
        }
        let failed = |error: sqlx::Error| store_error(self.location(), &error);
        let probe = maq_value::Uuid::now_v7().simple().to_string();
        let (mut one, mut other) = (self.pool.take(None, false).await?, self.pool.take(None, false).await?);
        let set = format!("SELECT set_config('maquette.probe', '{probe}', false)");
        execute(one.get()?, &set).await.map_err(failed)?;
        let ask =
            Statement::new("SELECT current_setting('maquette.probe', true), current_setting('search_path')", vec![]);
        let (seen, _) = self.runner.run(other.get()?, &ask).await.map_err(failed)?;
        let (own, _) = self.runner.run(one.get()?, &ask).await.map_err(failed)?;
        one.done();
        other.done();
        let cell = |rows: &[Vec<SqlValue>], at: usize| {
            rows.first().and_then(|row| row.get(at)).and_then(SqlValue::as_text).unwrap_or_default().to_owned()
        };
        let path = self.pool.address.search_path();
        if cell(&seen, 0) == probe || cell(&own, 0) != probe || [&seen, &own].iter().any(|rows| cell(rows, 1) != path) {
            return Err(hidden_pooler(self.location()));
        }
        Ok(())
    }

    /// A transaction of the adapter's own, outside units of work.
    pub(crate) async fn within<T>(
        &self,
        mode: &str,
        work: impl AsyncFnOnce(&Runner, &mut Connection) -> sqlx::Result<T>,
    ) -> Result<T, StoreError> {
        let failed = |error: sqlx::Error| Failure::of(self.location(), &error).into_error();
        let mut lease = self.pool.take(None, false).await?;
        let connection = lease.get()?;
        execute(connection, &begin(self, mode, None)).await.map_err(failed)?;
        let done = work(&self.runner, connection).await;
        let ended = execute(connection, if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).await;
        if ended.is_ok() {
            lease.done();
        }
        let done = done.map_err(failed)?;
        ended.map_err(failed)?;
        Ok(done)
    }
}

/// The beginning of a transaction, in one round trip.
pub(crate) fn begin(side: &Side, mode: &str, scope: Option<&Scope>) -> String {
    let mut text = format!("BEGIN {mode}");
    if side.pool.address.pgbouncer {
        text.push_str(&format!("; SET LOCAL search_path = {}", side.pool.address.search_path()));
        text.push_str("; SET LOCAL statement_timeout = '60s'");
    }
    if let Some(scope) = scope {
        text.push_str("; ");
        text.push_str(&set_scope(scope, true));
    }
    text
}
