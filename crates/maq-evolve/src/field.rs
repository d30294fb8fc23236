//! One field against itself.

use crate::change::{ChangeKind, Changes};
use crate::limits::{Moved, compare_values, lower, upper};
use maq_ir::{Absent, Classification, FieldType, FieldView, OnDelete};
use maq_value::Value;
use std::cmp::Ordering;
use std::fmt::Display;

const STAYS: &str = "the database stays as wide as it is";

/// Adds what differs between `old` and `new`, the same field of two models.
pub(crate) fn compare(old: FieldView<'_>, new: FieldView<'_>, changes: &mut Changes<'_>) {
    if old.field.name != new.field.name {
        let summary = format!("field `{}` is now called `{}`", old.field.name, new.field.name);
        changes.fine(ChangeKind::RenameField, Some(&new.field.name), summary);
    }
    if !compare_type(old, new, changes) {
        return;
    }
    compare_limits(old, new, changes);
    compare_presence(old, new, changes);
    if old.field.classification != new.field.classification {
        let words = (classification(old.field.classification), classification(new.field.classification));
        let summary = format!("classification of `{}` goes from {} to {}", new.field.name, words.0, words.1);
        changes.fine(ChangeKind::ChangeClassification, Some(&new.field.name), summary);
    }
}

/// False when the types have so little in common that comparing limits says nothing.
fn compare_type(old: FieldView<'_>, new: FieldView<'_>, changes: &mut Changes<'_>) -> bool {
    let name = &new.field.name;
    let words = format!("`{name}` goes from {} to {}", old.field.ty.word(), new.field.ty.word());
    match (&old.field.ty, &new.field.ty) {
        (FieldType::Enum(before), FieldType::Enum(after)) => compare_enums(new, before, after, changes),
        (
            FieldType::Decimal { precision: before, scale: old_scale },
            FieldType::Decimal { precision: after, scale: new_scale },
        ) => {
            if old_scale != new_scale {
                let summary = format!("scale of `{name}` goes from {old_scale} to {new_scale}");
                changes.hard(ChangeKind::ChangeType, Some(name), summary, STAYS);
            }
            moved(new, "precision", Some(before), Some(after), upper(Some(before), Some(after), ordered), changes);
        }
        (FieldType::Reference { on_delete: before, .. }, FieldType::Reference { on_delete: after, .. }) => {
            let (from, to) = (old.target(), new.target());
            if from.map(|view| &view.entity.id) != to.map(|view| &view.entity.id) {
                let name_of =
                    |view: Option<maq_ir::EntityView<'_>>| view.map_or_else(String::new, |to| to.name().into());
                let summary = format!("reference `{name}` goes from `{}` to `{}`", name_of(from), name_of(to));
                changes.hard(ChangeKind::ChangeType, Some(name), summary, STAYS);
                return false;
            }
            if before != after {
                let (before, after) = (on_delete(*before), on_delete(*after));
                let summary = format!("deleting the target of `{name}` goes from {before} to {after}");
                changes.hard(ChangeKind::ChangeOnDelete, Some(name), summary, "the database keeps its foreign key");
            }
        }
        (before, after) if before == after => {}
        (FieldType::String, FieldType::Text) | (FieldType::Integer, FieldType::BigInt | FieldType::Number) => {
            changes.fine(ChangeKind::WidenField, Some(name), words);
        }
        // What a rollback undoes.
        (FieldType::Text, FieldType::String) | (FieldType::BigInt | FieldType::Number, FieldType::Integer) => {
            changes.hard(ChangeKind::ChangeType, Some(name), words, STAYS);
        }
        _ => {
            changes.hard(ChangeKind::ChangeType, Some(name), words, STAYS);
            return false;
        }
    }
    true
}

fn compare_enums(new: FieldView<'_>, before: &[String], after: &[String], changes: &mut Changes<'_>) {
    let name = &new.field.name;
    let list = |values: Vec<&String>| values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    let removed: Vec<&String> = before.iter().filter(|value| !after.contains(value)).collect();
    let added: Vec<&String> = after.iter().filter(|value| !before.contains(value)).collect();
    if removed.is_empty() && added.is_empty() && before != after {
        let summary = format!("values of `{name}` stand in another order");
        changes.fine(ChangeKind::ChangeDescription, Some(name), summary);
    }
    if !added.is_empty() {
        changes.fine(ChangeKind::WidenField, Some(name), format!("`{name}` also takes {}", list(added)));
    }
    if !removed.is_empty() {
        let summary = format!("`{name}` no longer takes {}", list(removed));
        changes.hard(ChangeKind::NarrowField, Some(name), summary, "records keep them");
    }
}

