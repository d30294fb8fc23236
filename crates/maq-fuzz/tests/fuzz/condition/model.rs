//! The model that conditions speak of: every type of field, each way of being empty, references over two hops, child
//! lists, an entity that refers to itself; and its rows, in memory and in a database.

use crate::samples;
use crate::world::RUNTIME;
use maq_expr::{EntityIndex, Environment, Loaded, Row};
use maq_fuzz::Input;
use maq_ir::schema::{SchemaOperation, table_of};
use maq_ir::{Entity, FieldType, Model};
use maq_policy::Walks;
use maq_query::record::{Filter, ListQuery, Records, Stamp};
use maq_query::{Dialect, SqlValue, Statement, Tables, ddl};
use maq_store::{Store, StoreKind, UnitOfWork};
use maq_store_sqlite::SqliteStore;
use maq_value::{Instant, Kind, Record, Scope, Uuid, Value};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

pub const NOW: Instant = Instant(1_795_000_000_000_000);

/// The entities, at their places in the model.
pub const ENTITIES: [&str; 4] = ["Region", "Customer", "Order", "Line"];

/// Rows of each entity.
const COUNTS: [usize; 4] = [3, 4, 14, 18];

pub static SHOP: LazyLock<Shop> = LazyLock::new(Shop::new);

/// The model and its rows.
pub struct Shop {
    pub model: Arc<Model>,
    pub environments: Vec<Arc<Environment>>,
    pub records: Vec<Records>,
    /// The records of each entity.
    contents: Vec<Vec<Record>>,
    pub scope: Scope,
    store: Arc<dyn Store>,
}

/// The documents of the model.
pub fn documents() -> Vec<Json> {
    let field = |name: &str, ty: &str| json!({ "id": format!("fld_{name}"), "name": name, "type": ty });
    let with = |name: &str, ty: &str, more: Json| {
        let mut field = field(name, ty);
        more.as_object().unwrap().iter().for_each(|(key, value)| field[key] = value.clone());
        field
    };
    let missing = || json!({ "absent": "missing" });
    let required = || json!({ "required": true });
    let entity = |name: &str, identity: &str, fields: Vec<Json>| {
        let mut entity = json!({
            "kind": "entity", "format": 1, "id": format!("ent_{name}"), "name": name, "class": "master",
            "identity": { "type": identity }, "fields": fields, "policies": [],
        });
        // Ids of fields are unique in the model.
        for field in entity["fields"].as_array_mut().unwrap() {
            field["id"] = json!(format!("fld_{name}_{}", field["name"].as_str().unwrap()));
        }
        entity
    };
    vec![
        entity("Region", "text", vec![with("name", "string", required()), with("code", "string", missing())]),
        entity(
            "Customer",
            "integer",
            vec![
                with("region", "reference", json!({ "referenceTo": "Region" })),
                with("name", "text", required()),
                with("vip", "boolean", required()),
                with("since", "date", missing()),
                with("credit", "decimal", json!({ "precision": 12, "scale": 2, "required": true })),
            ],
        ),
        entity(
            "Order",
            "uuid",
            vec![
                with("customer", "reference", json!({ "referenceTo": "Customer", "absent": "missing" })),
                with("parent", "reference", json!({ "referenceTo": "Order", "inverse": "parts" })),
                with("title", "string", required()),
                field("owner", "string"),
                with("status", "enum", json!({ "enumValues": ["draft", "open", "it's"] })),
                with("total", "decimal", json!({ "precision": 12, "scale": 2, "required": true })),
                with("wide", "decimal", json!({ "precision": 28, "scale": 10 })),
                with("count", "integer", required()),
                with("big", "bigint", missing()),
                with("ratio", "number", missing()),
                with("rate", "number", required()),
                field("open", "boolean"),
                with("due", "date", missing()),
                field("at", "time"),
                with("sent", "datetime", missing()),
                field("takes", "duration"),
                with("key", "uuid", missing()),
                with("note", "text", missing()),
                field("extra", "json"),
                with("scan", "bytes", missing()),
            ],
        ),
        entity(
            "Line",
            "integer",
            vec![
                with("order", "reference", json!({ "referenceTo": "Order", "inverse": "lines", "absent": "missing" })),
                with("amount", "decimal", json!({ "precision": 12, "scale": 2, "required": true })),
                field("product", "string"),
                with("quantity", "integer", missing()),
            ],
        ),
    ]
}

