//! The model of the suite: customers; invoices that restrict, notes that cascade, tags that empty their reference;
//! nodes that point at each other.

use crate::{Store, UnitOfWork};
use maq_audit::{AuditEvent, Outcome};
use maq_ir::schema::{SchemaOperation, Table, table_of};
use maq_ir::{
    Absent, Class, Classification, Constraints, Entity, EntityIdx, Field, FieldIdx, FieldType, IdentityType, Model,
    OnDelete, Unique,
};
use maq_query::record::{Filter, Records, Stamp};
use maq_query::{Dialect, SqlValue, Statement, ddl};
use maq_value::{Instant, Record, Scope, Uuid, Value};
use std::sync::Arc;

/// The stamp of every write of the suite.
pub(super) const STAMP: Stamp<'static> = Stamp { now: Instant(1_700_000_000_000_000), user_id: "ann" };

/// The model and the statements on it.
pub struct Sample {
    pub(super) model: Model,
    pub(super) scope: Scope,
    pub(super) customers: Records,
    pub(super) invoices: Records,
    pub(super) notes: Records,
    pub(super) tags: Records,
    pub(super) nodes: Records,
}

impl Sample {
    /// The model, nothing published.
    pub fn new(dialect: Dialect) -> Sample {
        let model = model();
        let records = |name: &str| Records::new(model.entity(name).unwrap().entity, None, dialect);
        Sample {
            scope: Scope::default(),
            customers: records("Customer"),
            invoices: records("Invoice"),
            notes: records("Note"),
            tags: records("Tag"),
            nodes: records("Node"),
            model,
        }
    }

    /// The model, with its tables in `store`.
    pub async fn publish(store: &dyn Store) -> Sample {
        let sample = Sample::new(store.dialect());
        let plan: Vec<SchemaOperation> = sample
            .model
            .entities()
            .map(|view| SchemaOperation::CreateTable(table_of(&sample.model, view.entity)))
            .collect();
        let schema = ddl::statements(&plan, store.dialect()).unwrap();
        store.commit(UnitOfWork { schema, ..UnitOfWork::default() }).await.unwrap();
        sample
    }

    /// Some records of every kind with their audit: what a released database holds.
    pub async fn fill(&self, store: &dyn Store) {
        let mut work = UnitOfWork::of((1..=3).map(|id| self.customer(id)));
        work.operations.extend((1..=8).map(|number| self.invoice(number, Some(i64::from(number % 3) + 1)).into()));
        let tag = record(&[("customer", Value::Integer(1))]);
        let tag = self.tags.insert(&self.scope, Some(&Value::Text("a".into())), &tag, STAMP).unwrap();
        work.operations.push(tag.into());
        work.audit = (1..=11).map(|number| event(number, "default")).collect();
        store.commit(work).await.unwrap();
    }

    /// What [`Sample::fill`] wrote is there, its audit verifies, and the tables still guard their rows.
    pub async fn check_filled(&self, store: &dyn Store) {
        assert_eq!(self.count(store, &self.customers).await, 3);
        assert_eq!(self.count(store, &self.invoices).await, 8);
        let invoice = self.get(store, &self.invoices, &uuid(7)).await.unwrap();
        assert_eq!(invoice.get("total").to_json(), "8.75");
        assert_eq!((invoice.get("customer"), invoice.get("status").as_text()), (&Value::Integer(2), Some("paid")));
        super::audit::verify(&super::audit::links(store, "default").await, 11);
        let orphan = store.commit(one(self.invoice(99, Some(404)))).await;
        assert!(matches!(super::refused(orphan), crate::Refused::ForeignKey(_)));
    }

    pub(super) fn table(&self, entity: &str) -> Table {
        table_of(&self.model, self.model.entity(entity).unwrap().entity)
    }

    pub(super) fn customer(&self, id: i64) -> Statement {
        let values = record(&[("name", Value::Text(format!("Customer {id}")))]);
        self.customers.insert(&self.scope, Some(&Value::Integer(id)), &values, STAMP).unwrap()
    }

    pub(super) fn invoice(&self, number: u32, customer: Option<i64>) -> Statement {
        let values = record(&[
            ("number", Value::Text(format!("INV-{number:04}"))),
            ("status", Value::Text(if number.is_multiple_of(2) { "open" } else { "paid" }.into())),
            ("total", Value::Decimal(maq_value::Decimal::new(i64::from(number) * 125, 2))),
            ("customer", customer.map_or(Value::Null, Value::Integer)),
        ]);
        self.invoices.insert(&self.scope, Some(&uuid(number)), &values, STAMP).unwrap()
    }

