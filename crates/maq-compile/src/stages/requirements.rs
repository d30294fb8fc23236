//! Stage nine, of one entity: rules without a condition. Those with one wait until conditions are evaluated.

use crate::stages::fields::FieldsOutput;
use crate::stages::references::ReferencesOutput;
use maq_doc::EntityDoc;
use maq_ir::{FieldIdx, Rule};

/// The rules that can be used.
#[derive(Debug)]
pub(crate) struct RequirementsOutput {
    /// In document order.
    pub rules: Vec<Rule>,
}

/// Resolves the rules.
pub(crate) fn resolve(doc: &EntityDoc, fields: &FieldsOutput<'_>, references: &ReferencesOutput) -> RequirementsOutput {
    let place = |name: &String| -> Option<FieldIdx> { *references.places.get(fields.position(name)?)? };
    let rules = doc.rules.iter().filter(|rule| rule.when.is_none()).filter_map(|rule| {
        let require: Vec<FieldIdx> = rule.require.iter().filter_map(place).collect();
        (!require.is_empty()).then(|| Rule { id: rule.id.as_str().into(), name: rule.name.as_str().into(), require })
    });
    RequirementsOutput { rules: rules.collect() }
}
