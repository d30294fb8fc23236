//! Rules: what a record must have.

use crate::context::EntityContext;
use crate::fixes;
use crate::naming::free_name;
use crate::words::{hint, short};
use maq_diag::{Finding, Place, catalogue};
use maq_doc::{EntityDoc, RuleDoc};
use std::collections::HashSet;

/// Wrong fields of one rule that are told.
const TOLD: usize = 20;

/// No two rules have the same name.
pub(super) fn names_are_distinct(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let rules = &entity.doc.rules;
    let all: HashSet<&str> = rules.iter().map(|rule| &*rule.name).collect();
    let mut seen = HashSet::new();
    for rule in rules.iter().filter(|rule| !seen.insert(rule.name.as_str())) {
        let path = ["rules", &*rule.id, "name"];
        let name = free_name(&rule.name, |name| all.contains(name));
        let params = [("entity", &*short(&entity.doc.name)), ("name", &*short(&rule.name))];
        let finding = Finding::new(catalogue::RULE_NAME_TAKEN, entity.place(&path), &params);
        let edits = fixes::set(&entity.doc.id, &path, name.as_str());
        out.push(finding.with_fix(format!("Rename it to `{}`", short(&name)), edits));
    }
}

/// A rule requires something.
pub(super) fn something_is_required(entity: EntityContext<'_>, rule: &RuleDoc, out: &mut Vec<Finding>) {
    if rule.require.is_empty() {
        let place = entity.place(&["rules", &rule.id, "require"]);
        let finding = Finding::new(catalogue::RULE_NOTHING_REQUIRED, place, &[("name", &short(&rule.name))]);
        let edits = fixes::remove(&entity.doc.id, &["rules", &rule.id]);
        out.push(finding.with_fix(format!("Remove `{}`", short(&rule.name)), edits));
    }
}

/// What a rule requires are fields, and ones that could be left out.
pub(super) fn required_fields_exist(entity: EntityContext<'_>, rule: &RuleDoc, out: &mut Vec<Finding>) {
    let mut seen = HashSet::new();
    let mut told = 0;
    for name in rule.require.iter().filter(|name| seen.insert(name.as_str())) {
        let field = entity.field(name);
        if told == TOLD || field.is_some_and(|field| !field.doc.required) {
            continue;
        }
        told += 1;
        let path = ["rules", &*rule.id, "require"];
        let is_free = |other: &str| !rule.require.iter().any(|listed| listed == other);
        let meant = if field.is_none() { entity.fields.suggest(name, is_free) } else { None };
        let code = if field.is_none() { catalogue::RULE_FIELD_UNKNOWN } else { catalogue::RULE_FIELD_REQUIRED_ALREADY };
        let (owner, hint) = (short(&entity.doc.name), hint(meant));
        let params = [("name", &*short(&rule.name)), ("field", &*short(name)), ("entity", &*owner), ("hint", &*hint)];
        let mut params: Vec<(&str, &str)> = params.to_vec();
        params.truncate(if field.is_none() { 4 } else { 2 });
        let finding = Finding::new(code, entity.place(&path), &params);
        let instead = |listed: &'_ String| if listed == name { meant.map(str::to_owned) } else { Some(listed.clone()) };
        let require: Vec<String> = rule.require.iter().filter_map(instead).collect();
        let title = meant.map_or_else(|| "Take it out".to_owned(), |meant| format!("Use `{meant}`"));
        out.push(finding.with_fix(title, fixes::set(&entity.doc.id, &path, require)));
    }
}

/// Conditions come with a later version.
pub(super) fn conditions_come_later(doc: &EntityDoc, out: &mut Vec<Finding>) {
    for rule in doc.rules.iter().filter(|rule| rule.when.is_some()) {
        let path = ["rules", &*rule.id, "when"];
        let place = Place::at(doc.id.as_str(), &path);
        let finding = Finding::new(catalogue::RULE_CONDITION_NOT_YET, place, &[("name", &short(&rule.name))]);
        // Without its condition the rule would hold always, so the fix takes the whole rule.
        let edits = fixes::remove(&doc.id, &["rules", &rule.id]);
        out.push(finding.with_fix(format!("Remove `{}`", short(&rule.name)), edits));
    }
}
