//! Making a store, and bringing one to our format: one transaction each, so that a kill at any moment leaves a store or
//! none.

use crate::address::Address;
use crate::pool::Connection;
use crate::roles;
use crate::run::{Runner, execute};
use crate::side::Side;
use maq_query::{SqlValue, Statement, quote};
use maq_store::{StoreError, StoreKind};
use maq_value::Instant;
use sha2::{Digest as _, Sha256};

/// A step that brings the meta tables from one format to the next; what was applied is never changed.
struct Migration {
    number: i64,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "0001_foundation",
        sql: include_str!("../../../migrations/postgres/0001_foundation.sql"),
    },
    Migration {
        number: 2,
        name: "0002_decisions",
        sql: include_str!("../../../migrations/postgres/0002_decisions.sql"),
    },
];

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS meta_migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum \
                      TEXT NOT NULL)";

/// The oldest server whose row-level security, keys that empty one column and generated columns we rely on.
const OLDEST: u32 = 150_000;

/// What a new store is told about itself.
pub(crate) struct Birth<'a> {
    pub(crate) name: &'a str,
    pub(crate) id: &'a str,
    pub(crate) now: Instant,
}

/// Makes the schemas of a store, owned by `owner`, with the rights that the role of `records` needs.
pub(crate) async fn make(
    owner: &Side,
    records: &Address,
    kind: StoreKind,
    birth: &Birth<'_>,
) -> Result<(), StoreError> {
    let location = records.location();
    refuse_unfit(owner).await?;
    let schemas = owner.pool.address.schemas();
    let there = there(owner, &schemas).await?;
    if !there.is_empty() {
        return Err(StoreError::Exists(location.to_owned()));
    }
    let role = records.options.get_username().to_owned();
    if kind == StoreKind::Server {
        refuse_missing_role(owner, &role).await?;
    }
    let meta = owner.pool.address.meta_schema();
    let made = owner
        .within("READ WRITE", async |runner, connection| {
            for schema in &schemas {
                execute(connection, &format!("CREATE SCHEMA {}", quote(schema))).await?;
            }
            execute(connection, &format!("SET LOCAL search_path = {}, pg_temp", quote(&meta))).await?;
            apply(runner, connection, 0).await?;
            let word = kind_word(kind);
            let binds = vec![birth.id.into(), word.into(), birth.name.into(), birth.now.0.into()];
            let sql = "INSERT INTO meta_store (id, kind, name, created_at) VALUES ($1, $2, $3, $4)";
            runner.run(connection, &Statement::new(sql, binds)).await?;
            if kind == StoreKind::Server {
                execute(connection, &roles::grants(&role)).await?;
            }
            Ok(())
        })
        .await;
    match made {
        // Somebody else made it at the same moment.
        Err(StoreError::Fault(reason)) if reason.contains("42P06") => Err(StoreError::Exists(location.to_owned())),
        Err(StoreError::Refused(_)) => Err(StoreError::Exists(location.to_owned())),
        other => other,
    }
}

async fn refuse_unfit(owner: &Side) -> Result<(), StoreError> {
    let location = owner.pool.address.location();
    let sql = "SELECT current_setting('server_version_num'), current_setting('server_encoding')";
    let asked = owner
        .within("READ ONLY", async |runner, connection| runner.run(connection, &Statement::new(sql, Vec::new())).await);
    let (rows, _) = asked.await?;
    let cell = |at: usize| rows.first().and_then(|row| row.get(at)).and_then(SqlValue::as_text).unwrap_or_default();
    let unfit = |reason: String| Err(StoreError::NotAStore { location: location.to_owned(), reason });
    let version: u32 = cell(0).parse().unwrap_or_default();
    if version < OLDEST {
        return unfit(format!("its server is PostgreSQL {}, and 15 or newer is needed", version / 10_000));
    }
    if cell(1) != "UTF8" {
        return unfit(format!("its encoding is {}, and UTF8 is needed", cell(1)));
    }
    Ok(())
}

async fn refuse_missing_role(owner: &Side, role: &str) -> Result<(), StoreError> {
    let statement = Statement::new("SELECT 1 FROM pg_roles WHERE rolname = $1", vec![role.into()]);
    let asked = owner.within("READ ONLY", async |runner, connection| runner.run(connection, &statement).await);
    if !asked.await?.0.is_empty() {
        return Ok(());
    }
    let reason = format!(
        "there is no role `{role}`; make one that owns nothing: CREATE ROLE {} LOGIN PASSWORD '…'",
        quote(role)
    );
    Err(StoreError::Unsafe { location: owner.pool.address.location().to_owned(), reason })
}

/// Which of the schemas are there.
async fn there(owner: &Side, schemas: &[String]) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    for schema in schemas {
        let statement = Statement::new("SELECT 1 FROM pg_namespace WHERE nspname = $1", vec![schema.as_str().into()]);
        let asked = owner.within("READ ONLY", async |runner, connection| runner.run(connection, &statement).await);
        if !asked.await?.0.is_empty() {
            found.push(schema.clone());
        }
    }
    Ok(found)
}

