//! The catalogue, from pg_catalog: every table with what hangs on it, and by name everything else.

mod columns;
mod constraints;
mod others;
mod types;

use super::connection::{Connection, Row, ask};
use super::opening::Opening;
use super::trouble::of_one_table;
use maq_query::quote;
use maq_store::source::{NativeType, SourceCatalogue, SourceError, SourceTable};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The catalogue, and where each of its tables is found.
pub(super) struct Known {
    pub catalogue: SourceCatalogue,
    /// By the name a table has in the catalogue.
    relations: BTreeMap<String, Relation>,
}

/// A table as statements name it.
#[derive(Debug, Clone, Default)]
pub(super) struct Relation {
    /// Quoted, with its schema; `ONLY` where tables that inherit have rows of their own.
    pub from: String,
    /// What each column's values are, by name.
    natives: BTreeMap<String, NativeType>,
    /// Columns whose equality is not one of bytes.
    loose: HashSet<String>,
}

impl Relation {
    /// What the values of a column are.
    pub fn native(&self, column: &str) -> NativeType {
        self.natives.get(column).cloned().unwrap_or(NativeType::Other)
    }

    /// Whether there is such a column.
    pub fn has(&self, column: &str) -> bool {
        self.natives.contains_key(column)
    }

    /// Whether the column's type, or its collation, takes different texts for equal.
    pub fn is_loose(&self, column: &str) -> bool {
        self.loose.contains(column)
    }
}

impl Known {
    /// A table of the catalogue.
    pub fn relation(&self, name: &str) -> Option<&Relation> {
        self.relations.get(name)
    }
}

/// Tables while they are read, by their number in pg_class.
struct Reading<'a> {
    opening: &'a Opening,
    tables: Vec<SourceTable>,
    places: HashMap<String, usize>,
    relations: BTreeMap<String, Relation>,
}

impl Reading<'_> {
    fn table(&mut self, oid: &str) -> Option<&mut SourceTable> {
        self.places.get(oid).and_then(|at| self.tables.get_mut(*at))
    }

    /// The catalogue's name of a table, when it is in it.
    fn name_of(&self, oid: &str) -> Option<String> {
        self.places.get(oid).and_then(|at| self.tables.get(*at)).map(|table| table.name.clone())
    }
}

/// Condition that object `id` of catalogue `class` belongs to no extension.
fn is_own(class: &str, id: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = '{class}'::regclass AND e.objid = {id} AND e.deptype = 'e')"
    )
}

/// Reads everything.
pub(super) async fn read(connection: &mut Connection, opening: &Opening) -> Result<Known, SourceError> {
    let failed = |error: sqlx::Error| opening.error(&error);
    let mut reading = Reading { opening, tables: Vec::new(), places: HashMap::new(), relations: BTreeMap::new() };
    tables(connection, &mut reading).await.map_err(failed)?;
    let types = types::read(connection).await.map_err(failed)?;
    columns::read(connection, &mut reading, &types).await.map_err(failed)?;
    constraints::read(connection, &mut reading).await.map_err(failed)?;
    count(connection, &mut reading).await?;
    constraints::count_orphans(connection, &mut reading).await?;
    let mut catalogue = SourceCatalogue::default();
    others::read(connection, &reading, &mut catalogue).await.map_err(failed)?;
    catalogue.tables = reading.tables;
    Ok(Known { catalogue, relations: reading.relations })
}

