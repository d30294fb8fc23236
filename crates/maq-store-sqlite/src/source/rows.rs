//! Rows of a table, read by a thread of their own and handed over in batches through a bounded channel.

use super::lookup::{row_id, same_name};
use super::{Pool, source_error};
use maq_query::quote;
use maq_store::source::{Pick, SourceError, SourceRows, SourceTable, SqlValue};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// A batch goes out when it has this many rows or bytes.
const BATCH_ROWS: usize = 256;
const BATCH_BYTES: usize = 1 << 20;
/// Batches that may wait.
const WAITING: usize = 4;

type Batch = Result<Vec<Vec<SqlValue>>, SourceError>;

pub(super) fn stream(pool: Arc<Pool>, table: &SourceTable, picks: &[Pick]) -> Result<SourceRows, SourceError> {
    let connection = pool.take()?;
    let sql = match select(&connection, table, picks) {
        Ok(sql) => sql,
        Err(error) => {
            pool.give_back(connection);
            return Err(source_error(&pool.opening.location, &error));
        }
    };
    let (sender, receiver) = sync_channel(WAITING);
    let location = pool.opening.location.clone();
    let started = std::thread::Builder::new().name("maquette-source".into()).spawn(move || {
        if let Err(error) = send_all(&connection, &sql, &sender) {
            // Nobody may be listening any more.
            let _ = sender.send(Err(source_error(&pool.opening.location, &error)));
        }
        pool.give_back(connection);
    });
    started.map_err(|error| SourceError::Unreadable { location, reason: error.to_string() })?;
    Ok(Box::new(Batches { receiver, current: Vec::new().into_iter() }))
}

fn send_all(connection: &Connection, sql: &str, sender: &SyncSender<Batch>) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(sql)?;
    let width = statement.column_count();
    let mut rows = statement.query([])?;
    let mut batch = Vec::with_capacity(BATCH_ROWS);
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(width);
        for at in 0..width {
            let value = owned(row.get_ref(at)?);
            bytes += size(&value);
            values.push(value);
        }
        batch.push(values);
        if batch.len() >= BATCH_ROWS || bytes >= BATCH_BYTES {
            bytes = 0;
            if sender.send(Ok(std::mem::take(&mut batch))).is_err() {
                return Ok(());
            }
        }
    }
    if !batch.is_empty() {
        // Nobody listening is not an error.
        let _ = sender.send(Ok(batch));
    }
    Ok(())
}

fn owned(value: ValueRef<'_>) -> SqlValue {
    match value {
        ValueRef::Null => SqlValue::Null,
        ValueRef::Integer(value) => SqlValue::Integer(value),
        ValueRef::Real(value) => SqlValue::Real(value),
        ValueRef::Blob(bytes) => SqlValue::Blob(bytes.to_vec()),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => SqlValue::Text(text.to_owned()),
            Err(_) => SqlValue::Blob(bytes.to_vec()),
        },
    }
}

fn size(value: &SqlValue) -> usize {
    match value {
        SqlValue::Text(text) => text.len() + 16,
        SqlValue::Blob(bytes) => bytes.len() + 16,
        _ => 16,
    }
}

/// The SELECT of the picks: `s` is the table, `j0`, `j1`, … the tables looked up.
fn select(connection: &Connection, table: &SourceTable, picks: &[Pick]) -> rusqlite::Result<String> {
    let own: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    let mut wanted = Vec::with_capacity(picks.len());
    let mut joins = String::new();
    for (at, pick) in picks.iter().enumerate() {
        wanted.push(match pick {
            Pick::Column(name) => format!("s.{}", quote(name)),
            Pick::RowId => match row_id(&own) {
                Some(name) => format!("s.{name}"),
                None => "row_number() OVER ()".into(),
            },
            Pick::Lookup { columns, target, target_columns, want } => {
                let pairs = columns.iter().zip(target_columns);
                let on: Vec<String> = pairs.map(|(ours, theirs)| same_value(&format!("j{at}"), theirs, ours)).collect();
                joins.push_str(&format!(" LEFT JOIN {} AS j{at} ON {}", quote(target), on.join(" AND ")));
                format!("j{at}.{}", wanted_column(connection, target, want)?)
            }
        });
    }
    if wanted.is_empty() {
        wanted.push("NULL".into());
    }
    Ok(format!("SELECT {} FROM {} AS s{joins}", wanted.join(", "), quote(&table.name)))
}

/// Equal to the byte and of one type, whatever the columns' collations and affinities; the first comparison finds by the
/// index.
pub(super) fn same_value(target: &str, theirs: &str, ours: &str) -> String {
    let (theirs, ours) = (format!("{target}.{}", quote(theirs)), format!("s.{}", quote(ours)));
    format!("{theirs} = {ours} AND typeof({theirs}) = typeof({ours}) AND {theirs} = {ours} COLLATE BINARY")
}

/// The target's own column, or its row's number.
fn wanted_column(connection: &Connection, target: &str, want: &str) -> rusqlite::Result<String> {
    let mut statement = connection.prepare_cached("SELECT name FROM pragma_table_xinfo(?1)")?;
    let columns: Vec<String> = statement.query_map([target], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    if same_name(columns.iter().map(String::as_str), want).is_none() && want == "rowid" {
        return Ok(row_id(&columns).unwrap_or("rowid").to_owned());
    }
    Ok(quote(want))
}

/// Batches as single rows.
struct Batches {
    receiver: Receiver<Batch>,
    current: std::vec::IntoIter<Vec<SqlValue>>,
}

impl Iterator for Batches {
    type Item = Result<Vec<SqlValue>, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.current.next() {
                return Some(Ok(row));
            }
            match self.receiver.recv().ok()? {
                Ok(batch) => self.current = batch.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
