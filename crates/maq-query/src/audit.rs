//! What a store needs to keep the audit chain: where a tenant's chain ends, appending a sealed link, reading a link
//! back. Queries are in [`crate::meta`].

use crate::meta::AUDIT_COLUMNS;
use crate::{Dialect, SqlValue, Statement};
use maq_audit::{AuditEvent, ChainTail, Outcome, SealedEvent};
use maq_value::{Instant, Scope};
use std::sync::{Arc, LazyLock};

static APPEND: LazyLock<[Arc<str>; 2]> = LazyLock::new(|| {
    let text = |mark: char| {
        let binds: Vec<String> = (1..=16).map(|number| format!("{mark}{number}")).collect();
        format!("INSERT INTO meta_audit (id, {AUDIT_COLUMNS}) VALUES ({mark}1, {})", binds.join(", ")).into()
    };
    [text('?'), text('$')]
});

static TAIL: LazyLock<[Arc<str>; 2]> = LazyLock::new(|| {
    let text = |mark: char| {
        format!(
            "SELECT seq, hash FROM meta_audit WHERE tenant_id = {mark}1 AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1"
        )
        .into()
    };
    [text('?'), text('$')]
});

fn of(texts: &[Arc<str>; 2], dialect: Dialect) -> Arc<str> {
    let [sqlite, postgres] = texts;
    match dialect {
        Dialect::Sqlite => sqlite.clone(),
        Dialect::Postgres => postgres.clone(),
    }
}

/// Reads where the chain of `tenant` ends; [`read_tail`] reads the answer.
pub fn tail(tenant: &str, dialect: Dialect) -> Statement {
    Statement::new(of(&TAIL, dialect), vec![tenant.into()])
}

/// The tail in the rows that [`tail`] answers; the start of a chain when there are none.
pub fn read_tail(rows: &[Vec<SqlValue>]) -> Option<ChainTail> {
    match rows.first().map(Vec::as_slice) {
        None => Some(ChainTail::default()),
        Some([SqlValue::Integer(seq), SqlValue::Text(hash)]) => Some(ChainTail { seq: *seq, hash: hash.clone() }),
        Some(_) => None,
    }
}

/// Appends a sealed link; its `id` is the event's id.
pub fn append(link: &SealedEvent, dialect: Dialect) -> Statement {
    let event = &link.event;
    let result = match event.result {
        Outcome::Success => "success",
        Outcome::Failure => "failure",
    };
    let binds = vec![
        SqlValue::from(event.event_id.as_str()),
        event.event_type.as_str().into(),
        event.timestamp.0.into(),
        event.user_id.as_str().into(),
        event.scope.tenant_id.as_str().into(),
        event.scope.realm_id.as_str().into(),
        event.action.as_str().into(),
        event.resource.as_str().into(),
        event.details.as_ref().map(serde_json::Value::to_string).into(),
        result.into(),
        event.error_message.as_deref().into(),
        event.salt.as_str().into(),
        link.seq.into(),
        link.leaf.as_str().into(),
        link.prev_hash.as_str().into(),
        link.hash.as_str().into(),
    ];
    Statement::new(of(&APPEND, dialect), binds)
}

/// A link from a row of [`AUDIT_COLUMNS`]; `None` when the row does not have their shape.
pub fn read_link(row: &[SqlValue]) -> Option<SealedEvent> {
    let mut cells = row.iter();
    let mut required = || cells.next().and_then(SqlValue::as_text).map(str::to_owned);
    let (event_id, event_type) = (required()?, required()?);
    let timestamp = Instant(cells.next()?.as_integer()?);
    let mut required = || cells.next().and_then(SqlValue::as_text).map(str::to_owned);
    let (user_id, tenant_id, realm_id) = (required()?, required()?, required()?);
    let (action, resource) = (required()?, required()?);
    let details = match cells.next()? {
        SqlValue::Text(text) => Some(serde_json::from_str(text).ok()?),
        _ => None,
    };
    let result = match cells.next()?.as_text()? {
        "success" => Outcome::Success,
        "failure" => Outcome::Failure,
        _ => return None,
    };
    let error_message = cells.next()?.as_text().map(str::to_owned);
    let salt = cells.next()?.as_text()?.to_owned();
    // An event that is not yet linked has no place: 0, and no hashes.
    let seq = cells.next()?.as_integer().unwrap_or_default();
    let mut text = || cells.next().map(|cell| cell.as_text().unwrap_or_default().to_owned());
    let (leaf, prev_hash, hash) = (text()?, text()?, text()?);
    let scope = Scope { tenant_id, realm_id };
    let event = AuditEvent {
        event_id,
        event_type,
        timestamp,
        user_id,
        scope,
        action,
        resource,
        details,
        salt,
        result,
        error_message,
    };
    Some(SealedEvent { event, seq, leaf, prev_hash, hash })
}

