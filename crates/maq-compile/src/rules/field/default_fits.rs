//! The default of a field: of its type and within its limits.

use crate::context::FieldContext;
use crate::fixes;
use crate::stages::constraints::{DefaultProblem, Parsed, default_problem, expected_of, is_comparable, read_default};
use crate::words::{hint, short, shown};
use maq_diag::{Finding, catalogue, did_you_mean};
use maq_ir::FieldType;
use serde_json::Value as Json;

/// Values of an enum that are compared with a wrong default.
const COMPARED: usize = 200;

/// The default is a value that a record could have.
pub(in crate::rules) fn default_fits(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let (Some(ty), Some(json)) = (field.ty(), field.doc.default.as_ref()) else { return };
    let limits = field.limits();
    let (name, value) = (short(&field.doc.name), shown(json));
    let place = field.place("default");
    let (finding, instead) = match &limits.default {
        Parsed::Absent => return,
        Parsed::Wrong => {
            let params = [("field", &*name), ("expected", expected_of(ty)), ("value", &*value)];
            (Finding::new(catalogue::FIELD_DEFAULT_WRONG_TYPE, place, &params), rewritten(json, ty))
        }
        Parsed::Is(default) => match default_problem(default, ty, limits) {
            None => return,
            Some(problem) => of_problem(field, ty, &value, problem),
        },
    };
    let instead = instead.filter(|json| match read_default(Some(json), ty) {
        Parsed::Is(value) => default_problem(&value, ty, limits).is_none(),
        Parsed::Absent | Parsed::Wrong => false,
    });
    out.push(match instead {
        Some(json) => {
            let title = format!("Write it as `{}`", shown(&json));
            finding.with_fix(title, fixes::set(field.document(), &field.path("default"), json))
        }
        None => {
            let edits = fixes::unset(field.document(), &field.path("default"));
            finding.with_fix("Take the default away", edits)
        }
    });
}

fn of_problem(
    field: FieldContext<'_>,
    ty: &FieldType,
    value: &str,
    problem: DefaultProblem,
) -> (Finding, Option<Json>) {
    let name = short(&field.doc.name);
    let place = field.place("default");
    let both = [("field", &*name), ("value", value)];
    match problem {
        DefaultProblem::NotInEnum => {
            let values = field.doc.enum_values.iter().map(String::as_str).filter(|value| !value.is_empty());
            let meant = did_you_mean(value, values.take(COMPARED).filter(|value| value.len() <= COMPARED));
            let params = [("field", &*name), ("value", value), ("hint", &*hint(meant))];
            (Finding::new(catalogue::FIELD_DEFAULT_NOT_IN_ENUM, place, &params), meant.map(Json::from))
        }
        DefaultProblem::OutOfRange(limit) => {
            let params = [("field", &*name), ("value", value), ("limit", &*limit)];
            (Finding::new(catalogue::FIELD_DEFAULT_OUT_OF_RANGE, place, &params), None)
        }
        DefaultProblem::TooPrecise => {
            let (precision, scale) = match ty {
                FieldType::Decimal { precision, scale } => (precision.to_string(), scale.to_string()),
                _ => Default::default(),
            };
            let params = [("field", &*name), ("value", value), ("precision", &*precision), ("scale", &*scale)];
            (Finding::new(catalogue::FIELD_DEFAULT_TOO_PRECISE, place, &params), None)
        }
        DefaultProblem::BreaksPattern => {
            let pattern = short(field.doc.pattern.as_deref().unwrap_or_default());
            let params = [both[0], both[1], ("pattern", &*pattern)];
            (Finding::new(catalogue::FIELD_DEFAULT_BREAKS_PATTERN, place, &params), None)
        }
    }
}

/// The same value written as one of `ty`: a number in quotes, a text without.
pub(super) fn rewritten(json: &Json, ty: &FieldType) -> Option<Json> {
    let other = match json {
        Json::String(text) => {
            serde_json::from_str(text.trim()).ok().filter(|json: &Json| json.is_number() || json.is_boolean())?
        }
        Json::Number(_) | Json::Bool(_) => Json::String(json.to_string()),
        _ => return None,
    };
    matches!(read_default(Some(&other), ty), Parsed::Is(_)).then_some(other)
}

/// A unique field has no default, which only one record could take.
pub(in crate::rules) fn unique_field_has_no_default(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let has_default = matches!(field.limits().default, Parsed::Is(_));
    if field.doc.unique && has_default && field.ty().is_some_and(is_comparable) {
        let params = [("field", &*short(&field.doc.name))];
        let finding = Finding::new(catalogue::FIELD_DEFAULT_ON_UNIQUE, field.place("default"), &params);
        let edits = fixes::unset(field.document(), &field.path("default"));
        out.push(finding.with_fix("Take the default away", edits));
    }
}
