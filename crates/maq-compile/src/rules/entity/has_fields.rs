//! An entity has fields, and not too many.

use crate::MAX_FIELDS;
use crate::context::EntityContext;
use crate::words::short;
use maq_diag::{Finding, catalogue};

/// There is a field. A table that came in with its key alone has its records' ids, which is data enough.
pub(in crate::rules) fn has_fields(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    if entity.doc.fields.is_empty() && entity.doc.identity.source.is_none() {
        let params = [("name", &*short(&entity.doc.name))];
        out.push(Finding::new(catalogue::ENTITY_NO_FIELDS, entity.place(&["fields"]), &params));
    }
}

/// There are not more fields than are compiled.
pub(in crate::rules) fn fields_are_not_too_many(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let count = entity.doc.fields.len();
    if count > MAX_FIELDS {
        let (count, limit) = (count.to_string(), MAX_FIELDS.to_string());
        let params = [("name", &*short(&entity.doc.name)), ("count", &*count), ("limit", &*limit)];
        out.push(Finding::new(catalogue::ENTITY_TOO_MANY_FIELDS, entity.place(&["fields"]), &params));
    }
}