/// Statements for a store that writes events first and links them later, in the order of commits: see
/// `migrations/postgres`.
pub mod sealing {
    use super::{AUDIT_COLUMNS, AuditEvent, SqlValue, Statement, append};
    use crate::Dialect;
    use maq_audit::SealedEvent;

    /// Columns of an event that has no place in its chain yet.
    const UNSEALED: &str = "id, event_id, event_type, timestamp, user_id, tenant_id, realm_id, action, resource, details, \
                            result, error_message, salt, leaf";

    /// Writes events without their place. Every bind is an array with an event in each place; [`row`] makes one.
    pub fn append_many() -> Statement {
        let sql = format!(
            "INSERT INTO meta_audit ({UNSEALED}) SELECT r.id, r.id, r.event_type, r.timestamp, r.user_id, r.tenant_id, \
             r.realm_id, r.action, r.resource, r.details, r.result, r.error_message, r.salt, r.leaf FROM \
             UNNEST($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], \
             $9::text[], $10::text[], $11::text[], $12::text[], $13::text[]) WITH ORDINALITY AS r(id, event_type, \
             timestamp, user_id, tenant_id, realm_id, action, resource, details, result, error_message, salt, leaf, \
             number) ORDER BY r.number"
        );
        Statement::new(sql, Vec::new())
    }

    /// The binds of one event of [`append_many`].
    pub fn row(event: &AuditEvent) -> Vec<SqlValue> {
        let leaf = maq_audit::leaf_hash(event);
        let link = SealedEvent { event: event.clone(), seq: 0, leaf, prev_hash: String::new(), hash: String::new() };
        let mut binds = append(&link, Dialect::Postgres).binds;
        let leaf = binds.swap_remove(13);
        binds.truncate(12);
        binds.push(leaf);
        binds
    }

    /// Events without a place, in the order they were written: position, then the columns of every audit read.
    pub fn unsealed(limit: i64) -> Statement {
        let sql = format!(
            "SELECT position, {AUDIT_COLUMNS} FROM meta_audit WHERE seq IS NULL ORDER BY position LIMIT $1 FOR UPDATE"
        );
        Statement::new(sql, vec![limit.into()])
    }

    /// Gives events their places. Every bind is an array: positions, sequence numbers, hashes before, hashes.
    pub fn link_many() -> Statement {
        let sql = "UPDATE meta_audit a SET seq = r.seq, prev_hash = r.prev_hash, hash = r.hash FROM UNNEST($1::bigint[], \
                   $2::bigint[], $3::text[], $4::text[]) AS r(position, seq, prev_hash, hash) WHERE a.position = \
                   r.position AND a.seq IS NULL";
        Statement::new(sql, Vec::new())
    }

    /// One statement for a write that answers rows and the event of it: the event is written when a row was touched.
    /// Answers the rows of the write.
    pub fn with_event(write: &Statement, event: &AuditEvent) -> Statement {
        let mut binds = write.binds.clone();
        let first = binds.len() + 1;
        binds.extend(row(event));
        // The event's id stands in two columns.
        let places: String = (first + 1..first + 13).map(|number| format!(", ${number}")).collect();
        let sql = format!(
            "WITH done AS ({}), noted AS (INSERT INTO meta_audit ({UNSEALED}) SELECT ${first}, ${first}{places} WHERE \
             EXISTS (SELECT 1 FROM done)) SELECT * FROM done",
            write.sql
        );
        Statement { binds, sql: sql.into(), ..write.clone() }
    }

    /// One row when something waits.
    pub fn peek() -> Statement {
        Statement::new("SELECT 1 FROM meta_audit WHERE seq IS NULL LIMIT 1", Vec::new())
    }

    /// Waits until nobody else links; the turn ends with the transaction.
    pub fn take_turn() -> Statement {
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended('maquette.seal.' || current_schema(), 0))";
        Statement::new(sql, Vec::new())
    }
}
