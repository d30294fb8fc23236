//! Stage ten: what tables, columns and indexes are called in the database. What an earlier publish fixed stays; an
//! imported name stays when it can be used; everything else is called by its name in snake_case.

use crate::naming::{MAX_PHYSICAL, Taken, cut, snake_case};
use crate::stages::fields::FieldsOutput;
use crate::stages::names::NamesOutput;
use maq_doc::SourceDoc;
use maq_ir::{Entity, PhysicalNames, SYSTEM_COLUMNS};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::sync::Arc;

/// The tables of the entities, by their position in [`NamesOutput::entities`].
#[derive(Debug)]
pub(crate) struct TablesOutput {
    /// One an entity.
    pub tables: Vec<Arc<str>>,
}

/// The columns of an entity's fields, by position.
#[derive(Debug)]
pub(crate) struct ColumnsOutput {
    /// One a field.
    pub columns: Vec<Arc<str>>,
}

/// Names the tables.
pub(crate) fn name_tables(names: &NamesOutput<'_>, physical: &PhysicalNames) -> TablesOutput {
    let wishes = names.entities.iter().map(|named| Wish {
        fixed: physical.tables.get(&named.doc.id).map(String::as_str),
        source: source_name(named.doc.source.as_ref()).filter(|name| !is_internal(name)),
        name: &named.doc.name,
    });
    let derive = |name: &str| {
        let table = snake_case(name, "t");
        if is_internal(&table) { cut(&format!("x_{table}"), MAX_PHYSICAL).to_owned() } else { table }
    };
    TablesOutput { tables: settle(wishes, Taken::default(), derive) }
}

/// Names the columns.
pub(crate) fn name_columns(fields: &FieldsOutput<'_>, physical: &PhysicalNames) -> ColumnsOutput {
    let wishes = fields.docs.iter().map(|field| Wish {
        fixed: physical.columns.get(&field.id).map(String::as_str),
        source: source_name(field.source.as_ref()).filter(|name| !POSTGRES_COLUMNS.contains(name)),
        name: &field.name,
    });
    let derive = |name: &str| {
        let column = snake_case(name, "c");
        if POSTGRES_COLUMNS.contains(&&*column) { format!("x_{column}") } else { column }
    };
    ColumnsOutput { columns: settle(wishes, Taken::new(&SYSTEM_COLUMNS), derive) }
}

/// What every table of Postgres has already: <https://www.postgresql.org/docs/current/ddl-system-columns.html>. A table
/// that was made with one of them is of SQLite, and keeps it.
const POSTGRES_COLUMNS: [&str; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// What a thing would like to be called, best first.
struct Wish<'a> {
    fixed: Option<&'a str>,
    source: Option<&'a str>,
    name: &'a str,
}

/// Three rounds, so that no derived name takes one that something else has by right.
fn settle<'a>(
    wishes: impl Iterator<Item = Wish<'a>>,
    mut taken: Taken,
    derive: impl Fn(&str) -> String,
) -> Vec<Arc<str>> {
    let wishes: Vec<Wish<'a>> = wishes.collect();
    let mut settled: Vec<Option<Arc<str>>> =
        wishes.iter().map(|wish| wish.fixed.filter(|name| taken.take(name)).map(Arc::from)).collect();
    for (slot, wish) in settled.iter_mut().zip(&wishes).filter(|(slot, _)| slot.is_none()) {
        *slot = wish.source.filter(|name| taken.take(name)).map(Arc::from);
    }
    let rest = settled.into_iter().zip(&wishes);
    rest.map(|(slot, wish)| slot.unwrap_or_else(|| taken.take_free(&derive(wish.name)).into())).collect()
}

fn source_name(source: Option<&SourceDoc>) -> Option<&str> {
    let name = source?.name.as_str();
    let usable = !name.is_empty() && name.len() <= MAX_PHYSICAL && !name.contains(char::is_control);
    usable.then_some(name)
}

/// Names of our own tables and of SQLite's.
fn is_internal(name: &str) -> bool {
    let begins_with = |prefix: &str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    begins_with("meta_") || begins_with("sqlite_")
}

/// The name of the index of a unique key (`key`) or of an index (`idx`): `<table>_<name>_<kind>`, cut with a hash when
/// that is too long.
pub(crate) fn index_name(table: &str, name: &str, kind: &str) -> String {
    let name = if name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit()) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(snake_case(name, "by"))
    };
    let whole = format!("{table}_{name}");
    if whole.len() + 1 + kind.len() <= MAX_PHYSICAL { format!("{whole}_{kind}") } else { hashed(&whole, &whole, kind) }
}

fn hashed(whole: &str, what: &str, kind: &str) -> String {
    let hash: String = Sha256::digest(what.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let room = MAX_PHYSICAL - hash.len() - kind.len() - 2;
    format!("{}_{hash}_{kind}", cut(whole, room))
}

/// Makes the index names unique over the whole model, tables included; what a publish fixed stays.
pub(crate) fn settle_index_names(entities: &mut [Arc<Entity>], physical: &PhysicalNames) {
    let mut taken = Taken::default();
    for entity in entities.iter() {
        taken.take(&entity.table);
    }
    if !physical.indexes.is_empty() {
        for (id, name) in entities.iter().flat_map(|entity| index_names(entity)) {
            if physical.indexes.get(&**id).is_some_and(|fixed| **fixed == **name) {
                taken.take(name);
            }
        }
    }
    for entity in entities {
        let is_free = |(id, name): (&Arc<str>, &Arc<str>), taken: &mut Taken| {
            physical.indexes.get(&**id).is_some_and(|fixed| **fixed == **name) || taken.take(name)
        };
        let free: Vec<bool> = index_names(entity).map(|named| is_free(named, &mut taken)).collect();
        if free.contains(&false) {
            rename_taken(Arc::make_mut(entity), &free, &mut taken);
        }
    }
}

fn rename_taken(entity: &mut Entity, free: &[bool], taken: &mut Taken) {
    let uniques = entity.uniques.iter_mut().map(|unique| (&unique.id, &mut unique.index_name, "key"));
    let indexes = entity.indexes.iter_mut().map(|index| (&index.id, &mut index.index_name, "idx"));
    for ((id, name, kind), _) in uniques.chain(indexes).zip(free).filter(|(_, free)| !**free) {
        let whole = name.strip_suffix(kind).unwrap_or(name).trim_end_matches('_').to_owned();
        *name = taken.take_free(&hashed(&whole, id, kind)).into();
    }
}

fn index_names(entity: &Entity) -> impl Iterator<Item = (&Arc<str>, &Arc<str>)> {
    (entity.uniques.iter().map(|unique| (&unique.id, &unique.index_name)))
        .chain(entity.indexes.iter().map(|index| (&index.id, &index.index_name)))
}