impl Shop {
    fn new() -> Shop {
        let documents: Vec<_> =
            documents().iter().map(|json| samples::read(json).expect("the model is read")).collect();
        let compiled = samples::compiled(&documents);
        assert!(!compiled.has_errors(), "{:?}", compiled.findings);
        let model = compiled.model.clone();
        let entities: Vec<Arc<Entity>> = model.entities().map(|view| view.entity.clone()).collect();
        assert!(entities.iter().zip(ENTITIES).all(|(entity, name)| *entity.name == *name), "the order of documents");
        let shapes = maq_ir::shapes::shapes(&entities);
        let environment = |(at, _): (u32, &Arc<Entity>)| Arc::new(Environment::model(shapes.clone(), EntityIndex(at)));
        let environments = (0..).zip(&entities).map(environment).collect();
        let tables = Tables::new(&model, |_| None);
        let records: Vec<Records> =
            entities.iter().map(|entity| Records::new(entity, None, Dialect::Sqlite).with_tables(&tables)).collect();
        let store = SqliteStore::open_in_memory(StoreKind::Server, "Fuzz", "sto_shop", Instant::now()).unwrap();
        let mut shop = Shop { model, environments, records, contents: Vec::new(), scope: Scope::default(), store };
        RUNTIME.block_on(shop.fill());
        shop
    }

    async fn fill(&mut self) {
        let plan = self.model.entities().map(|view| SchemaOperation::CreateTable(table_of(&self.model, view.entity)));
        let schema = ddl::statements(&plan.collect::<Vec<_>>(), Dialect::Sqlite).unwrap();
        self.store.commit(UnitOfWork { schema, ..UnitOfWork::default() }).await.unwrap();
        // Rows of others refer to the same ids and would match; nothing may see them.
        let foreign = ["other", "test"].map(|name| match name {
            "other" => Scope { tenant_id: name.to_owned(), ..Scope::default() },
            _ => Scope { realm_id: name.to_owned(), ..Scope::default() },
        });
        for (salt, scope) in (0..).zip([self.scope.clone()].into_iter().chain(foreign)) {
            let mut work = Vec::new();
            for (entity, count) in COUNTS.into_iter().enumerate() {
                work.extend((0..count).map(|row| self.insert(&scope, salt, entity, row)));
            }
            self.store.commit(UnitOfWork::of(work)).await.unwrap();
        }
        for entity in 0..ENTITIES.len() {
            let statement = self.records[entity].list(&self.scope, &all()).unwrap();
            let rows = self.store.read(statement).await.unwrap();
            self.contents.push(rows.0.iter().map(|row| self.records[entity].decode_row(row).unwrap()).collect());
        }
        assert_eq!(self.contents.iter().map(Vec::len).collect::<Vec<_>>(), COUNTS);
    }

    /// The rows of an entity, with just what is walked to from them.
    pub fn rows(&self, entity: usize, walks: &Walks) -> Vec<Row> {
        self.contents[entity].iter().map(|record| self.walked(entity, record, walks)).collect()
    }

    /// One row of an entity, with just what is walked to from it.
    pub fn row(&self, entity: usize, input: &mut Input<'_>, walks: &Walks) -> Row {
        let contents = &self.contents[entity];
        self.walked(entity, &contents[input.pick(contents.len())], walks)
    }

    fn insert(&self, scope: &Scope, salt: usize, entity: usize, row: usize) -> Statement {
        let bytes: Vec<u8> = (0..300_usize)
            .map(|at| maq_doc::digest(&json!([salt, entity, row, at])).0.as_bytes()[5].wrapping_mul(37) ^ at as u8)
            .collect();
        let mut input = Input::new(&bytes);
        let fields = self.model.entity(ENTITIES[entity]).unwrap().entity.fields.clone();
        let mut record = Record::default();
        for field in fields {
            if !field.required && input.pick(3) == 0 {
                continue;
            }
            let value = match &field.ty {
                FieldType::Reference { target, .. } => {
                    // Only what is there already: an order refers to earlier ones.
                    let rows = if target.0 as usize == entity { row } else { COUNTS[target.0 as usize] };
                    if rows == 0 {
                        continue;
                    }
                    id(target.0 as usize, input.pick(rows))
                }
                FieldType::Enum(words) => Value::Text(input.one(words).unwrap().clone()),
                ty => value(&mut input, ty.kind()),
            };
            record.set(field.name.clone(), value);
        }
        let stamp = Stamp { now: NOW, user_id: "ann" };
        self.records[entity].insert(scope, Some(&id(entity, row)), &record, stamp).unwrap()
    }

