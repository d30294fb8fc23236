//! Limits of length and value: of the right type, and with something between them.

use super::default_fits::rewritten;
use crate::context::FieldContext;
use crate::fixes;
use crate::stages::constraints::{Parsed, compare, is_ordered};
use crate::words::{short, shown};
use maq_diag::{Finding, catalogue};
use maq_value::Value;
use serde_json::Value as Json;
use std::cmp::Ordering;

/// Some length fits.
pub(in crate::rules) fn length_limits_leave_room(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let limits = field.limits();
    if let (Some(min), Some(max)) = (limits.min_length, limits.max_length)
        && min > max
    {
        let params = [("field", &*short(&field.doc.name)), ("min", &*min.to_string()), ("max", &*max.to_string())];
        let finding = Finding::new(catalogue::FIELD_LENGTH_RANGE_EMPTY, field.place("minLength"), &params);
        out.push(finding.with_fix("Swap them", swap(field, ["minLength", "maxLength"], max.into(), min.into())));
    }
}

/// `min` and `max` are values of the field's type.
pub(in crate::rules) fn bounds_are_of_the_type(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let Some(ty) = field.ty().filter(|ty| is_ordered(ty)) else { return };
    let limits = field.limits();
    let bounds = [("min", &limits.min, field.doc.min.as_ref()), ("max", &limits.max, field.doc.max.as_ref())];
    for (bound, parsed, json) in bounds {
        let (Parsed::Wrong, Some(json)) = (parsed, json) else { continue };
        let name = short(&field.doc.name);
        let params =
            [("bound", bound), ("field", &*name), ("expected", ty.kind().describe()), ("value", &*shown(json))];
        let finding = Finding::new(catalogue::FIELD_RANGE_BOUND_WRONG_TYPE, field.place(bound), &params);
        // Written differently it could contradict the other bound or the default, which a person should decide.
        let is_alone = field.doc.default.is_none() && (field.doc.min.is_none() || field.doc.max.is_none());
        out.push(match rewritten(json, ty).filter(|_| is_alone) {
            Some(json) => {
                let title = format!("Write it as `{}`", shown(&json));
                finding.with_fix(title, fixes::set(field.document(), &field.path(bound), json))
            }
            None => {
                let edits = fixes::unset(field.document(), &field.path(bound));
                finding.with_fix(format!("Take `{bound}` away"), edits)
            }
        });
    }
}

/// Some value fits.
pub(in crate::rules) fn bounds_leave_room(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let (Some(min), Some(max)) = (field.limits().min.value(), field.limits().max.value()) else { return };
    if compare(min, max) == Some(Ordering::Greater) {
        let plain = |value: &Value| shown(&value.to_json());
        let params = [("field", &*short(&field.doc.name)), ("min", &*plain(min)), ("max", &*plain(max))];
        let finding = Finding::new(catalogue::FIELD_VALUE_RANGE_EMPTY, field.place("min"), &params);
        out.push(finding.with_fix("Swap them", swap(field, ["min", "max"], max.to_json(), min.to_json())));
    }
}

fn swap(field: FieldContext<'_>, [low, high]: [&'static str; 2], least: Json, largest: Json) -> Vec<Json> {
    let set = |key, value: Json| fixes::set(field.document(), &field.path(key), value);
    set(low, least).into_iter().chain(set(high, largest)).collect()
}
