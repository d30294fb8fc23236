//! Hearing what other processes changed: by LISTEN where the connection is ours for good, else by looking at the
//! revision numbers. See `meta_revisions` in `migrations/postgres`.

use crate::address::Address;
use crate::store::Core;
use maq_query::{SqlValue, Statement};
use maq_store::{Change, StoreError};
use sqlx::Executor as _;
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// A line that was silent this long is asked whether it still stands.
const SILENCE: Duration = Duration::from_secs(15);
/// How often revision numbers are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How long a line that broke rests before it is opened again.
const REST: Duration = Duration::from_millis(500);

/// Listens until the store is closed.
pub(crate) async fn hear(core: Arc<Core>) {
    let address = core.owner().pool.address.clone();
    if address.pgbouncer {
        return look(&core).await;
    }
    loop {
        let mut listened = false;
        if let Err(error) = listen(&core, &address, &mut listened).await {
            tracing::debug!(%error, "the line for notices broke");
        }
        if listened {
            core.tell(&Change::Missed);
        }
        tokio::time::sleep(REST).await;
    }
}

async fn listen(core: &Core, address: &Address, listened: &mut bool) -> sqlx::Result<()> {
    let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(address.connect_options());
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    listener.listen(&core.channel()).await?;
    core.reached().await;
    *listened = true;
    // What was changed while nobody listened, the moments since the store was opened too.
    core.tell(&Change::Missed);
    loop {
        match tokio::time::timeout(SILENCE, listener.try_recv()).await {
            Ok(Ok(Some(notice))) => heard(core, notice.payload()),
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(error)) => return Err(error),
            Err(_) => {
                let asked = tokio::time::timeout(Duration::from_secs(5), listener.execute("SELECT 1")).await;
                asked.map_err(|_| sqlx::Error::PoolTimedOut)??;
            }
        }
    }
}

fn heard(core: &Core, payload: &str) {
    let mut words = payload.split(' ');
    if words.next() != Some(core.origin.as_str()) {
        core.tell(&Change::Topics(words.map(str::to_owned).collect()));
    }
}

/// Also hears of this process's own changes, which costs a read too many and nothing else.
async fn look(core: &Core) {
    let mut known: Option<HashMap<String, i64>> = None;
    loop {
        let Ok(now) = revisions(core).await else {
            known = None;
            tokio::time::sleep(LOOK).await;
            continue;
        };
        match &known {
            None => core.tell(&Change::Missed),
            Some(before) => {
                let moved = |(topic, revision): &(&String, &i64)| before.get(*topic) != Some(*revision);
                let topics: Vec<String> = now.iter().filter(moved).map(|(topic, _)| topic.clone()).collect();
                if !topics.is_empty() {
                    core.tell(&Change::Topics(topics));
                }
            }
        }
        known = Some(now);
        tokio::time::sleep(LOOK).await;
    }
}

async fn revisions(core: &Core) -> Result<HashMap<String, i64>, StoreError> {
    let (rows, _) = core.read(&Statement::new("SELECT topic, revision FROM meta_revisions", Vec::new())).await?;
    let revision = |row: &Vec<SqlValue>| match row.as_slice() {
        [SqlValue::Text(topic), SqlValue::Integer(revision)] => Some((topic.clone(), *revision)),
        _ => None,
    };
    Ok(rows.iter().filter_map(revision).collect())
}
