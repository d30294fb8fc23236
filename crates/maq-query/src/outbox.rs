//! Events for the outside: written with the change that causes them, read by whoever relays them, kept until they are
//! acknowledged. See the transactional outbox of <https://microservices.io/patterns/data/transactional-outbox.html>.

use crate::meta::statement;
use crate::{Dialect, SqlValue, Statement};
use maq_value::{Instant, Scope};
use serde_json::Value as Json;

/// An event for the outside.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxEvent {
    /// Its id, stable across deliveries: a receiver drops what it has seen.
    pub event_id: String,
    /// `record.created`, `record.updated`, `record.deleted`, ...
    pub topic: String,
    /// Where it happened.
    pub scope: Scope,
    /// What happened.
    pub payload: Json,
    /// When.
    pub at: Instant,
}

/// Writes an event; its place in the order is drawn by the store.
pub fn insert(event: &OutboxEvent, dialect: Dialect) -> Statement {
    let sql = "INSERT INTO meta_outbox (event_id, topic, tenant_id, realm_id, payload, created_at) VALUES (?1, ?2, ?3, \
               ?4, ?5, ?6)";
    let binds: Vec<SqlValue> = vec![
        event.event_id.as_str().into(),
        event.topic.as_str().into(),
        event.scope.tenant_id.as_str().into(),
        event.scope.realm_id.as_str().into(),
        event.payload.to_string().into(),
        event.at.0.into(),
    ];
    statement(dialect, sql, binds)
}

/// The oldest events: event_id, topic, tenant_id, realm_id, payload, created_at.
pub fn oldest(limit: i64, dialect: Dialect) -> Statement {
    let sql = "SELECT event_id, topic, tenant_id, realm_id, payload, created_at FROM meta_outbox ORDER BY seq LIMIT ?1";
    statement(dialect, sql, vec![limit.into()])
}

/// How many events wait: one row with one number.
pub fn count(dialect: Dialect) -> Statement {
    statement(dialect, "SELECT COUNT(*) FROM meta_outbox", Vec::new())
}

/// Takes a delivered event away.
pub fn acknowledge(event_id: &str, dialect: Dialect) -> Statement {
    statement(dialect, "DELETE FROM meta_outbox WHERE event_id = ?1", vec![event_id.into()])
}