    pub(super) async fn count(&self, store: &dyn Store, records: &Records) -> i64 {
        let rows = store.read(records.count(&self.scope, &Filter::All).unwrap()).await.unwrap();
        rows.0[0][0].as_integer().unwrap()
    }

    pub(super) async fn get(&self, store: &dyn Store, records: &Records, id: &Value) -> Option<Record> {
        let rows = store.read(records.get(&self.scope, id).unwrap()).await.unwrap();
        rows.0.first().map(|row| records.decode_row(row).unwrap())
    }
}

pub(super) fn uuid(number: u32) -> Value {
    Value::Uuid(Uuid::from_u128(u128::from(number)))
}

pub(super) fn record(values: &[(&str, Value)]) -> Record {
    Record(values.iter().map(|(name, value)| ((*name).into(), value.clone())).collect())
}

pub(super) fn event(number: usize, tenant: &str) -> AuditEvent {
    AuditEvent {
        event_id: format!("evt_{tenant}_{number}"),
        event_type: "data.create".into(),
        timestamp: Instant(i64::try_from(number).unwrap()),
        user_id: "ann".into(),
        scope: Scope { tenant_id: tenant.into(), realm_id: "main".into() },
        action: "create".into(),
        resource: format!("Invoice/{number}"),
        details: Some(serde_json::json!({ "z": number, "a": "first" })),
        salt: "5a".repeat(16),
        result: Outcome::Success,
        error_message: None,
    }
}

pub(super) fn one(statement: Statement) -> UnitOfWork {
    UnitOfWork::of([statement])
}

pub(super) fn rows(values: &[i64]) -> Vec<Vec<SqlValue>> {
    values.iter().map(|value| vec![SqlValue::Integer(*value)]).collect()
}

fn model() -> Model {
    let text = |name: &str, required| field(name, FieldType::String, required);
    let customer = |on_delete| reference("customer", 0, IdentityType::Integer, on_delete, false);
    let decimal = FieldType::Decimal { precision: 12, scale: 2 };
    let status = FieldType::Enum(vec!["draft".into(), "open".into(), "paid".into()]);
    Model::new(vec![
        entity("Customer", IdentityType::Integer, vec![text("name", true), text("city", false)], &[]),
        entity(
            "Invoice",
            IdentityType::Uuid,
            vec![
                text("number", true),
                field("status", status, false),
                field("total", decimal, false),
                field("due", FieldType::Date, false),
                customer(OnDelete::Restrict),
                Field { absent: Absent::Missing, ..text("memo", false) },
            ],
            &[0],
        ),
        entity("Note", IdentityType::Integer, vec![text("body", false), customer(OnDelete::Cascade)], &[]),
        entity("Tag", IdentityType::Text, vec![customer(OnDelete::SetNull)], &[]),
        entity(
            "Node",
            IdentityType::Integer,
            vec![reference("next", 4, IdentityType::Integer, OnDelete::Restrict, true)],
            &[],
        ),
    ])
}

fn entity(name: &str, identity: IdentityType, fields: Vec<Field>, unique: &[u32]) -> Arc<Entity> {
    // A reserved word, and a name that must be quoted.
    let table = if name == "Note" { "order".to_owned() } else { format!("{} rows", name.to_lowercase()) };
    let uniques = unique.iter().map(|at| Unique {
        id: format!("key_{name}_{at}").into(),
        name: "key".into(),
        index_name: format!("{table}_{at}_key").into(),
        fields: vec![FieldIdx(*at)],
    });
    Arc::new(Entity {
        id: format!("ent_{name}").into(),
        name: name.into(),
        class: Class::Master,
        identity,
        uniques: uniques.collect(),
        table: table.into(),
        fields,
        indexes: Vec::new(),
        policies: Vec::new(),
        combining: maq_ir::Combining::default(),
        rules: Vec::new(),
        schema_hash: "".into(),
    })
}

fn field(name: &str, ty: FieldType, required: bool) -> Field {
    Field {
        id: format!("fld_{name}").into(),
        name: name.into(),
        column: format!("{name} \"x\"").into(),
        ty,
        required,
        unique: false,
        default: None,
        absent: Absent::Null,
        constraints: Constraints::default(),
        classification: Classification::Internal,
        inverse: None,
    }
}

fn reference(name: &str, target: u32, identity: IdentityType, on_delete: OnDelete, required: bool) -> Field {
    field(name, FieldType::Reference { target: EntityIdx(target), identity, on_delete }, required)
}
