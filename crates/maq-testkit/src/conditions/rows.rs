//! The rows: of three tenants and realms with the same ids, so that a sub-select that forgets one of them is seen.

use super::model::{CUSTOMER, LINE, ORDER, REGION};
use super::random::Random;
use super::values;
use super::walk::Stored;
use crate::fail;
use maq_expr::{EntityIndex, EntityShape};
use maq_ir::schema::{SchemaOperation, table_of};
use maq_ir::{Absent, Entity, FieldType, Model};
use maq_query::record::{ListQuery, Records, Stamp};
use maq_query::{Statement, Tables, ddl};
use maq_store::{Store, UnitOfWork};
use maq_value::{Instant, Principal, Record, Scope, Uuid, Value};
use serde_json::{Map, json};
use std::sync::Arc;

const STAMP: Stamp<'static> = Stamp { now: Instant(1_700_000_000_000_000), user_id: "c1" };

/// The model with its rows in a store.
pub struct Town {
    /// The model.
    pub model: Model,
    /// Its shapes.
    pub shapes: Arc<[EntityShape]>,
    /// Statements by entity.
    pub records: Vec<Records>,
    /// Whose rows are looked at.
    pub scope: Scope,
}

/// Who asks.
pub fn caller() -> Principal {
    let mut principal = Principal::new("c1", &["clerk", "EU", "a"]);
    principal.org_id = Some("EU-1".to_owned());
    principal.attributes = [
        ("region", json!("EU")),
        ("regions", json!(["EU", "a", "", "%", "O'Reilly", "c2"])),
        ("limit", json!(7)),
        ("budget", json!("99.99")),
        ("rate", json!(1.5)),
        ("active", json!(true)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    // More than a statement has places for.
    principal.attributes.extend([
        ("places".to_owned(), (0..260).map(|number| json!(format!("EU-{number}"))).collect()),
        ("numbers".to_owned(), (0..260).map(|number| json!(number * 5 - 10)).collect()),
        ("prices".to_owned(), (0..260).map(|number| json!(format!("{}.50", number - 3))).collect()),
        ("instants".to_owned(), many_instants()),
    ]);
    principal
}

fn many_instants() -> serde_json::Value {
    let known = values::INSTANTS.iter().step_by(2).copied();
    known.chain((0..260).map(|number| number * 1_000_003)).map(|micros| json!(Instant(micros).to_string())).collect()
}

/// What the request brings.
pub fn context() -> Map<String, serde_json::Value> {
    match json!({ "channel": "a%b", "names": ["ab", "ac", "日本"] }) {
        serde_json::Value::Object(context) => context,
        _ => Map::new(),
    }
}

impl Town {
    /// Publishes the model in `store` and fills it.
    pub async fn publish(store: &dyn Store, seed: u64) -> Town {
        let model = super::model();
        let dialect = store.dialect();
        let plan: Vec<SchemaOperation> =
            model.entities().map(|view| SchemaOperation::CreateTable(table_of(&model, view.entity))).collect();
        let schema = ddl::statements(&plan, dialect).unwrap_or_else(|error| fail(&format!("no tables: {error}")));
        commit(store, UnitOfWork { schema, ..UnitOfWork::default() }).await;
        let tables = Tables::new(&model, |_| None);
        let records: Vec<Records> =
            model.entities().map(|view| Records::new(view.entity, None, dialect).with_tables(&tables)).collect();
        let entities: Vec<Arc<Entity>> = model.entities().map(|view| view.entity.clone()).collect();
        let shapes = maq_ir::shapes::shapes(&entities);
        let town = Town { model, shapes, records, scope: Scope { tenant_id: "t1".into(), realm_id: "main".into() } };
        for (number, (tenant, realm)) in [("t1", "main"), ("t2", "main"), ("t1", "other")].into_iter().enumerate() {
            let scope = Scope { tenant_id: tenant.into(), realm_id: realm.into() };
            town.fill(store, &scope, &mut Random::new(seed.wrapping_add(number as u64))).await;
        }
        town
    }

    async fn fill(&self, store: &dyn Store, scope: &Scope, random: &mut Random) {
        let mut ids: Vec<Vec<Value>> = vec![Vec::new(); self.records.len()];
        let mut work = Vec::new();
        for (entity, count) in [(REGION, 8), (CUSTOMER, 12), (ORDER, 48), (LINE, 90)] {
            for number in 0..count {
                let id = id(entity, number);
                let at = entity as usize;
                if let Some(ids) = ids.get_mut(at) {
                    ids.push(id.clone());
                }
                work.push(self.insert(scope, entity, &id, &ids, random));
            }
        }
        commit(store, UnitOfWork::of(work)).await;
    }

    fn insert(&self, scope: &Scope, entity: u32, id: &Value, ids: &[Vec<Value>], random: &mut Random) -> Statement {
        let view = self.model.view(maq_ir::EntityIdx(entity)).unwrap_or_else(|| fail("an entity is not there"));
        let fields = view.entity.fields.iter().map(|field| {
            let empty = !field.required && random.percent(30);
            let value = match &field.ty {
                _ if empty && field.absent == Absent::Missing => Value::Missing,
                _ if empty => Value::Null,
                FieldType::Reference { target, .. } => {
                    let targets = ids.get(target.0 as usize).map_or(&[][..], Vec::as_slice);
                    random.pick(targets).clone()
                }
                ty => values::value(ty, random),
            };
            (field.name.clone(), value)
        });
        let values = Record(fields.collect());
        let records = self.records.get(entity as usize).unwrap_or_else(|| fail("an entity is not there"));
        let statement = records.insert(scope, Some(id), &values, STAMP);
        statement.unwrap_or_else(|error| fail(&format!("a row cannot be written: {error}")))
    }

    /// What stands in the store, as the store answers it.
    pub(super) async fn stored(&self, store: &dyn Store) -> Stored<'_> {
        let mut all = Vec::new();
        for records in &self.records {
            let query = ListQuery { limit: 1000, ..ListQuery::default() };
            let statement = records.list(&self.scope, &query).unwrap_or_else(|error| fail(&error.to_string()));
            let rows = store.read(statement).await.unwrap_or_else(|error| fail(&error.to_string()));
            let page = records.page(&query, &rows.0).unwrap_or_else(|error| fail(&error.to_string()));
            all.push(page.records);
        }
        Stored { shapes: &self.shapes, records: all }
    }

    /// The entity of the conditions.
    pub fn entity(&self) -> EntityIndex {
        EntityIndex(ORDER)
    }
}

async fn commit(store: &dyn Store, work: UnitOfWork) {
    if let Err(error) = store.commit(work).await {
        fail(&format!("the rows cannot be written: {error}"));
    }
}

fn id(entity: u32, number: usize) -> Value {
    const NAMES: [&str; 12] = ["c1", "c2", "", "%", "O'Reilly", "日本", "EU", "a", "A", "\\", "c\u{1F600}", "c3"];
    match entity {
        CUSTOMER => Value::Text((*NAMES.get(number).unwrap_or(&"c")).to_owned()),
        ORDER => Value::Uuid(Uuid::from_u128(number as u128 + (1 << 100))),
        _ => Value::Integer(number as i64 + 1),
    }
}
