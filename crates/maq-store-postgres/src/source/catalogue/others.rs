//! Everything that is no table, by name: views and triggers, and what has no place in a document.

use super::super::connection::{Connection, ask};
use super::{Reading, is_own};
use maq_store::source::{SourceCatalogue, SourceObject, SourceOther};

/// Kinds of pg_class besides tables.
const CLASSES: [(&str, &str); 4] = [("v", "view"), ("m", "materializedView"), ("S", "sequence"), ("f", "foreignTable")];

pub(super) async fn read(
    connection: &mut Connection,
    reading: &Reading<'_>,
    catalogue: &mut SourceCatalogue,
) -> Result<(), sqlx::Error> {
    for row in ask(connection, &statement(reading)).await? {
        let table = row.get(1).map(|oid| reading.name_of(oid));
        let schema = row.text(3);
        let name =
            if schema.is_empty() || schema == "public" { row.text(2) } else { format!("{schema}.{}", row.text(2)) };
        // On a view or a partition: it goes with that.
        if table == Some(None) {
            continue;
        }
        let table = table.flatten();
        let kind = row.text(0);
        match kind.as_str() {
            "view" => catalogue.views.push(SourceObject { name, table: None, sql: String::new() }),
            "trigger" => catalogue.triggers.push(SourceObject { name: row.text(2), table, sql: String::new() }),
            _ => {
                let Some((kind, became)) = known(&kind, row.is(4)) else { continue };
                let name = if table.is_some() { row.text(2) } else { name };
                catalogue.others.push(SourceOther { kind, table, name, became });
            }
        }
    }
    Ok(())
}

/// The kind's own word, and what objects of it come in as.
fn known(kind: &str, used: bool) -> Option<(&'static str, Option<&'static str>)> {
    const KINDS: [&str; 19] = [
        "materializedView",
        "foreignTable",
        "rule",
        "policy",
        "exclusion",
        "uncheckedCheck",
        "function",
        "procedure",
        "aggregate",
        "compositeType",
        "rangeType",
        "type",
        "collation",
        "operator",
        "statistics",
        "textSearch",
        "eventTrigger",
        "publication",
        "extension",
    ];
    match kind {
        "sequence" => Some(("sequence", used.then_some("the numbers of a column"))),
        "enum" => Some(("enum", Some("the values of the fields of this type"))),
        "domain" => Some(("domain", Some("the base type, the limits and the checks of its columns"))),
        other => KINDS.into_iter().find(|known| *known == other).map(|kind| (kind, None)),
    }
}

/// One answer for all kinds: kind, table's number, name, schema, used by a column.
fn statement(reading: &Reading<'_>) -> String {
    let chosen = reading.opening.schema_condition();
    let mut parts: Vec<String> = Vec::new();
    for (letter, kind) in CLASSES {
        parts.push(format!(
            "SELECT '{kind}', NULL::oid, c.relname, n.nspname, EXISTS (SELECT 1 FROM pg_depend d
                 WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
                     AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i'))
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = '{letter}' AND {chosen} AND {}",
            is_own("pg_class", "c.oid")
        ));
    }
    let on_table = |kind: &str, name: &str, from: &str, column: &str, more: &str| {
        format!(
            "SELECT '{kind}', c.oid, {name}, n.nspname, false FROM {from} x JOIN pg_class c ON c.oid = x.{column}
                 JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {chosen} AND {more}"
        )
    };
    parts.push(on_table("trigger", "x.tgname", "pg_trigger", "tgrelid", "NOT x.tgisinternal"));
    parts.push(on_table("rule", "x.rulename", "pg_rewrite", "ev_class", "x.rulename <> '_RETURN'"));
    parts.push(on_table("policy", "x.polname", "pg_policy", "polrelid", "true"));
    let constraint = "pg_constraint";
    parts.push(on_table("exclusion", "x.conname", constraint, "conrelid", "x.contype = 'x'"));
    let unchecked = "x.contype = 'c' AND NOT x.convalidated";
    parts.push(on_table("uncheckedCheck", "x.conname", constraint, "conrelid", unchecked));
    let plain = |kind: &str, class: &str, prefix: &str, more: &str| {
        format!(
            "SELECT {kind}, NULL::oid, x.{prefix}name, n.nspname, false FROM {class} x
                 JOIN pg_namespace n ON n.oid = x.{prefix}namespace WHERE {chosen} AND {} AND {more}",
            is_own(class, "x.oid")
        )
    };
    let functions = "CASE x.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END";
    parts.push(plain(functions, "pg_proc", "pro", "NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = x.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'i')"));
    let types = "CASE x.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'rangeType'
         WHEN 'c' THEN 'compositeType' ELSE 'type' END";
    let own_types = "(x.typtype IN ('e', 'd', 'r') OR (x.typtype = 'b' AND x.typcategory <> 'A' AND x.typelem = 0)
         OR (x.typtype = 'c' AND EXISTS (SELECT 1 FROM pg_class k WHERE k.oid = x.typrelid AND k.relkind = 'c')))";
    parts.push(plain(types, "pg_type", "typ", own_types));
    parts.push(plain("'collation'", "pg_collation", "coll", "true"));
    parts.push(plain("'operator'", "pg_operator", "opr", "true"));
    parts.push(plain("'statistics'", "pg_statistic_ext", "stx", "true"));
    parts.push(plain("'textSearch'", "pg_ts_config", "cfg", "true"));
    parts.push(plain("'textSearch'", "pg_ts_dict", "dict", "true"));
    if reading.opening.schemas.is_empty() {
        parts.push(
            "SELECT 'extension', NULL::oid, extname, '', false FROM pg_extension WHERE extname <> 'plpgsql'".into(),
        );
        parts.push(format!(
            "SELECT 'eventTrigger', NULL::oid, x.evtname, '', false FROM pg_event_trigger x WHERE {}",
            is_own("pg_event_trigger", "x.oid")
        ));
        parts.push("SELECT 'publication', NULL::oid, pubname, '', false FROM pg_publication".into());
    }
    let all = parts.join(" UNION ALL ");
    format!("SELECT * FROM ({all}) AS a (kind, number, name, space, used) ORDER BY kind, space, name")
}
