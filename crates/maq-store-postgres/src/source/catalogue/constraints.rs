//! Keys, uniques, indexes, checks and foreign keys of all tables.

use super::super::connection::{Connection, ask};
use super::super::select::same_value;
use super::{Reading, attempt, is_own};
use maq_query::quote;
use maq_store::source::{SourceError, SourceForeignKey, SourceIndex};
use std::collections::HashSet;

pub(super) async fn read(connection: &mut Connection, reading: &mut Reading<'_>) -> Result<(), sqlx::Error> {
    let conditions = format!(
        "c.relkind IN ('r', 'p') AND NOT c.relispartition AND {} AND {}",
        reading.opening.schema_condition(),
        is_own("pg_class", "c.oid")
    );
    let columns = |table: &str, numbers: &str| {
        format!(
            "(SELECT json_agg(a.attname ORDER BY u.at) FROM unnest({numbers}) WITH ORDINALITY u (number, at)
                 JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = u.number)"
        )
    };
    let sql = format!(
        "SELECT k.conrelid, k.contype, k.convalidated, k.condeferrable, k.confrelid, k.confdeltype, k.confupdtype,
             pg_get_expr(k.conbin, k.conrelid), {}, {}, tn.nspname, t.relname
         FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
             LEFT JOIN pg_class t ON t.oid = k.confrelid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
         WHERE k.contype IN ('p', 'f', 'c') AND k.conparentid = 0 AND {conditions} ORDER BY k.conrelid, k.oid",
        columns("k.conrelid", "k.conkey"),
        columns("k.confrelid", "k.confkey"),
    );
    for row in ask(connection, &sql).await? {
        let oid = row.text(0);
        let names = |at| row.list(at).into_iter().flatten().collect::<Vec<String>>();
        let target = reading.name_of(&row.text(4)).unwrap_or_else(|| format!("{}.{}", row.text(10), row.text(11)));
        let Some(table) = reading.table(&oid) else { continue };
        match row.text(1).as_str() {
            "p" => table.primary_key = names(8),
            // A check that was never run over the rows is another matter.
            "c" if row.is(2) => table.checks.push(row.text(7)),
            "f" => table.foreign_keys.push(SourceForeignKey {
                columns: names(8),
                target,
                target_columns: names(9),
                on_delete: action(&row.text(5)).into(),
                on_update: action(&row.text(6)).into(),
                // Settled by `count_orphans`.
                orphans: u64::from(!row.is(2)),
                deferrable: row.is(3),
            }),
            _ => {}
        }
    }
    indexes(connection, reading, &conditions).await
}

fn action(letter: &str) -> &'static str {
    match letter {
        "r" => "RESTRICT",
        "c" => "CASCADE",
        "n" => "SET NULL",
        "d" => "SET DEFAULT",
        _ => "NO ACTION",
    }
}

async fn indexes(connection: &mut Connection, reading: &mut Reading<'_>, conditions: &str) -> Result<(), sqlx::Error> {
    let sql = format!(
        "SELECT i.indrelid, ic.relname, i.indisunique, k.contype IS NOT NULL,
             (SELECT json_agg(a.attname ORDER BY u.at) FROM unnest(i.indkey::int2[]) WITH ORDINALITY u (number, at)
                 LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number AND u.number <> 0
                 WHERE u.at <= i.indnkeyatts),
             i.indpred IS NOT NULL,
             EXISTS (SELECT 1 FROM unnest(i.indoption::int2[]) u (options) WHERE u.options & 1 = 1),
             m.amname, to_jsonb(i) ->> 'indnullsnotdistinct',
             (SELECT l.collname FROM unnest(i.indcollation::oid[]) u (number) JOIN pg_collation l ON l.oid = u.number
                 WHERE l.oid NOT IN (100, 950) LIMIT 1)
         FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am m ON m.oid = ic.relam
             JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
             LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('u', 'x')
         WHERE NOT i.indisprimary AND k.contype IS DISTINCT FROM 'x' AND {conditions} ORDER BY i.indrelid, i.indexrelid"
    );
    for row in ask(connection, &sql).await? {
        let Some(table) = reading.table(&row.text(0)) else { continue };
        let method = row.text(7);
        let index = SourceIndex {
            name: row.text(1),
            columns: row.list(4),
            partial: row.is(5),
            constraint: row.is(3),
            descending: row.is(6),
            collation: row.get(9).map(str::to_owned),
            method: (method != "btree").then_some(method),
            nulls_not_distinct: row.is(8),
        };
        if row.is(2) { table.uniques.push(index) } else { table.indexes.push(index) }
    }
    Ok(())
}

/// Counts rows that point to nothing where that can be: constraints that were never checked, and types or collations
/// that take different texts for equal.
pub(super) async fn count_orphans(connection: &mut Connection, reading: &mut Reading<'_>) -> Result<(), SourceError> {
    let readable: HashSet<String> =
        reading.tables.iter().filter(|table| table.unreadable.is_none()).map(|table| table.name.clone()).collect();
    for table in reading.tables.iter_mut().filter(|table| table.unreadable.is_none()) {
        let name = table.name.clone();
        for key in &mut table.foreign_keys {
            let unchecked = std::mem::take(&mut key.orphans) > 0;
            let relations = (reading.relations.get(&name), reading.relations.get(&key.target));
            let (Some(ours), Some(theirs), true) = (relations.0, relations.1, readable.contains(&key.target)) else {
                continue;
            };
            let pairs = || key.columns.iter().zip(&key.target_columns);
            let differs = |(our, their): (&String, &String)| {
                ours.is_loose(our) || theirs.is_loose(their) || ours.native(our) != theirs.native(their)
            };
            if !unchecked && !pairs().any(differs) {
                continue;
            }
            let filled: Vec<String> = key.columns.iter().map(|our| format!("s.{} IS NOT NULL", quote(our))).collect();
            let equal: Vec<String> =
                pairs().map(|(our, their)| same_value(("s", ours, our), ("t", theirs, their))).collect();
            let sql = format!(
                "SELECT count(*) FROM {} AS s WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS t WHERE {})",
                ours.from,
                filled.join(" AND "),
                theirs.from,
                equal.join(" AND ")
            );
            // What cannot be compared is taken for a row that points to nothing: the key stays out, the rows come in.
            let counted = attempt(connection, reading.opening, &sql).await?;
            key.orphans = counted.map_or(1, |rows| rows.first().map_or(0, |row| row.number(0)).unsigned_abs());
        }
    }
    Ok(())
}
