//! A small shop with every type of field and every way to be empty.

#![allow(dead_code, clippy::unwrap_used)] // each test uses a part

pub mod generate;

use maq_expr::{ChildShape, EntityIndex, EntityShape, Environment, FieldShape, Presence, Type};
use std::sync::Arc;

pub fn field(name: &str, ty: Type, presence: Presence) -> FieldShape {
    FieldShape { name: name.into(), ty, presence }
}

pub fn kinds() -> Type {
    Type::Enum(["open", "paid", "shipped"].into_iter().map(Into::into).collect())
}

/// Orders with lines and a customer, who has a country.
pub fn shop() -> Arc<Environment> {
    use Presence::{Missing, Null, Required};
    let reference = |target: u32, id: Type| Type::Reference(EntityIndex(target), Arc::new(id));
    let shape = |name: &str, fields: Vec<FieldShape>, children: Vec<ChildShape>| {
        let mut all = vec![field("id", Type::Int, Required)];
        all.extend(fields);
        all.push(field("createdAt", Type::Timestamp, Required));
        EntityShape { name: name.into(), fields: all, children }
    };
    let order = shape(
        "Order",
        vec![
            field("code", Type::String, Required),
            field("note", Type::String, Null),
            field("memo", Type::String, Missing),
            field("count", Type::Int, Required),
            field("extra", Type::Int, Null),
            field("weight", Type::Double, Required),
            field("amount", Type::Decimal, Required),
            field("discount", Type::Decimal, Null),
            field("rushed", Type::Bool, Required),
            field("checked", Type::Bool, Null),
            field("due", Type::Date, Required),
            field("shippedAt", Type::Timestamp, Missing),
            field("slot", Type::Time, Required),
            field("lead", Type::Duration, Required),
            field("token", Type::Uuid, Required),
            field("status", kinds(), Required),
            field("state", kinds(), Null),
            field("customer", reference(2, Type::Int), Required),
            field("agent", reference(3, Type::String), Null),
            field("payload", Type::Json, Null),
            field("file", Type::Bytes, Missing),
        ],
        vec![ChildShape { name: "lines".into(), entity: EntityIndex(1), field: 1 }],
    );
    let line = shape(
        "Line",
        vec![
            field("order", reference(0, Type::Int), Required),
            field("amount", Type::Decimal, Required),
            field("quantity", Type::Int, Missing),
            field("label", Type::String, Null),
        ],
        Vec::new(),
    );
    let customer = shape(
        "Customer",
        vec![
            field("region", Type::String, Required),
            field("country", reference(4, Type::Int), Null),
            field("rank", Type::Int, Missing),
        ],
        vec![ChildShape { name: "orders".into(), entity: EntityIndex(0), field: 18 }],
    );
    let mut agent = shape("Agent", vec![field("team", Type::String, Null)], Vec::new());
    if let Some(id) = agent.fields.first_mut() {
        id.ty = Type::String;
    }
    let country = shape(
        "Country",
        vec![field("name", Type::String, Required), field("capital", reference(2, Type::Int), Required)],
        Vec::new(),
    );
    Arc::new(Environment::model([order, line, customer, agent, country].into(), EntityIndex(0)))
}

/// 1970.
pub fn epoch() -> maq_value::Instant {
    maq_value::Instant::parse("1970-01-01T00:00:00Z").unwrap()
}
