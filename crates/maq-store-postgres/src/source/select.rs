//! The SELECT of picked columns, written so that every value has one form.

use super::catalogue::{Known, Relation};
use maq_query::quote;
use maq_store::source::{NativeType, Pick};

/// A statement and what its columns hold.
pub(super) struct Select {
    pub sql: String,
    pub natives: Vec<NativeType>,
}

/// The SELECT of the picks over `relation`: `s` is the table, `j0`, `j1`, … the tables looked up. None when one of them
/// is not in the catalogue.
pub(super) fn select(known: &Known, relation: &Relation, picks: &[Pick]) -> Option<Select> {
    let (mut wanted, mut natives, mut joins) = (Vec::new(), Vec::new(), String::new());
    for (at, pick) in picks.iter().enumerate() {
        let (value, native) = match pick {
            Pick::Column(name) => column("s", relation, name),
            Pick::RowId => row_id("s"),
            Pick::Lookup { columns, target, target_columns, want } => {
                let (theirs, alias) = (known.relation(target)?, format!("j{at}"));
                let pairs = columns.iter().zip(target_columns);
                let on: Vec<String> =
                    pairs.map(|(our, their)| same_value(("s", relation, our), (&alias, theirs, their))).collect();
                joins.push_str(&format!(" LEFT JOIN {} AS {alias} ON {}", theirs.from, on.join(" AND ")));
                if want == "rowid" && !theirs.has(want) { row_id(&alias) } else { column(&alias, theirs, want) }
            }
        };
        wanted.push(value);
        natives.push(native);
    }
    if wanted.is_empty() {
        wanted.push("NULL".into());
        natives.push(NativeType::Other);
    }
    Some(Select { sql: format!("SELECT {} FROM {} AS s{joins}", wanted.join(", "), relation.from), natives })
}

/// A column's value as it goes out.
fn column(alias: &str, relation: &Relation, name: &str) -> (String, NativeType) {
    let native = relation.native(name);
    (outgoing(&format!("{alias}.{}", quote(name)), &native), native)
}

/// An expression of the type as it goes out: as it is, where Postgres's own text is clear.
pub(super) fn outgoing(value: &str, native: &NativeType) -> String {
    match native {
        NativeType::Money => format!("{value}::numeric"),
        // The cast takes the blanks off that fill it up.
        NativeType::Filled(_) => format!("{value}::text"),
        NativeType::List | NativeType::Object => format!("to_json({value})"),
        _ => value.to_owned(),
    }
}

/// Where the row lies; partitions are told apart.
fn row_id(alias: &str) -> (String, NativeType) {
    (format!("{alias}.tableoid::text || {alias}.ctid::text"), NativeType::Text(None))
}

/// Equal, and to the byte where the type or its collation would take other texts for equal.
pub(super) fn same_value(ours: (&str, &Relation, &str), theirs: (&str, &Relation, &str)) -> String {
    let (our, their) = (format!("{}.{}", ours.0, quote(ours.2)), format!("{}.{}", theirs.0, quote(theirs.2)));
    if ours.1.is_loose(ours.2) || theirs.1.is_loose(theirs.2) {
        format!("{their}::text COLLATE \"C\" = {our}::text COLLATE \"C\"")
    } else {
        format!("{their} = {our}")
    }
}
