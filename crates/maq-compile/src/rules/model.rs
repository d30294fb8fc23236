//! The model as a whole.

use crate::MAX_ENTITIES;
use crate::stages::names::NamesOutput;
use maq_diag::{Finding, Place, catalogue};

/// There are not more entities than one model can have.
pub(super) fn entities_are_not_too_many(names: &NamesOutput<'_>, out: &mut Vec<Finding>) {
    if let Some(first_beyond) = names.entities.get(MAX_ENTITIES) {
        let (count, limit) = (names.entities.len().to_string(), MAX_ENTITIES.to_string());
        let place = Place::at(first_beyond.doc.id.as_str(), &[]);
        out.push(Finding::new(catalogue::MODEL_TOO_MANY_ENTITIES, place, &[("count", &count), ("limit", &limit)]));
    }
}
