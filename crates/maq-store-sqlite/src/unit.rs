//! One unit of work inside an open transaction: guards, schema, operations, bulk rows, audit, in this order.

use crate::errors::Failure;
use crate::run;
use crate::tails::Tails;
use maq_query::{Dialect, SqlValue, Statement, outbox};
use maq_store::{Bulk, Guard, Operation, Receipt, Refused, Rows, Sequel, StoreError, UnitOfWork};
use rusqlite::Connection;

/// Does `work`; the caller rolls back what a failure leaves behind.
pub(crate) fn perform(
    connection: &Connection,
    location: &str,
    tails: &mut Tails,
    work: &mut UnitOfWork,
) -> Result<Receipt, Failure> {
    let failed = |error: rusqlite::Error| Failure::of(location, &error);
    for guard in &work.guards {
        hold(connection, guard).map_err(failed)??;
    }
    if !work.schema.is_empty() {
        change_schema(connection, &work.schema).map_err(failed)?;
    }
    let mut receipt = Receipt::default();
    for operation in &work.operations {
        receipt.returned.push(operate(connection, operation).map_err(failed)??);
    }
    let sequel = match &work.follow {
        Some(follow) => follow(&receipt.returned)?,
        None => Sequel::default(),
    };
    for operation in &sequel.operations {
        receipt.followed.push(operate(connection, operation).map_err(failed)??);
    }
    for bulk in &mut work.bulk {
        receipt.bulk.push(pour(connection, location, bulk)?);
    }
    for event in &work.audit {
        tails.append(connection, location, event)?;
    }
    for event in work.outbox.iter().chain(&sequel.outbox) {
        run::run(connection, &outbox::insert(event, Dialect::Sqlite)).map_err(failed)?;
    }
    Ok(receipt)
}

fn hold(connection: &Connection, guard: &Guard) -> rusqlite::Result<Result<(), Failure>> {
    let rows = run::read(connection, &guard.statement)?;
    let holds = match &guard.expect {
        Some(expected) => rows == *expected,
        None => !rows.is_empty(),
    };
    Ok(if holds { Ok(()) } else { Err(guard.otherwise.clone().into()) })
}

fn operate(connection: &Connection, operation: &Operation) -> rusqlite::Result<Result<Rows, Failure>> {
    let (rows, touched) = run::run(connection, &operation.statement)?;
    match &operation.expect_rows {
        Some((expected, otherwise)) if *expected != touched => Ok(Err(otherwise.clone().into())),
        _ => Ok(Ok(Rows(rows))),
    }
}

fn pour(connection: &Connection, location: &str, bulk: &mut Bulk) -> Result<u64, Failure> {
    let failed = |error: rusqlite::Error| Failure::of(location, &error);
    run::refuse_unscoped(&bulk.statement).map_err(failed)?;
    let mut statement = connection.prepare_cached(&bulk.statement.sql).map_err(failed)?;
    let mut written = 0;
    for row in &mut bulk.rows {
        let row = row?;
        if bulk.statement.on_records && (!bulk.statement.is_scoped() || row.get(..2) != bulk.statement.binds.get(..2)) {
            return Err(Failure::Broken(StoreError::Fault("a bulk row is of another tenant or realm".into())));
        }
        run::bind(&mut statement, &row).map_err(failed)?;
        let (_, touched) = run::finish(&mut statement).map_err(failed)?;
        written += touched;
    }
    Ok(written)
}

/// Runs schema statements. A table that is rebuilt (dropped, and another renamed to its name) keeps the triggers that
/// stood on it: SQLite drops them with the table, and only the catalogue knows them all.
fn change_schema(connection: &Connection, statements: &[Statement]) -> rusqlite::Result<()> {
    let mut lost: Vec<Trigger> = Vec::new();
    for statement in statements {
        if drops_table(&statement.sql) {
            let before = triggers(connection)?;
            run::run_once(connection, statement)?;
            let after = triggers(connection)?;
            lost.extend(before.into_iter().filter(|trigger| !after.contains(trigger)));
        } else {
            run::run_once(connection, statement)?;
        }
    }
    for trigger in lost {
        if has(connection, "table", &trigger.table)? && !has(connection, "trigger", &trigger.name)? {
            connection.execute_batch(&trigger.sql)?;
        }
    }
    Ok(())
}

fn drops_table(sql: &str) -> bool {
    sql.trim_start().get(..10).is_some_and(|start| start.eq_ignore_ascii_case("DROP TABLE"))
}

#[derive(PartialEq)]
struct Trigger {
    name: String,
    table: String,
    sql: String,
}

fn triggers(connection: &Connection) -> rusqlite::Result<Vec<Trigger>> {
    let mut statement =
        connection.prepare_cached("SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger'")?;
    let rows =
        statement.query_map([], |row| Ok(Trigger { name: row.get(0)?, table: row.get(1)?, sql: row.get(2)? }))?;
    rows.collect()
}

fn has(connection: &Connection, kind: &str, name: &str) -> rusqlite::Result<bool> {
    let asked = Statement::new(
        "SELECT 1 FROM sqlite_schema WHERE type = ?1 AND name = ?2",
        vec![SqlValue::from(kind), SqlValue::from(name)],
    );
    Ok(!run::read(connection, &asked)?.is_empty())
}

/// Rows whose foreign keys point nowhere, as one refusal.
pub(crate) fn check_foreign_keys(connection: &Connection) -> rusqlite::Result<Option<Refused>> {
    let broken = broken_foreign_keys(connection, 1)?;
    Ok(broken.into_iter().next().map(Refused::ForeignKey))
}

/// At most `limit` rows whose foreign keys point nowhere, as `table -> target`.
pub(crate) fn broken_foreign_keys(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let rows = statement.query_map([], |row| {
        let (table, target): (String, String) = (row.get(0)?, row.get(2)?);
        Ok(format!("{table} -> {target}"))
    })?;
    rows.take(limit).collect()
}
