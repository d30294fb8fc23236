//! What keeps documents from being frozen besides the compiler's own errors: parts of the format that nothing runs
//! yet. While editing they are warnings; freezing them would promise what no server does.

use crate::{Compiled, rules};
use maq_diag::{Finding, Severity};
use maq_doc::Document;
use std::sync::Arc;

/// The additional blockers of `documents`, as errors. `compiled` says which entities could be resolved: what is not in
/// the model has errors of its own and is not looked at.
pub fn check_for_freeze(documents: &[Arc<Document>], compiled: &Compiled) -> Vec<Finding> {
    let mut findings = Vec::new();
    for doc in documents.iter().filter_map(|document| document.as_entity()) {
        if compiled.model.entity_by_id(&doc.id).is_some() {
            rules::check_what_comes_later(doc, &mut findings);
        }
    }
    for finding in &mut findings {
        finding.severity = Severity::Error;
    }
    findings
}
