//! Running statements on one connection.
//!
//! Which type each place of a statement has is asked once and kept for all connections: values are bound in the types
//! that Postgres inferred.

use crate::cells::{self, Bind, Column};
use crate::pool::Connection;
use maq_query::{SqlValue, Statement};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments as _, AssertSqlSafe, Either, Executor as _, Row as _, Statement as _};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Statements whose places are remembered; texts of filters come and go.
const REMEMBERED: usize = 5_000;

/// The types of the places of statements, by text.
#[derive(Default)]
pub(crate) struct Places(RwLock<HashMap<Arc<str>, Arc<[u32]>>>);

impl Places {
    fn known(&self, sql: &str) -> Option<Arc<[u32]>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(sql).cloned()
    }

    fn remember(&self, sql: Arc<str>, places: Arc<[u32]>) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(sql, places);
    }

    /// Tables were changed.
    pub(crate) fn forget(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// How statements are run on a pool's connections.
pub(crate) struct Runner {
    pub(crate) places: Places,
    /// Statements are not kept prepared: a pooler gives each transaction another connection.
    pub(crate) unnamed: bool,
}

/// Rows, and how many were touched.
pub(crate) type Answer = (Vec<Vec<SqlValue>>, u64);

impl Runner {
    /// Runs a statement to its end.
    pub(crate) async fn run(&self, connection: &mut Connection, statement: &Statement) -> sqlx::Result<Answer> {
        refuse_unscoped(statement)?;
        let places = self.places(connection, &statement.sql).await?;
        if places.len() != statement.binds.len() {
            return Err(encoding(format!("{} values for {} places", statement.binds.len(), places.len())));
        }
        let mut arguments = PgArguments::default();
        for (value, ty) in statement.binds.iter().zip(&*places) {
            arguments.add(Bind { value, ty: *ty }).map_err(sqlx::Error::Encode)?;
        }
        self.fetch(connection, &statement.sql, arguments).await
    }

    /// Runs a statement over many rows. Its places after the first `fixed` ones are arrays; those are bound from the
    /// statement itself, the arrays from the rows' cells of the same number.
    pub(crate) async fn run_many(
        &self,
        connection: &mut Connection,
        statement: &Statement,
        rows: &[Vec<SqlValue>],
    ) -> sqlx::Result<Answer> {
        refuse_unscoped(statement)?;
        let places = self.places(connection, &statement.sql).await?;
        let fixed = statement.binds.len();
        let mut arguments = PgArguments::default();
        for (value, ty) in statement.binds.iter().zip(&*places) {
            arguments.add(Bind { value, ty: *ty }).map_err(sqlx::Error::Encode)?;
        }
        for (at, array) in places.iter().enumerate().skip(fixed) {
            let element =
                cells::element(*array).ok_or_else(|| encoding(format!("type {array} is no array of ours")))?;
            arguments.add(Column { rows, at, ty: (*array, element) }).map_err(sqlx::Error::Encode)?;
        }
        self.fetch(connection, &statement.sql, arguments).await
    }

    /// Whether a bulk statement takes arrays: all its places after tenant and realm.
    pub(crate) async fn takes_arrays(&self, connection: &mut Connection, statement: &Statement) -> sqlx::Result<bool> {
        let places = self.places(connection, &statement.sql).await?;
        let mut rest = places.iter().skip(statement.binds.len()).peekable();
        Ok(rest.peek().is_some() && rest.all(|place| cells::element(*place).is_some()))
    }

    async fn fetch(&self, connection: &mut Connection, sql: &Arc<str>, arguments: PgArguments) -> sqlx::Result<Answer> {
        use futures_util::TryStreamExt as _;
        let query = sqlx::query_with(AssertSqlSafe(sql.clone()), arguments).persistent(!self.unnamed);
        let mut stream = connection.raw.fetch_many(query);
        let (mut rows, mut touched) = (Vec::new(), 0);
        while let Some(step) = stream.try_next().await? {
            match step {
                Either::Left(done) => touched += done.rows_affected(),
                Either::Right(row) => rows.push(cells_of(&row)?),
            }
        }
        Ok((rows, touched))
    }

    async fn places(&self, connection: &mut Connection, sql: &Arc<str>) -> sqlx::Result<Arc<[u32]>> {
        if let Some(known) = self.places.known(sql) {
            return Ok(known);
        }
        if self.unnamed {
            // Preparing gives a name. On a shared connection another client's may be there, or ours stay there.
            execute(connection, "DEALLOCATE ALL").await?;
        }
        let prepared = connection.raw.prepare(sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(sql.clone()))).await?;
        let places: Arc<[u32]> = match prepared.parameters() {
            Some(Either::Left(types)) => types.iter().map(|ty| ty.oid().map_or(0, |oid| oid.0)).collect(),
            _ => Arc::default(),
        };
        if self.unnamed {
            execute(connection, "DEALLOCATE ALL").await?;
        }
        self.places.remember(sql.clone(), places.clone());
        Ok(places)
    }
}

/// Runs text without places, several statements in one round trip.
pub(crate) async fn execute(connection: &mut Connection, sql: &str) -> sqlx::Result<()> {
    connection.raw.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.map(drop)
}

/// A text literal for [`execute`], where nothing can be bound.
pub(crate) fn literal(text: &str) -> String {
    // With standard_conforming_strings, which we never turn off, only quotes are special; NUL ends the message.
    format!("'{}'", text.replace('\0', "").replace('\'', "''"))
}

fn cells_of(row: &PgRow) -> sqlx::Result<Vec<SqlValue>> {
    let cell = |at: usize| {
        let value = row.try_get_raw(at)?;
        cells::read(value).map_err(|source| sqlx::Error::ColumnDecode { index: at.to_string(), source })
    };
    (0..row.len()).map(cell).collect()
}

/// The second wall of tenancy, after `maq-query`: no statement on records runs without tenant and realm.
fn refuse_unscoped(statement: &Statement) -> sqlx::Result<()> {
    if !statement.is_scoped() {
        return Err(encoding("tenant and realm are not bound".into()));
    }
    maq_store::recorder::observe(statement).map_err(encoding)
}

fn encoding(words: String) -> sqlx::Error {
    sqlx::Error::Encode(words.into())
}
