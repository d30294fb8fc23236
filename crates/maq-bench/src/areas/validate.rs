//! Validating a parsed object of eleven fields. Floor: parsing its text with `serde_json`, which is what comes before.

use super::Failure;
use crate::measure::per_call;
use crate::report::{Better, Report};
use crate::samples;
use maq_compile::{CompileOptions, compile};
use maq_doc::Document;
use maq_gtype::Validator;
use serde_json::{Value as Json, json};
use std::sync::Arc;

pub fn run(report: &mut Report) -> Result<(), Failure> {
    let documents = [Arc::new(Document::Entity(samples::invoice_entity()?))];
    let compiled = compile(&documents, &CompileOptions::default());
    let view = compiled.model.entity("Invoice").ok_or("the sample does not compile")?;
    let validator = Validator::new(view.entity);
    let records = samples::invoices(10_000);
    if let Some(Err(findings)) = records.iter().map(|record| validator.create(record)).find(Result::is_err) {
        return Err(format!("the sample is not valid: {:?}", findings.first()).into());
    }
    let texts: Vec<String> = records.iter().map(|record| Json::Object(record.clone()).to_string()).collect();
    let parse = per_call(&texts, |text| serde_json::from_str::<Json>(text));
    let schema = jsonschema::validator_for(&json_schema()).map_err(|error| error.to_string())?;
    let values: Vec<Json> = records.iter().map(|record| Json::Object(record.clone())).collect();
    let peer = per_call(&values, |value| schema.is_valid(value));
    let check = per_call(&records, |record| validator.accepts(record));
    report.add_with_peers("validate/11-fields", "ns", Better::Lower, check, Some(parse), &[("jsonschema", peer)]);
    let read = per_call(&records, |record| validator.create(record));
    report.add("validate/11-fields-to-record", "ns", Better::Lower, read, Some(parse));
    let whole = per_call(&texts, |text| match serde_json::from_str::<Json>(text) {
        Ok(Json::Object(object)) => validator.create(&object).is_ok(),
        _ => false,
    });
    report.add("validate/text-to-record", "ns", Better::Lower, whole, Some(parse));
    Ok(())
}

/// The same limits as a JSON Schema.
fn json_schema() -> Json {
    json!({
        "type": "object",
        "required": ["invoiceNumber", "customerName", "status", "total", "issued"],
        "additionalProperties": false,
        "properties": {
            "invoiceNumber": { "type": "string", "maxLength": 20 },
            "customerName": { "type": "string", "minLength": 1, "maxLength": 80 },
            "status": { "enum": ["draft", "open", "paid"] },
            "total": { "type": "string", "pattern": "^-?[0-9]{1,10}(\\.[0-9]{1,2})?$" },
            "lineCount": { "type": "integer", "minimum": 1, "maximum": 1000 },
            "issued": { "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
            "dueDays": { "type": "integer", "minimum": 0, "maximum": 365 },
            "country": { "type": "string", "minLength": 2, "maxLength": 2 },
            "discount": { "type": "number", "minimum": 0, "maximum": 1 },
            "paid": { "type": "boolean" },
            "note": { "type": "string", "maxLength": 500 }
        }
    })
}
