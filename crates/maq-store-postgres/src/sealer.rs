//! The sealer: gives audit events their place in their tenant's chain, in the order of commits, within a second. Of all
//! processes over a database one does it at a time.

use crate::store::Core;
use maq_audit::{ChainTail, seal_leaf};
use maq_query::audit::{self, sealing};
use maq_query::{Dialect, SqlValue};
use maq_store::StoreError;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Events linked in one transaction.
const BATCH: i64 = 2_000;
/// How long events gather before they are linked.
const GATHER: Duration = Duration::from_millis(150);
/// How often events that another process left are looked for.
const LOOK: Duration = Duration::from_secs(1);

/// Wakes the sealer of this process.
#[derive(Default)]
pub(crate) struct Sealer(Notify);

impl Sealer {
    /// Something was written.
    pub(crate) fn wake(&self) {
        self.0.notify_one();
    }
}

/// Links events until the store is closed.
pub(crate) async fn run(core: Arc<Core>) {
    if !core.may_administer() {
        return;
    }
    loop {
        if tokio::time::timeout(LOOK, core.sealer.0.notified()).await.is_ok() {
            tokio::time::sleep(GATHER).await;
        }
        if let Err(error) = seal_all(&core).await {
            tracing::warn!(%error, "audit events wait to be linked");
        }
    }
}

/// Links everything that waits; answers how much that was.
pub(crate) async fn seal_all(core: &Core) -> Result<u64, StoreError> {
    if !core.may_administer() {
        return Err(StoreError::NeedsAdmin(core.info.location.clone()));
    }
    let mut linked = 0;
    loop {
        let batch = seal_batch(core).await?;
        linked += batch;
        if batch < BATCH.unsigned_abs() {
            return Ok(linked);
        }
    }
}

async fn seal_batch(core: &Core) -> Result<u64, StoreError> {
    core.owner()
        .within("READ WRITE", async |runner, connection| {
            let (waiting, _) = runner.run(connection, &sealing::peek()).await?;
            if waiting.is_empty() {
                return Ok(0);
            }
            runner.run(connection, &sealing::take_turn()).await?;
            let (rows, _) = runner.run(connection, &sealing::unsealed(BATCH)).await?;
            let mut tails: HashMap<String, ChainTail> = HashMap::new();
            let mut links = Vec::with_capacity(rows.len());
            for row in &rows {
                let (Some(position), Some(event)) = (row.first(), row.get(1..).and_then(audit::read_link)) else {
                    return Err(sqlx::Error::Protocol("an audit event cannot be read".into()));
                };
                let tenant = event.event.scope.tenant_id.clone();
                if !tails.contains_key(&tenant) {
                    let (tail, _) = runner.run(connection, &audit::tail(&tenant, Dialect::Postgres)).await?;
                    let tail = audit::read_tail(&tail);
                    let unreadable = || sqlx::Error::Protocol("a chain has no readable end".into());
                    tails.insert(tenant.clone(), tail.ok_or_else(unreadable)?);
                }
                let Some(tail) = tails.get_mut(&tenant) else { continue };
                let link = seal_leaf(event.event, event.leaf, tail);
                links.push(vec![
                    position.clone(),
                    SqlValue::Integer(link.seq),
                    SqlValue::Text(link.prev_hash),
                    SqlValue::Text(link.hash),
                ]);
            }
            if !links.is_empty() {
                runner.run_many(connection, &sealing::link_many(), &links).await?;
            }
            Ok(links.len() as u64)
        })
        .await
}
