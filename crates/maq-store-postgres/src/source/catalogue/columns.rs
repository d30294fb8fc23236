//! Columns of all tables.

use super::super::connection::{Connection, ask};
use super::types::Types;
use super::{Reading, is_own};
use maq_query::quote;
use maq_store::source::SourceColumn;
use maq_store::source::native::NativeType;

pub(super) async fn read(
    connection: &mut Connection,
    reading: &mut Reading<'_>,
    types: &Types,
) -> Result<(), sqlx::Error> {
    let sql = format!(
        "SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
             a.attgenerated, a.attidentity, l.collname, l.collisdeterministic, col_description(a.attrelid, a.attnum),
             a.atttypid, a.atttypmod
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
             JOIN pg_type t ON t.oid = a.atttypid
             LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
             LEFT JOIN pg_collation l ON l.oid = a.attcollation AND l.oid NOT IN (100, 950)
                 AND (l.oid <> t.typcollation OR NOT l.collisdeterministic)
         WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND {} AND {}
         ORDER BY a.attrelid, a.attnum",
        reading.opening.schema_condition(),
        is_own("pg_class", "c.oid"),
    );
    for row in ask(connection, &sql).await? {
        let (oid, name) = (row.text(0), row.text(1));
        let seen = types.seen(&row.text(10), row.number(11));
        let generated = row.get(5).is_some_and(|kind| !kind.is_empty());
        let written = row.get(4).map(str::to_owned).filter(|_| !generated).or(seen.default);
        let serial = written.as_deref().is_some_and(|text| text.starts_with("nextval("));
        let identity = match row.get(6) {
            Some(kind) if !kind.is_empty() => Some("identity"),
            _ => serial.then_some("serial"),
        };
        let loose = seen.loose || (row.get(7).is_some() && !row.is(8));
        if let Some(relation) = reading.name_of(&oid).and_then(|table| reading.relations.get_mut(&table)) {
            relation.natives.insert(name.clone(), seen.native.clone());
            if loose {
                relation.loose.insert(name.clone());
            }
        }
        let Some(table) = reading.table(&oid) else { continue };
        table.checks.extend(seen.checks.iter().map(|check| over_column(check, &name)));
        table.columns.push(SourceColumn {
            name,
            declared_type: row.text(2),
            not_null: row.is(3) || seen.not_null,
            default: written,
            generated,
            collation: row.get(7).map(str::to_owned).filter(|_| seen.native != NativeType::Other),
            native: Some(seen.native),
            comment: row.get(9).map(str::to_owned),
            identity,
        });
    }
    Ok(())
}

/// A domain's condition over `VALUE` as one over a column. `VALUE` inside a text is left alone.
fn over_column(check: &str, column: &str) -> String {
    let mut out = String::new();
    for (at, part) in check.split('\'').enumerate() {
        if at > 0 {
            out.push('\'');
        }
        // Outside of texts there are no names but functions' and types', which are written small or in quotes.
        out.push_str(&if at % 2 == 0 { part.replace("VALUE", &quote(column)) } else { part.to_owned() });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domains_condition_becomes_the_columns() {
        assert_eq!(over_column("(VALUE <> 'VALUE'::text)", "my col"), "(\"my col\" <> 'VALUE'::text)");
        assert_eq!(over_column("(VALUE <> 'it''s VALUE'::text)", "c"), "(\"c\" <> 'it''s VALUE'::text)");
    }
}
