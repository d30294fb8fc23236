//! An invoice as the floors read it from a request and write it into an answer: typed, borrowed where it can be, and
//! no JSON value between the row and the bytes.

use crate::areas::Failure;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maq_value::Instant;
use serde::Deserialize;
use std::io::Write as _;

/// What a client sends.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invoice {
    pub invoice_number: String,
    pub customer_name: String,
    pub status: String,
    pub total: String,
    pub line_count: i64,
    pub issued: String,
    pub due_days: i64,
    pub country: String,
    pub discount: f64,
    pub paid: bool,
    pub note: String,
}

impl Invoice {
    /// The sample records, read as a request's body would be.
    pub fn all(records: &[serde_json::Map<String, serde_json::Value>]) -> Result<Vec<Invoice>, Failure> {
        let read = |record: &serde_json::Map<_, _>| serde_json::from_value(serde_json::Value::Object(record.clone()));
        Ok(records.iter().map(read).collect::<Result<_, _>>()?)
    }
}

/// One record, ready to be written.
pub struct Shown<'a> {
    pub id: &'a str,
    pub row_version: i64,
    pub created_at: i64,
    pub created_by: &'a str,
    pub updated_at: i64,
    pub updated_by: &'a str,
    pub invoice_number: &'a str,
    pub customer_name: &'a str,
    pub status: &'a str,
    pub total: &'a str,
    pub line_count: i64,
    pub issued: &'a str,
    pub due_days: i64,
    pub country: &'a str,
    pub discount: f64,
    pub paid: bool,
    pub note: &'a str,
}

impl<'a> Shown<'a> {
    /// A record that was just made of what a client sent.
    pub fn made(id: &'a str, now: i64, invoice: &'a Invoice) -> Shown<'a> {
        Shown {
            id,
            row_version: 1,
            created_at: now,
            created_by: "ann",
            updated_at: now,
            updated_by: "ann",
            invoice_number: &invoice.invoice_number,
            customer_name: &invoice.customer_name,
            status: &invoice.status,
            total: &invoice.total,
            line_count: invoice.line_count,
            issued: &invoice.issued,
            due_days: invoice.due_days,
            country: &invoice.country,
            discount: invoice.discount,
            paid: invoice.paid,
            note: &invoice.note,
        }
    }

    /// Appends the record's JSON. Writing into memory does not fail.
    pub fn write(&self, out: &mut Vec<u8>) {
        text(out, "{\"id\":", self.id);
        let _ = write!(out, ",\"rowVersion\":{}", self.row_version);
        let _ = write!(out, ",\"createdAt\":\"{}\"", Instant(self.created_at));
        text(out, ",\"createdBy\":", self.created_by);
        let _ = write!(out, ",\"updatedAt\":\"{}\"", Instant(self.updated_at));
        text(out, ",\"updatedBy\":", self.updated_by);
        text(out, ",\"invoiceNumber\":", self.invoice_number);
        text(out, ",\"customerName\":", self.customer_name);
        text(out, ",\"status\":", self.status);
        text(out, ",\"total\":", self.total);
        let _ = write!(out, ",\"lineCount\":{}", self.line_count);
        text(out, ",\"issued\":", self.issued);
        let _ = write!(out, ",\"dueDays\":{}", self.due_days);
        text(out, ",\"country\":", self.country);
        out.extend_from_slice(b",\"discount\":");
        let _ = serde_json::to_writer(&mut *out, &self.discount);
        let _ = write!(out, ",\"paid\":{}", self.paid);
        text(out, ",\"note\":", self.note);
        out.push(b'}');
    }
}

fn text(out: &mut Vec<u8>, key: &str, value: &str) {
    out.extend_from_slice(key.as_bytes());
    let _ = serde_json::to_writer(out, value);
}

/// The whole answer of one record: `{"data":{…}}`.
pub fn one_answer(status: StatusCode, record: &Shown<'_>) -> Response {
    let mut out = Vec::with_capacity(640);
    out.extend_from_slice(b"{\"data\":");
    record.write(&mut out);
    out.push(b'}');
    answer(status, out)
}

/// A page that is being written: `{"data":[…],"meta":{…}}`.
pub struct PageOut(Vec<u8>);

impl PageOut {
    pub fn new() -> PageOut {
        let mut out = Vec::with_capacity(12 * 1024);
        out.extend_from_slice(b"{\"data\":[");
        PageOut(out)
    }

    pub fn add(&mut self, record: &Shown<'_>) {
        if self.0.last() == Some(&b'}') {
            self.0.push(b',');
        }
        record.write(&mut self.0);
    }

    /// The whole text.
    pub fn text(mut self) -> Vec<u8> {
        self.0.extend_from_slice(b"],\"meta\":{\"limit\":20}}");
        self.0
    }

    pub fn finish(self) -> Response {
        answer(StatusCode::OK, self.text())
    }
}

fn answer(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}