    fn walked(&self, entity: usize, record: &Record, walks: &Walks) -> Row {
        let mut row = Row { record: record.clone(), ..Row::default() };
        let shape = &self.environments[0].entities[entity];
        let own = |record: &Record| record.0[0].1.clone();
        for (at, walks) in &walks.references {
            let field = &shape.fields[*at as usize];
            let maq_expr::Type::Reference(target, _) = &field.ty else { panic!("{} is no reference", field.name) };
            let target = target.0 as usize;
            let value = &record.0[*at as usize].1;
            let found = self.contents[target].iter().find(|record| same_id(&own(record), value));
            let loaded =
                found.map_or(Loaded::Absent, |found| Loaded::Found(Box::new(self.walked(target, found, walks))));
            row.references.insert(*at, loaded);
        }
        for (at, walks) in &walks.children {
            let child = &shape.children[*at as usize];
            let entity = child.entity.0 as usize;
            let children = self.contents[entity]
                .iter()
                .filter(|other| same_id(&other.0[child.field as usize].1, &own(record)))
                .map(|other| self.walked(entity, other, walks));
            row.children.insert(*at, children.collect());
        }
        row
    }

    /// What the database says.
    pub fn read(&self, statement: Statement) -> Vec<Vec<SqlValue>> {
        let text = statement.sql.to_string();
        let rows = RUNTIME.block_on(self.store.read(statement));
        rows.unwrap_or_else(|error| panic!("{error}: {text}")).0
    }
}

/// A list of everything.
pub fn all() -> ListQuery {
    ListQuery { filter: Filter::All, sort: Vec::new(), limit: 100, after: None, offset: 0 }
}

fn same_id(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Integer(left) | Value::BigInt(left), Value::Integer(right) | Value::BigInt(right)) => left == right,
        (left, right) => !left.is_absent() && left == right,
    }
}

pub fn id(entity: usize, row: usize) -> Value {
    match entity {
        0 => Value::Text(["north", "it's", "ö"][row].to_owned()),
        2 => Value::Uuid(Uuid::from_u128(row as u128 + 1)),
        _ => Value::Integer(row as i64 + 1),
    }
}

/// A value at the edges of its kind.
fn value(input: &mut Input<'_>, kind: Kind) -> Value {
    let texts: &[&str] = match kind {
        Kind::Integer => return Value::Integer([0, 1, -1, 7, 9_007_199_254_740_991, -3][input.pick(6)]),
        Kind::BigInt => return Value::BigInt([0, i64::MAX, i64::MIN, 7, -1][input.pick(5)]),
        Kind::Number => return Value::Number([0.0, -0.0, 1.5, 0.1, -2.25, 1e300, 5e-324][input.pick(7)]),
        Kind::Json => return Value::Json(json!({ "a": [1, null] })),
        Kind::Bytes => return Value::Bytes(vec![0, 255]),
        Kind::Bool => return Value::Bool(input.pick(2) == 1),
        Kind::Decimal => &["0", "-0.01", "12.5", "999999.99", "-100", "7"],
        Kind::Text => &["", "a", "A", "ä", "%", "_", "a%b_c\\", "it's", "north", "😀x", "ab", "\u{7f}"],
        Kind::Date => &["2024-02-29", "0001-01-01", "9999-12-31", "2026-11-20"],
        Kind::Time => &["13:45:00", "23:59:59.999999", "00:00:00"],
        Kind::Instant => &["2026-11-21T03:39:49.5Z", "0001-01-01T00:00:00Z", "9999-12-30T21:00:00.999999Z"],
        Kind::Duration => &["PT1H30M", "-PT0.000001S", "PT0S", "PT87600H"],
        Kind::Uuid => &["67e55044-10b1-426f-9247-bb680e5fe0c8", "00000000-0000-0000-0000-000000000001"],
    };
    let text = input.one(texts).unwrap();
    Value::from_json(&json!(text), kind).unwrap()
}

/// Those who ask: with all attributes, with wrong ones, with none.
pub fn principals() -> Vec<maq_value::Principal> {
    let with = |attributes: Json| {
        let mut principal = maq_value::Principal::new("it's", &["admin", "a"]);
        let attributes: BTreeMap<String, Json> = serde_json::from_value(attributes).unwrap();
        principal.attributes = attributes;
        principal
    };
    let full = json!({
        "text": "north", "texts": ["a", "it's", ""], "number": 7, "numbers": [1, -1], "price": "12.50", "day": "2024-02-29",
        "flag": true, "owner": 2, "ratio": 1.5,
    });
    let wrong = json!({
        "text": 5, "texts": "a", "number": "7", "numbers": [1.5, null], "price": "x", "day": null, "flag": "true",
        "owner": {}, "ratio": "1",
    });
    vec![with(full), with(wrong), with(json!({}))]
}
