//! The decision log. Its entries are as private as records: tenant and realm are bound first. Beside it stands which
//! logs there are, one a tenant and realm, with the count of what could not be kept.

use crate::meta::{statement, text_for};
use crate::{Dialect, SqlValue, Statement};
use maq_value::Scope;

/// Columns of an entry after tenant and realm, in the order in which entries are written and read.
const COLUMNS: [&str; 10] = [
    "at",
    "decision_id",
    "user_id",
    "action",
    "entity",
    "record_id",
    "allowed",
    "policy_set",
    "decided_by",
    "stands_for",
];

/// Which entries; all that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DecisionFilter {
    /// Not before, in microseconds.
    pub since: Option<i64>,
    /// Before, in microseconds.
    pub until: Option<i64>,
    /// Who asked.
    pub user_id: Option<String>,
    /// Of which entity.
    pub entity: Option<String>,
    /// What they wanted.
    pub action: Option<String>,
    /// Allowed, or denied.
    pub allowed: Option<bool>,
    /// Older than this entry: when, and its id.
    pub after: Option<(i64, String)>,
}

fn owner(scope: &Scope) -> Vec<SqlValue> {
    vec![scope.tenant_id.as_str().into(), scope.realm_id.as_str().into()]
}

/// Writes entries of one tenant and realm, in bulk; each row is tenant, realm, and an entry in the order at,
/// decision_id, user_id, action, entity, record_id, allowed, policy_set, decided_by, stands_for. An entry that is
/// there already stays.
pub fn append(scope: &Scope, dialect: Dialect) -> Statement {
    let columns = COLUMNS.join(", ");
    let sql = match dialect {
        Dialect::Sqlite => {
            let places: String = (3..COLUMNS.len() + 3).map(|place| format!(", ?{place}")).collect();
            format!(
                "INSERT INTO meta_decisions (tenant_id, realm_id, {columns}) VALUES (?1, ?2{places}) ON CONFLICT DO NOTHING"
            )
        }
        Dialect::Postgres => {
            let array = |(at, name): (usize, &&str)| {
                let ty = if matches!(*name, "at" | "allowed" | "stands_for") { "bigint" } else { "text" };
                format!("${}::{ty}[]", at + 3)
            };
            let arrays = COLUMNS.iter().enumerate().map(array).collect::<Vec<_>>().join(", ");
            let cells = COLUMNS.map(|name| format!("r.{name}")).join(", ");
            format!(
                "INSERT INTO meta_decisions (tenant_id, realm_id, {columns}) SELECT $1, $2, {cells} FROM UNNEST({arrays}) \
                 AS r({columns}) ON CONFLICT DO NOTHING"
            )
        }
    };
    Statement::on_records(sql, owner(scope))
}

/// The newest entries that a filter lets through: at, decision_id, user_id, action, entity, record_id, allowed,
/// policy_set, decided_by, stands_for.
pub fn newest(scope: &Scope, filter: &DecisionFilter, limit: i64, dialect: Dialect) -> Statement {
    let columns = COLUMNS.join(", ");
    let mut sql = format!("SELECT {columns} FROM meta_decisions WHERE tenant_id = ?1 AND realm_id = ?2");
    let mut binds = owner(scope);
    let DecisionFilter { since, until, user_id, entity, action, allowed, after } = filter;
    let conditions = [
        ("at >=", (*since).map(SqlValue::from)),
        ("at <", (*until).map(SqlValue::from)),
        ("user_id =", user_id.as_deref().map(SqlValue::from)),
        ("entity =", entity.as_deref().map(SqlValue::from)),
        ("action =", action.as_deref().map(SqlValue::from)),
        ("allowed =", (*allowed).map(SqlValue::from)),
    ];
    for (compared, value) in conditions {
        let Some(value) = value else { continue };
        binds.push(value);
        sql.push_str(&format!(" AND {compared} ?{}", binds.len()));
    }
    if let Some((at, decision_id)) = after {
        binds.extend([SqlValue::from(*at), decision_id.as_str().into()]);
        sql.push_str(&format!(" AND (at, decision_id) < (?{}, ?{})", binds.len() - 1, binds.len()));
    }
    binds.push(limit.into());
    sql.push_str(&format!(" ORDER BY at DESC, decision_id DESC LIMIT ?{}", binds.len()));
    Statement::on_records(text_for(dialect, &sql), binds)
}

/// Takes away the oldest entries from before an instant, so many at most, and answers a row for each.
pub fn delete_before(scope: &Scope, at: i64, limit: i64, dialect: Dialect) -> Statement {
    let sql = "DELETE FROM meta_decisions WHERE tenant_id = ?1 AND realm_id = ?2 AND (at, decision_id) IN (SELECT at, \
               decision_id FROM meta_decisions WHERE tenant_id = ?1 AND realm_id = ?2 AND at < ?3 ORDER BY at, \
               decision_id LIMIT ?4) RETURNING at";
    let mut binds = owner(scope);
    binds.extend([SqlValue::from(at), limit.into()]);
    Statement::on_records(text_for(dialect, sql), binds)
}

/// Takes away what is older than the newest `kept` entries.
pub fn delete_beyond(scope: &Scope, kept: i64, dialect: Dialect) -> Statement {
    let sql = "DELETE FROM meta_decisions WHERE tenant_id = ?1 AND realm_id = ?2 AND (at, decision_id) <= (SELECT at, \
               decision_id FROM meta_decisions WHERE tenant_id = ?1 AND realm_id = ?2 ORDER BY at DESC, decision_id DESC \
               LIMIT 1 OFFSET ?3)";
    let mut binds = owner(scope);
    binds.push(kept.into());
    Statement::on_records(text_for(dialect, sql), binds)
}

/// Notes that a tenant and realm have a log, and how many more entries of it could not be kept.
pub fn note_log(scope: &Scope, dropped: i64, dialect: Dialect) -> Statement {
    let sql = "INSERT INTO meta_decision_logs (tenant_id, realm_id, dropped) VALUES (?1, ?2, ?3) ON CONFLICT (tenant_id, \
               realm_id) DO UPDATE SET dropped = meta_decision_logs.dropped + excluded.dropped";
    let mut binds = owner(scope);
    binds.push(dropped.into());
    statement(dialect, sql, binds)
}

/// How many entries of a log could not be kept: one row with one number, none where there is no log.
pub fn dropped(scope: &Scope, dialect: Dialect) -> Statement {
    let sql = "SELECT dropped FROM meta_decision_logs WHERE tenant_id = ?1 AND realm_id = ?2";
    statement(dialect, sql, owner(scope))
}

/// The logs there are: tenant_id, realm_id.
pub fn logs(dialect: Dialect) -> Statement {
    statement(dialect, "SELECT tenant_id, realm_id FROM meta_decision_logs ORDER BY tenant_id, realm_id", Vec::new())
}

/// What was drawn for the store under a name, in hex: value.
pub fn secret(name: &str, dialect: Dialect) -> Statement {
    statement(dialect, "SELECT value FROM meta_secrets WHERE name = ?1", vec![name.into()])
}