/// What the store says it is: its id and kind.
pub(crate) async fn identity(owner: &Side) -> Result<(String, StoreKind), StoreError> {
    let address = &owner.pool.address;
    let location = address.location().to_owned();
    refuse_unfit(owner).await?;
    let meta = address.meta_schema();
    if there(owner, std::slice::from_ref(&meta)).await?.is_empty() {
        return Err(StoreError::NotFound(location));
    }
    let table = Statement::new(
        "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = \
         'meta_store'",
        vec![meta.as_str().into()],
    );
    let asked = owner.within("READ ONLY", async |runner, connection| runner.run(connection, &table).await);
    if asked.await?.0.is_empty() {
        let reason = format!("its schema `{meta}` is not ours");
        return Err(StoreError::NotAStore { location, reason });
    }
    let told = Statement::new("SELECT id, kind FROM meta_store", Vec::new());
    let told = owner.within("READ ONLY", async |runner, connection| runner.run(connection, &told).await);
    let told = told.await?.0;
    let cell = |at: usize| told.first().and_then(|row| row.get(at)).and_then(SqlValue::as_text).unwrap_or_default();
    let kind = match cell(1) {
        "workspace" => StoreKind::Workspace,
        "server" => StoreKind::Server,
        _ => return Err(StoreError::Corrupt { location, reason: "it does not say what it is".into() }),
    };
    Ok((cell(0).to_owned(), kind))
}

/// Brings the meta tables to our format; checks that what was applied before is what we know. A login that `may` not
/// change them is told who can.
pub(crate) async fn migrate(owner: &Side, may: bool) -> Result<(), StoreError> {
    let location = owner.pool.address.location();
    let asked = owner.within("READ ONLY", async |runner, connection| applied(runner, connection).await);
    let done = asked.await?;
    for (number, name, checksum) in &done {
        let Some(known) = MIGRATIONS.iter().find(|migration| migration.number == *number) else {
            return Err(StoreError::Newer {
                location: location.into(),
                format: *number,
                known: MIGRATIONS.len() as i64,
            });
        };
        if digest(known.sql) != *checksum {
            let reason = format!("its migration `{name}` is not the one this program has");
            return Err(StoreError::NotAStore { location: location.into(), reason });
        }
    }
    let newest = done.iter().map(|(number, ..)| *number).max().unwrap_or_default();
    if MIGRATIONS.iter().all(|migration| migration.number <= newest) {
        return Ok(());
    }
    if !may {
        return Err(StoreError::NeedsAdmin(location.to_owned()));
    }
    let meta = owner.pool.address.meta_schema();
    owner
        .within("READ WRITE", async |runner, connection| {
            execute(connection, &format!("SET LOCAL search_path = {}, pg_temp", quote(&meta))).await?;
            // Two processes may start at once.
            execute(connection, "LOCK TABLE meta_migrations IN EXCLUSIVE MODE").await?;
            let done = applied(runner, connection).await?;
            let newest = done.iter().map(|(number, ..)| *number).max().unwrap_or_default();
            apply(runner, connection, newest).await
        })
        .await
}

async fn applied(runner: &Runner, connection: &mut Connection) -> sqlx::Result<Vec<(i64, String, String)>> {
    let statement = Statement::new("SELECT number, name, checksum FROM meta_migrations ORDER BY number", Vec::new());
    let (rows, _) = runner.run(connection, &statement).await?;
    let row = |row: &Vec<SqlValue>| match row.as_slice() {
        [SqlValue::Integer(number), SqlValue::Text(name), SqlValue::Text(checksum)] => {
            Some((*number, name.clone(), checksum.clone()))
        }
        _ => None,
    };
    Ok(rows.iter().filter_map(row).collect())
}

/// Runs the migrations after `newest` inside the open transaction.
async fn apply(runner: &Runner, connection: &mut Connection, newest: i64) -> sqlx::Result<()> {
    execute(connection, LEDGER).await?;
    for migration in MIGRATIONS.iter().filter(|migration| migration.number > newest) {
        execute(connection, migration.sql).await?;
        let binds = vec![migration.number.into(), migration.name.into(), digest(migration.sql).into()];
        let sql = "INSERT INTO meta_migrations (number, name, checksum) VALUES ($1, $2, $3)";
        runner.run(connection, &Statement::new(sql, binds)).await?;
    }
    Ok(())
}

fn kind_word(kind: StoreKind) -> &'static str {
    match kind {
        StoreKind::Workspace => "workspace",
        StoreKind::Server => "server",
    }
}

/// Line ends do not count: a checkout may have changed them.
fn digest(sql: &str) -> String {
    hex::encode(Sha256::digest(sql.replace('\r', "")))
}
