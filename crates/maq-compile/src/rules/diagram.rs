//! Diagrams place what is there.

use crate::fixes;
use crate::stages::names::NamesOutput;
use crate::words::short;
use maq_diag::{Finding, Place, catalogue};
use maq_doc::DiagramDoc;

/// Every position is that of an entity.
pub(super) fn positions_are_of_entities(diagram: &DiagramDoc, names: &NamesOutput<'_>, out: &mut Vec<Finding>) {
    for position in diagram.positions.iter().filter(|position| !names.has_entity_id(&position.id)) {
        let path = ["positions", &*position.id];
        let params = [("diagram", &*short(&diagram.name)), ("id", &*short(&position.id))];
        let finding =
            Finding::new(catalogue::DIAGRAM_POSITION_OF_NOTHING, Place::at(diagram.id.as_str(), &path), &params);
        out.push(finding.with_fix("Remove the position", fixes::remove(&diagram.id, &path)));
    }
}