fn compare_limits(old: FieldView<'_>, new: FieldView<'_>, changes: &mut Changes<'_>) {
    let (before, after) = (&old.field.constraints, &new.field.constraints);
    // Nothing is shorter than 0 characters.
    let some = |limit: Option<u64>| limit.filter(|limit| *limit > 0);
    let (shortest, shorter) = (some(before.min_length), some(after.min_length));
    let step = lower(shortest.as_ref(), shorter.as_ref(), ordered);
    moved(new, "minLength", shortest.as_ref(), shorter.as_ref(), step, changes);
    let step = upper(before.max_length.as_ref(), after.max_length.as_ref(), ordered);
    moved(new, "maxLength", before.max_length.as_ref(), after.max_length.as_ref(), step, changes);
    let (from, to) = (shown(before.min.as_ref()), shown(after.min.as_ref()));
    let step = lower(before.min.as_ref(), after.min.as_ref(), compare_values);
    moved(new, "min", from.as_ref(), to.as_ref(), step, changes);
    let (from, to) = (shown(before.max.as_ref()), shown(after.max.as_ref()));
    let step = upper(before.max.as_ref(), after.max.as_ref(), compare_values);
    moved(new, "max", from.as_ref(), to.as_ref(), step, changes);
    let same_or_unknown = |left: &String, right: &String| (left == right).then_some(Ordering::Equal);
    let step = lower(before.pattern.as_ref(), after.pattern.as_ref(), same_or_unknown);
    moved(new, "pattern", before.pattern.as_ref(), after.pattern.as_ref(), step, changes);
    let word = |format: Option<maq_ir::TextFormat>| format.map(|format| format!("{format:?}").to_lowercase());
    let (from, to) = (word(before.format), word(after.format));
    moved(new, "format", from.as_ref(), to.as_ref(), lower(from.as_ref(), to.as_ref(), same_or_unknown), changes);
}

fn compare_presence(old: FieldView<'_>, new: FieldView<'_>, changes: &mut Changes<'_>) {
    let name = &new.field.name;
    match (old.field.required, new.field.required) {
        (true, false) => changes.fine(ChangeKind::WidenField, Some(name), format!("`{name}` becomes optional")),
        (false, true) => {
            let summary = format!("`{name}` becomes required");
            changes.hard(ChangeKind::NarrowField, Some(name), summary, "empty values stay until they are written");
        }
        _ => {}
    }
    let (before, after) = (old.field.default.as_ref(), new.field.default.as_ref());
    let same = match (before, after) {
        (Some(before), Some(after)) => compare_values(before, after) == Some(Ordering::Equal),
        (before, after) => before.is_none() && after.is_none(),
    };
    if !same {
        let said = |value: Option<&Value>| shown(value).map_or_else(|| "none".to_owned(), |text| format!("`{text}`"));
        let summary = format!("default of `{name}` goes from {} to {}", said(before), said(after));
        if after.is_none() && new.field.required && old.field.required {
            let summary = format!("{summary} while `{name}` is required");
            changes.hard(ChangeKind::ChangeDefault, Some(name), summary, "new records must give it");
        } else {
            changes.fine(ChangeKind::ChangeDefault, Some(name), summary);
        }
    }
    if old.field.absent != new.field.absent {
        let word = |absent| if absent == Absent::Null { "null" } else { "missing" };
        let summary = format!(
            "an empty `{name}` reads as {} and no longer as {}",
            word(new.field.absent),
            word(old.field.absent)
        );
        changes.hard(ChangeKind::ChangeAbsent, Some(name), summary, "nothing is stored for it");
    }
}

/// Adds a change of the limit `what`, if it moved.
fn moved<T: Display>(
    field: FieldView<'_>,
    what: &str,
    old: Option<&T>,
    new: Option<&T>,
    step: Moved,
    changes: &mut Changes<'_>,
) {
    let name = &field.field.name;
    let said = |limit: Option<&T>| limit.map_or_else(|| "none".to_owned(), |limit| format!("`{limit}`"));
    let summary = format!("{what} of `{name}` goes from {} to {}", said(old), said(new));
    match step {
        Moved::No => {}
        Moved::Wider => changes.fine(ChangeKind::WidenField, Some(name), summary),
        Moved::Narrower => changes.hard(ChangeKind::NarrowField, Some(name), summary, "records keep what they have"),
    }
}

fn ordered<T: Ord>(left: &T, right: &T) -> Option<Ordering> {
    Some(left.cmp(right))
}

fn shown(value: Option<&Value>) -> Option<String> {
    value.map(|value| match value.to_json() {
        serde_json::Value::String(text) => text,
        json => json.to_string(),
    })
}

fn on_delete(on_delete: OnDelete) -> &'static str {
    match on_delete {
        OnDelete::Restrict => "restrict",
        OnDelete::Cascade => "cascade",
        OnDelete::SetNull => "setNull",
    }
}

fn classification(classification: Classification) -> &'static str {
    match classification {
        Classification::Public => "public",
        Classification::Internal => "internal",
        Classification::Personal => "personal",
        Classification::Secret => "secret",
    }
}
