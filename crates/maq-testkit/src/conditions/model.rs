//! The model of the generated conditions: every type of field, required, read as null and read as missing when it is
//! empty; references of two hops and to the own entity; lists of records.

use maq_ir::{
    Absent, Class, Classification, Combining, Constraints, Entity, EntityIdx, Field, FieldType, IdentityType, Model,
    OnDelete,
};
use std::sync::Arc;

/// Places of the entities.
pub const REGION: u32 = 0;
/// People who order; they refer to regions, and to each other.
pub const CUSTOMER: u32 = 1;
/// What conditions are on.
pub const ORDER: u32 = 2;
/// Lines of orders.
pub const LINE: u32 = 3;

#[derive(Clone, Copy, PartialEq)]
enum Empty {
    Never,
    Null,
    Missing,
}

use Empty::{Missing, Never, Null};

/// The model.
pub fn model() -> Model {
    let decimal = |precision, scale| FieldType::Decimal { precision, scale };
    let one_of = |values: &[&str]| FieldType::Enum(values.iter().map(|value| (*value).to_owned()).collect());
    let text = |name, empty| field(name, FieldType::String, empty);
    let region = vec![
        text("name", Never),
        text("code", Null),
        field("rank", FieldType::Integer, Missing),
        field("open", FieldType::Boolean, Null),
        field("area", decimal(20, 4), Null),
    ];
    let customer = vec![
        text("name", Never),
        reference("region", REGION, IdentityType::Integer, Null, "customers"),
        text("email", Missing),
        field("balance", decimal(12, 2), Null),
        field("vip", FieldType::Boolean, Missing),
        field("since", FieldType::Date, Null),
        reference("manager", CUSTOMER, IdentityType::Text, Missing, "reports"),
    ];
    let order = vec![
        text("title", Never),
        field("note", FieldType::Text, Null),
        text("memo", Missing),
        field("count", FieldType::Integer, Never),
        field("stock", FieldType::Integer, Null),
        field("big", FieldType::BigInt, Missing),
        field("serial", FieldType::BigInt, Never),
        field("rate", FieldType::Number, Never),
        field("weight", FieldType::Number, Null),
        field("height", FieldType::Number, Missing),
        field("price", decimal(12, 2), Never),
        field("worth", decimal(28, 10), Null),
        field("cost", decimal(18, 4), Missing),
        field("tax", decimal(5, 0), Null),
        field("flag", FieldType::Boolean, Never),
        field("paid", FieldType::Boolean, Null),
        field("urgent", FieldType::Boolean, Missing),
        field("day", FieldType::Date, Null),
        field("due", FieldType::Date, Never),
        field("opens", FieldType::Time, Missing),
        field("closes", FieldType::Time, Null),
        field("at", FieldType::DateTime, Null),
        field("made", FieldType::DateTime, Never),
        field("span", FieldType::Duration, Null),
        field("delay", FieldType::Duration, Missing),
        field("key", FieldType::Uuid, Null),
        field("status", one_of(&["draft", "open", "paid"]), Null),
        field("kind", one_of(&["a", "b", "A"]), Never),
        field("data", FieldType::Json, Missing),
        field("tags", FieldType::List, Null),
        field("meta", FieldType::Object, Missing),
        field("raw", FieldType::Bytes, Null),
        reference("customer", CUSTOMER, IdentityType::Text, Null, "orders"),
        reference("other", CUSTOMER, IdentityType::Text, Missing, "others"),
        reference("parent", ORDER, IdentityType::Uuid, Null, "parts"),
    ];
    let line = vec![
        reference("order", ORDER, IdentityType::Uuid, Never, "lines"),
        field("amount", FieldType::Integer, Null),
        field("price", decimal(12, 2), Missing),
        text("label", Null),
        field("done", FieldType::Boolean, Missing),
        reference("region", REGION, IdentityType::Integer, Null, "sold"),
        field("at", FieldType::DateTime, Null),
        field("rate", FieldType::Number, Never),
    ];
    Model::new(vec![
        entity("Region", IdentityType::Integer, region),
        entity("Customer", IdentityType::Text, customer),
        entity("Order", IdentityType::Uuid, order),
        entity("Line", IdentityType::Integer, line),
    ])
}

fn entity(name: &str, identity: IdentityType, fields: Vec<Field>) -> Arc<Entity> {
    Arc::new(Entity {
        id: format!("ent_{name}").into(),
        name: name.into(),
        // `order` is a reserved word, and the others must be quoted.
        table: if name == "Order" { "order".into() } else { format!("{name} rows").into() },
        class: Class::Master,
        identity,
        fields,
        uniques: Vec::new(),
        indexes: Vec::new(),
        policies: Vec::new(),
        combining: Combining::default(),
        rules: Vec::new(),
        schema_hash: "".into(),
    })
}

fn field(name: &str, ty: FieldType, empty: Empty) -> Field {
    Field {
        id: format!("fld_{name}").into(),
        name: name.into(),
        column: column(name).into(),
        ty,
        required: empty == Never,
        unique: false,
        default: None,
        absent: if empty == Missing { Absent::Missing } else { Absent::Null },
        constraints: Constraints::default(),
        classification: Classification::Internal,
        inverse: None,
    }
}

/// What SQL could take for something else is quoted, and never meant where SQL writes the same word.
fn column(name: &str) -> String {
    match name {
        "title" | "label" => "true".to_owned(),
        "note" | "name" => "false".to_owned(),
        "memo" => "null".to_owned(),
        "stock" | "rank" => "rowid".to_owned(),
        other => format!("{other} c"),
    }
}

fn reference(name: &str, target: u32, identity: IdentityType, empty: Empty, list: &str) -> Field {
    let ty = FieldType::Reference { target: EntityIdx(target), identity, on_delete: OnDelete::Restrict };
    Field { inverse: Some(list.into()), ..field(name, ty, empty) }
}