/// Tables with rows, partitions not: their rows are those of the table they are part of.
async fn tables(connection: &mut Connection, reading: &mut Reading<'_>) -> Result<(), sqlx::Error> {
    let sql = format!(
        "SELECT c.oid, n.nspname, c.relname, c.relkind, obj_description(c.oid, 'pg_class'),
             has_schema_privilege(n.oid, 'USAGE'),
             (SELECT json_agg(pn.nspname || '.' || p.relname ORDER BY i.inhseqno) FROM pg_inherits i
                 JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
                 WHERE i.inhrelid = c.oid),
             CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END,
             CASE c.relkind WHEN 'p' THEN (SELECT count(*) FROM pg_partition_tree(c.oid) WHERE level > 0) END,
             has_table_privilege(c.oid, 'SELECT'),
             (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
                 AND NOT a.attisdropped AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT'))
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND {} AND {}
         ORDER BY n.nspname <> 'public', n.nspname, c.oid",
        reading.opening.schema_condition(),
        is_own("pg_class", "c.oid"),
    );
    let rows = ask(connection, &sql).await?;
    let mut times: HashMap<String, usize> = HashMap::new();
    for row in &rows {
        *times.entry(row.text(2)).or_default() += 1;
    }
    let mut taken: HashSet<String> = HashSet::new();
    for row in &rows {
        let (schema, own_name) = (row.text(1), row.text(2));
        let shared = times.get(&own_name).is_some_and(|times| *times > 1) && schema != "public";
        let mut name = if shared { format!("{schema}.{own_name}") } else { own_name.clone() };
        // A table may be called `a.b` and lie beside table `b` of schema `a`.
        while !taken.insert(name.clone()) {
            name = format!("{schema}.{name}");
        }
        let partitioned = row.get(7).map(|key| match row.number(8) {
            1 => format!("{key}, 1 partition"),
            number => format!("{key}, {number} partitions"),
        });
        let only = if partitioned.is_some() { "" } else { "ONLY " };
        let relation =
            Relation { from: format!("{only}{}.{}", quote(&schema), quote(&own_name)), ..Relation::default() };
        reading.relations.insert(name.clone(), relation);
        reading.places.insert(row.text(0), reading.tables.len());
        reading.tables.push(SourceTable {
            unreadable: not_permitted(row, &schema),
            name,
            schema: Some(schema),
            comment: row.get(4).map(str::to_owned),
            inherits: row.list(6).into_iter().flatten().collect(),
            partitioned,
            ..SourceTable::default()
        });
    }
    Ok(())
}

/// What the login may not do with a table.
fn not_permitted(row: &Row, schema: &str) -> Option<String> {
    let columns: Vec<String> = row.list(10).into_iter().flatten().collect();
    if !row.is(5) {
        return Some(format!("permission denied for schema {schema}"));
    }
    if columns.is_empty() || row.is(9) {
        return None;
    }
    Some(format!("permission denied for columns {}", columns.join(", ")))
}

/// Counts the rows; a table that cannot be counted cannot be read.
async fn count(connection: &mut Connection, reading: &mut Reading<'_>) -> Result<(), SourceError> {
    let opening = reading.opening;
    for table in reading.tables.iter_mut().filter(|table| table.unreadable.is_none()) {
        let Some(relation) = reading.relations.get(&table.name) else { continue };
        let sql = format!("SELECT count(*) FROM {}", relation.from);
        match attempt(connection, opening, &sql).await? {
            Ok(rows) => table.row_count = rows.first().map_or(0, |row| row.number(0)).unsigned_abs(),
            Err(reason) => table.unreadable = Some(reason),
        }
    }
    Ok(())
}

/// A question about one table that may fail without the others: the transaction goes on.
async fn attempt(
    connection: &mut Connection,
    opening: &Opening,
    sql: &str,
) -> Result<Result<Vec<Row>, String>, SourceError> {
    let failed = |error: sqlx::Error| opening.error(&error);
    ask(connection, "SAVEPOINT one_table").await.map_err(failed)?;
    let (answer, end) = match ask(connection, sql).await {
        Ok(rows) => (Ok(rows), "RELEASE one_table"),
        Err(error) => match of_one_table(&error) {
            Some(reason) => (Err(reason), "ROLLBACK TO one_table; RELEASE one_table"),
            None => return Err(failed(error)),
        },
    };
    ask(connection, end).await.map_err(failed)?;
    Ok(answer)
}
