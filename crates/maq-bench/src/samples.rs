//! Inputs: documents, records, principals. They vary, and each run makes the same ones.

use maq_doc::{Document, EntityDoc};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// The xorshift generator of Marsaglia: enough to vary inputs.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (sides as u64)).unwrap_or_default()
    }

    /// One of `texts`.
    pub fn pick(&mut self, texts: &[&'static str]) -> &'static str {
        texts.get(self.roll(texts.len())).copied().unwrap_or_default()
    }
}

/// `count` entities of ten fields, each referring to the one before it.
pub fn entity_documents(count: usize) -> Result<Vec<Json>, serde_json::Error> {
    (0..count).map(|number| serde_json::to_value(entity_document(number)).map(with_kind)).collect()
}

fn with_kind(json: Json) -> Json {
    let mut object = Map::from_iter([("kind".to_owned(), Json::from("entity"))]);
    object.extend(json.as_object().cloned().unwrap_or_default());
    Json::Object(object)
}

fn entity_document(number: usize) -> Json {
    let id = |name: &str| format!("fld_{number}_{name}");
    let before = number.checked_sub(1).unwrap_or(number);
    json!({
        "format": 1, "id": format!("ent_{number}"), "name": format!("Entity{number}"), "class": "master",
        "fields": [
            { "id": id("number"), "name": "number", "type": "string", "required": true, "unique": true, "maxLength": 20 },
            { "id": id("parent"), "name": "parent", "type": "reference", "referenceTo": format!("Entity{before}") },
            { "id": id("status"), "name": "status", "type": "enum", "enumValues": ["draft", "open"], "default": "draft" },
            { "id": id("total"), "name": "total", "type": "decimal", "precision": 12, "scale": 2 },
            { "id": id("count"), "name": "count", "type": "integer", "min": 0, "max": 1000 },
            { "id": id("due"), "name": "due", "type": "date" },
            { "id": id("email"), "name": "email", "type": "string", "format": "email" },
            { "id": id("code"), "name": "code", "type": "string", "pattern": "[A-Z]{2}[0-9]{4}" },
            { "id": id("active"), "name": "active", "type": "boolean", "required": true, "default": true },
            { "id": id("note"), "name": "note", "type": "text" }
        ],
        "indexes": [ { "id": format!("idx_{number}"), "name": "byDue", "fields": ["due", "status"] } ],
        "policies": [
            { "id": format!("pol_{number}"), "name": "all", "effect": "allow", "actions": ["*"], "roles": ["admin"] }
        ]
    })
}

/// Documents as the compiler takes them.
pub fn documents(count: usize) -> Result<Vec<Arc<Document>>, serde_json::Error> {
    entity_documents(count)?.into_iter().map(|json| serde_json::from_value(json).map(Arc::new)).collect()
}

/// An invoice of eleven fields, with the policies of roles.
pub fn invoice_document() -> Json {
    json!({
        "kind": "entity", "format": 1, "id": "ent_invoice", "name": "Invoice", "class": "document",
        "fields": [
            { "id": "fld_1", "name": "invoiceNumber", "type": "string", "required": true, "maxLength": 20 },
            { "id": "fld_2", "name": "customerName", "type": "string", "required": true, "minLength": 1, "maxLength": 80 },
            { "id": "fld_3", "name": "status", "type": "enum", "enumValues": ["draft", "open", "paid"], "required": true },
            { "id": "fld_4", "name": "total", "type": "decimal", "precision": 12, "scale": 2, "required": true },
            { "id": "fld_5", "name": "lineCount", "type": "integer", "min": 1, "max": 1000 },
            { "id": "fld_6", "name": "issued", "type": "date", "required": true },
            { "id": "fld_7", "name": "dueDays", "type": "integer", "min": 0, "max": 365 },
            { "id": "fld_8", "name": "country", "type": "string", "minLength": 2, "maxLength": 2 },
            { "id": "fld_9", "name": "discount", "type": "number", "min": 0, "max": 1 },
            { "id": "fld_10", "name": "paid", "type": "boolean" },
            { "id": "fld_11", "name": "note", "type": "text", "maxLength": 500 }
        ],
        "policies": [
            { "id": "pol_1", "name": "adminAll", "effect": "allow", "actions": ["*"], "roles": ["admin"] },
            { "id": "pol_2", "name": "salesEdits", "effect": "allow", "actions": ["create", "read", "update"], "roles": ["sales"] },
            { "id": "pol_3", "name": "internsDelete", "effect": "deny", "actions": ["delete"], "roles": ["intern"] }
        ]
    })
}

/// The entity of [`invoice_document`].
pub fn invoice_entity() -> Result<EntityDoc, serde_json::Error> {
    let mut json = invoice_document();
    if let Some(object) = json.as_object_mut() {
        object.remove("kind");
    }
    serde_json::from_value(json)
}

/// `count` different invoices.
pub fn invoices(count: usize) -> Vec<Map<String, Json>> {
    let mut dice = Dice(0x6d61_7175);
    let mut one = |number: usize| {
        let json = json!({
            "invoiceNumber": format!("INV-{number:06}"),
            "customerName": format!("Customer {} & Sons", dice.roll(9000)),
            "status": dice.pick(&["draft", "open", "paid"]),
            "total": format!("{}.{:02}", dice.roll(100_000), dice.roll(100)),
            "lineCount": 1 + dice.roll(99),
            "issued": format!("2026-{:02}-{:02}", 1 + dice.roll(12), 1 + dice.roll(28)),
            "dueDays": dice.roll(90),
            "country": dice.pick(&["DE", "FR", "PL", "US"]),
            "discount": dice.roll(100) as f64 / 100.0,
            "paid": dice.roll(2) == 0,
            "note": format!("delivered to gate {} of the yard, ring twice", dice.roll(40)),
        });
        json.as_object().cloned().unwrap_or_default()
    };
    (0..count).map(&mut one).collect()
}
