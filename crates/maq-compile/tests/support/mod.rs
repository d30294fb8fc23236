//! What the tests of this crate share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of tests
#![allow(dead_code)] // each test file uses a part of it

pub mod picture;

use maq_compile::{CompileOptions, Compiled, compile};
use maq_diag::{Finding, Severity};
use maq_doc::{Document, Edit, apply_all, parse_text, read_document};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The documents of JSON values.
pub fn documents(jsons: impl IntoIterator<Item = Json>) -> Vec<Arc<Document>> {
    jsons.into_iter().map(|json| Arc::new(read_document("test", json).unwrap())).collect()
}

/// Compiled with nothing published yet.
pub fn compiled(jsons: impl IntoIterator<Item = Json>) -> Compiled {
    compile(&documents(jsons), &CompileOptions::default())
}

/// The codes of findings, in their order.
pub fn codes(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// Texts read as documents, with what kept some of them from being read.
pub fn read_texts(texts: &[(String, String)]) -> (Vec<Arc<Document>>, Vec<Finding>) {
    let mut documents = Vec::new();
    let mut findings = Vec::new();
    for (name, text) in texts {
        match parse_text(name, text) {
            Ok(document) => documents.push(Arc::new(document)),
            Err(found) => findings.extend(found),
        }
    }
    (documents, findings)
}

/// Applies each fix alone and says where it does not remove its finding, or makes a new error.
pub fn broken_fixes(documents: &[Arc<Document>]) -> Vec<String> {
    let options = CompileOptions::default();
    let before = compile(documents, &options).findings;
    let jsons: BTreeMap<String, Json> =
        documents.iter().map(|document| (document.id().to_owned(), document.to_json())).collect();
    let mut broken = Vec::new();
    for finding in before.iter().filter(|finding| finding.fix.is_some()) {
        let fix = finding.fix.as_ref().unwrap();
        let mut fixed = jsons.clone();
        let edits: Vec<Edit> = fix.edits.iter().map(|edit| serde_json::from_value(edit.clone()).unwrap()).collect();
        if let Err(error) = apply_all(&mut fixed, &edits) {
            broken.push(format!("{}: the fix cannot be applied: {error}", finding.code));
            continue;
        }
        // In the order of before: which of two entities with one name is the first depends on it.
        let order = documents.iter().filter_map(|document| fixed.get(document.id()).cloned());
        let fixed: Vec<Arc<Document>> =
            order.map(|json| Arc::new(read_document("fixed", json).expect("a fixed document can be read"))).collect();
        let after = compile(&fixed, &options).findings;
        let same = |one: &Finding, other: &Finding| {
            one.code == other.code && one.place == other.place && one.params == other.params
        };
        if after.iter().any(|there| same(there, finding)) {
            broken.push(format!("{} {:?}: the finding stays", finding.code, finding.place.path));
        }
        for error in after.iter().filter(|error| error.severity == Severity::Error) {
            let was_there = before.iter().any(|there| there.code == error.code && there.place.path == error.place.path);
            // As long as the type was not known, nothing could be said about options, keys and indexes over it.
            let was_hidden = reveals(&finding.code) && error.place.document == finding.place.document;
            if !was_there && !was_hidden {
                broken.push(format!("{} {:?}: new error: {}", finding.code, finding.place.path, error.message));
            }
        }
    }
    broken
}

fn reveals(code: &str) -> bool {
    matches!(code, "field/type-unknown" | "field/type-not-yet" | "field/reference-target-unknown")
        || matches!(code, "field/reference-without-target" | "field/enum-without-values")
}
