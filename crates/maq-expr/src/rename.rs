//! Renames: what a field's new name changes in a condition.

use crate::{EntityIndex, Environment, Kind, Limits, Node, Repair, Span, Type, check, parse, resolve};

/// The replacements that make `text` speak of the field or child list `old` of `entity` by its name `new`, in the order
/// of the text. None when the text cannot be read with the old name: it speaks of nothing then.
pub fn renames(text: &str, environment: &Environment, entity: EntityIndex, old: &str, new: &str) -> Vec<Repair> {
    let Ok(syntax) = parse(text, Limits::default()) else { return Vec::new() };
    let Ok(node) = resolve(&syntax, environment) else { return Vec::new() };
    let (node, _) = check(node, text, environment, None);
    let mut repairs = Vec::new();
    walk(&node, &mut |node| {
        let (Kind::Field { operand, name, .. } | Kind::Children { operand, name, .. }) = &node.kind else { return };
        if **name != *old || entity_of(operand) != Some(entity) {
            return;
        }
        if let Some(span) = name_at_end(text, node.span, old) {
            let repair = Repair { title: format!("Rename to `{new}`"), span, text: new.to_owned() };
            if !repairs.contains(&repair) {
                repairs.push(repair);
            }
        }
    });
    repairs.sort_by_key(|repair| repair.span);
    repairs
}

/// The text with repairs that do not overlap.
pub fn repaired(text: &str, repairs: &[Repair]) -> String {
    let mut sorted: Vec<&Repair> = repairs.iter().collect();
    sorted.sort_by_key(|repair| repair.span);
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for repair in sorted {
        let (start, end) = (repair.span.start as usize, repair.span.end as usize);
        let Some(between) = text.get(from..start) else { continue };
        out.push_str(between);
        out.push_str(&repair.text);
        from = end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

fn entity_of(operand: &Node) -> Option<EntityIndex> {
    match operand.ty.present() {
        Type::Record(entity) | Type::Reference(entity, _) => Some(*entity),
        _ => None,
    }
}

/// The name at the end of a selection, in or without backticks.
fn name_at_end(text: &str, span: Span, name: &str) -> Option<Span> {
    let length = u32::try_from(name.len()).ok()?;
    for quote in [0, 1] {
        let end = span.end.checked_sub(quote)?;
        let found = Span { start: end.checked_sub(length)?, end };
        if found.of(text) == name {
            return Some(Span { start: found.start.checked_sub(quote)?, end: span.end });
        }
    }
    None
}

fn walk(node: &Node, see: &mut impl FnMut(&Node)) {
    see(node);
    node.parts().into_iter().for_each(|part| walk(part, see));
}
