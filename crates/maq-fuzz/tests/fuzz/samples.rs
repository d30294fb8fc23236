//! Valid documents that the targets begin with: every type of field, every limit, references, rules, policies.

use maq_compile::{CompileOptions, Compiled, check_for_freeze, compile};
use maq_doc::{Document, read_document};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// A customer, an invoice that refers to it, a log with numbers as ids, a code list with texts as ids, a diagram.
pub fn documents() -> Vec<Json> {
    vec![customer(), invoice(), log(), code(), diagram()]
}

pub fn customer() -> Json {
    json!({
        "kind": "entity", "format": 1, "id": "ent_customer", "name": "Customer", "label": "Kunde", "class": "master",
        "fields": [
            { "id": "fld_number", "name": "number", "type": "string", "required": true, "unique": true, "maxLength": 10 },
            { "id": "fld_name", "name": "name", "type": "text", "required": true, "minLength": 1 },
            { "id": "fld_mail", "name": "mail", "type": "string", "format": "email", "classification": "personal" },
            { "id": "fld_web", "name": "web", "type": "string", "format": "url" },
            { "id": "fld_phone", "name": "phone", "type": "string", "format": "phone" },
            { "id": "fld_slug", "name": "slug", "type": "string", "pattern": "[a-z][a-z0-9-]{0,20}" },
            { "id": "fld_host", "name": "host", "type": "string", "format": "hostname" },
            { "id": "fld_four", "name": "four", "type": "string", "format": "ipv4" },
            { "id": "fld_six", "name": "six", "type": "string", "format": "ipv6" }
        ],
        "policies": policies("Customer"),
    })
}

pub fn invoice() -> Json {
    json!({
        "kind": "entity", "format": 1, "id": "ent_invoice", "name": "Invoice", "class": "document",
        "description": "Customer invoices", "identity": { "type": "uuid" }, "storage": { "binding": "managed" },
        "source": { "name": "invoices", "declaredType": "TABLE" },
        "fields": [
            { "id": "fld_customer", "name": "customer", "type": "reference", "referenceTo": "Customer", "onDelete": "restrict" },
            { "id": "fld_status", "name": "status", "type": "enum", "enumValues": ["draft", "open", "paid"], "default": "draft" },
            { "id": "fld_total", "name": "total", "type": "decimal", "precision": 12, "scale": 2, "min": "-100.00", "max": "99999.5" },
            { "id": "fld_wide", "name": "wide", "type": "decimal", "precision": 28, "scale": 10 },
            { "id": "fld_count", "name": "count", "type": "integer", "min": -5, "max": 1000, "default": 1 },
            { "id": "fld_big", "name": "big", "type": "bigint" },
            { "id": "fld_ratio", "name": "ratio", "type": "number", "max": 1e300 },
            { "id": "fld_open", "name": "open", "type": "boolean", "default": true },
            { "id": "fld_due", "name": "due", "type": "date", "absent": "missing" },
            { "id": "fld_at", "name": "at", "type": "time" },
            { "id": "fld_sent", "name": "sent", "type": "datetime" },
            { "id": "fld_takes", "name": "takes", "type": "duration" },
            { "id": "fld_key", "name": "key", "type": "uuid" },
            { "id": "fld_note", "name": "note", "type": "text" },
            { "id": "fld_any", "name": "extra", "type": "json" },
            { "id": "fld_shape", "name": "shape", "type": "object" },
            { "id": "fld_lines", "name": "lines", "type": "list" },
            { "id": "fld_scan", "name": "scan", "type": "bytes", "maxLength": 64 }
        ],
        "uniques": [ { "id": "unq_a", "name": "customer_key", "fields": ["customer", "key"] } ],
        "indexes": [ { "id": "idx_a", "name": "by_status", "fields": ["status", "due"] } ],
        "rules": [ { "id": "rul_a", "name": "needs_status", "require": ["status"] } ],
        "policies": policies("Invoice"), "lifecycle": null, "views": { "list": { "columns": ["status"] } },
    })
}

fn log() -> Json {
    json!({
        "kind": "entity", "format": 1, "id": "ent_log", "name": "Visit", "class": "log", "identity": { "type": "integer" },
        "fields": [ { "id": "fld_who", "name": "who", "type": "string" }, { "id": "fld_when", "name": "visited", "type": "datetime" } ],
        "policies": policies("Visit"),
    })
}

fn code() -> Json {
    json!({
        "kind": "entity", "format": 1, "id": "ent_code", "name": "Country", "class": "reference", "identity": { "type": "text" },
        "fields": [ { "id": "fld_title", "name": "title", "type": "string", "required": true } ],
        "policies": policies("Country"),
    })
}

fn diagram() -> Json {
    json!({
        "kind": "diagram", "format": 1, "id": "dia_main", "name": "Main",
        "positions": [ { "id": "ent_customer", "x": 1.5, "y": -20 }, { "id": "ent_invoice", "x": 0, "y": 1e3 } ],
        "areas": [ { "id": "are_a", "name": "Sales", "x": 0, "y": 0, "width": 400, "height": 300.25 } ], "notes": [],
    })
}

fn policies(entity: &str) -> Json {
    // A customer's mail is personal: who reads it must be said.
    let fields = if entity == "Customer" { json!({ "read": ["*", "mail"] }) } else { Json::Null };
    json!([
        { "id": format!("pol_{entity}_admins"), "name": "admins", "effect": "allow", "actions": ["*"], "roles": ["admin"],
          "fields": fields },
        { "id": format!("pol_{entity}_guests"), "name": "guests", "effect": "allow", "actions": ["read"], "roles": ["guest"],
          "priority": 1, "fields": fields },
    ])
}

pub fn read(json: &Json) -> Option<Arc<Document>> {
    read_document("sample", json.clone()).ok().map(Arc::new)
}

pub fn compiled(documents: &[Arc<Document>]) -> Compiled {
    compile(documents, &CompileOptions::default())
}

/// Whether the documents could be published.
pub fn is_frozen(documents: &[Arc<Document>], compiled: &Compiled) -> bool {
    !compiled.has_errors() && check_for_freeze(documents, compiled).is_empty()
}

#[test]
fn the_samples_can_be_published() {
    let documents: Vec<_> = documents().iter().map(|json| read(json).expect("a sample is read")).collect();
    let compiled = compiled(&documents);
    assert_eq!(compiled.findings, [], "the samples compile");
    assert!(is_frozen(&documents, &compiled));
}
