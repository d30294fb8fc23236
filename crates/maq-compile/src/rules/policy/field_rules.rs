//! The field rules of a policy: fields, masks, and what is read without being named.

use super::{is_for, listed_names};
use crate::context::EntityContext;
use crate::fixes;
use crate::stages::constraints::classification_of;
use crate::stages::field_rules::mask_of;
use crate::words::{hint, short};
use maq_diag::{Finding, catalogue, did_you_mean};
use maq_doc::{FieldListDoc, FieldRulesDoc, PolicyDoc};
use maq_ir::Classification;
use serde_json::{Value as Json, json};

/// Findings of one kind for one policy.
const TOLD: usize = 20;
const MASKS: [&str; 4] = ["null", "fixed", "partial", "hash"];

fn lists(rules: &FieldRulesDoc) -> impl Iterator<Item = (&'static str, &FieldListDoc)> {
    [("read", &rules.read), ("write", &rules.write)].into_iter().filter_map(|(key, list)| Some((key, list.as_ref()?)))
}

/// Fields are a list, or `*`.
pub(in crate::rules) fn fields_are_lists(entity: EntityContext<'_>, policy: &PolicyDoc, out: &mut Vec<Finding>) {
    let Some(rules) = &policy.fields else { return };
    for (key, list) in lists(rules) {
        let FieldListDoc::Word(word) = list else { continue };
        if word == "*" {
            continue;
        }
        let path = ["policies", &*policy.id, "fields", key];
        let params = [("key", key), ("name", &*short(&policy.name)), ("word", &*short(word))];
        let finding = Finding::new(catalogue::POLICY_FIELDS_NOT_A_LIST, entity.place(&path), &params);
        let is_field = entity.field(word).is_some();
        let (title, value) = if is_field { ("Make it a list", json!([word])) } else { ("Make it `*`", json!("*")) };
        // A deny that suddenly takes everything away is no mending.
        out.push(if is_field || policy.effect == "allow" && key == "read" && word.trim().is_empty() {
            finding.with_fix(title, fixes::set(&entity.doc.id, &path, value))
        } else {
            finding
        });
    }
}

/// The fields are the entity's.
pub(in crate::rules) fn fields_exist(entity: EntityContext<'_>, policy: &PolicyDoc, out: &mut Vec<Finding>) {
    let Some(rules) = &policy.fields else { return };
    let mut told = 0;
    for (key, list) in lists(rules) {
        let FieldListDoc::Names(names) = list else { continue };
        for name in names.iter().filter(|name| *name != "*" && entity.field(name).is_none()) {
            told += 1;
            if told > TOLD {
                return;
            }
            let path = ["policies", &*policy.id, "fields", key];
            let meant = entity.fields.suggest(name, |other| !names.iter().any(|listed| listed == other));
            let instead =
                |listed: &String| if listed == name { meant.map(str::to_owned) } else { Some(listed.clone()) };
            let mended: Vec<String> = names.iter().filter_map(instead).collect();
            let finding = unknown(entity, policy, &path, name, meant);
            let title = meant.map_or_else(|| "Take it out".to_owned(), |meant| format!("Use `{}`", short(meant)));
            out.push(finding.with_fix(title, fixes::set(&entity.doc.id, &path, mended)));
        }
    }
    for name in rules.mask.keys().filter(|name| entity.field(name).is_none()).take(TOLD) {
        let path = ["policies", &*policy.id, "fields", "mask", name];
        let meant = entity.fields.suggest(name, |other| !rules.mask.contains_key(other));
        let finding = unknown(entity, policy, &path, name, meant);
        let mut masks = rules.mask.clone();
        let mask = masks.remove(name);
        if let (Some(meant), Some(mask)) = (meant, mask) {
            masks.insert(meant.to_owned(), mask);
        }
        let title = meant.map_or_else(|| "Take it out".to_owned(), |meant| format!("Use `{}`", short(meant)));
        let value = serde_json::to_value(&masks).unwrap_or_default();
        let all = ["policies", &*policy.id, "fields", "mask"];
        out.push(finding.with_fix(title, fixes::set(&entity.doc.id, &all, value)));
    }
}

fn unknown(entity: EntityContext<'_>, policy: &PolicyDoc, path: &[&str], name: &str, meant: Option<&str>) -> Finding {
    let (owner, hint) = (short(&entity.doc.name), hint(meant));
    let params = [("name", &*short(&policy.name)), ("field", &*short(name)), ("entity", &*owner), ("hint", &*hint)];
    Finding::new(catalogue::POLICY_FIELD_UNKNOWN, entity.place(path), &params)
}

/// A deny of fields names some.
pub(in crate::rules) fn denied_fields_are_named(entity: EntityContext<'_>, policy: &PolicyDoc, out: &mut Vec<Finding>) {
    let Some(rules) = policy.fields.as_ref().filter(|_| policy.effect == "deny") else { return };
    let names_some = lists(rules).any(|(_, list)| !list.names().is_empty()) || !rules.mask.is_empty();
    if !names_some {
        let path = ["policies", &*policy.id, "fields"];
        let params = [("name", &*short(&policy.name))];
        out.push(Finding::new(catalogue::POLICY_FIELDS_TAKE_NOTHING, entity.place(&path), &params));
    }
}

/// Masks are of a kind that there is and go with the field.
pub(in crate::rules) fn masks_fit(entity: EntityContext<'_>, policy: &PolicyDoc, out: &mut Vec<Finding>) {
    for (name, mask) in policy.fields.iter().flat_map(|rules| &rules.mask).take(TOLD) {
        let path = ["policies", &*policy.id, "fields", "mask", name];
        if !MASKS.contains(&&*mask.kind) {
            let path = ["policies", &*policy.id, "fields", "mask", name, "kind"];
            let meant = did_you_mean(&short(&mask.kind), MASKS);
            let params = [("kind", &*short(&mask.kind)), ("hint", &*hint(meant))];
            let finding = Finding::new(catalogue::POLICY_MASK_UNKNOWN, entity.place(&path), &params);
            let fits = |meant: &&str| {
                let mask = maq_doc::MaskDoc { kind: (*meant).to_owned(), ..mask.clone() };
                entity.field(name).and_then(|field| field.ty()).is_none_or(|ty| mask_of(&mask, ty).is_ok())
            };
            out.push(match meant.filter(fits) {
                Some(meant) => finding.with_fix(format!("Make it `{meant}`"), fixes::set(&entity.doc.id, &path, meant)),
                None => finding,
            });
            continue;
        }
        let Some(ty) = entity.field(name).and_then(|field| field.ty()) else { continue };
        if let Err(problem) = mask_of(mask, ty) {
            let params = [("kind", &*mask.kind), ("field", &*short(name)), ("problem", &*problem)];
            let finding = Finding::new(catalogue::POLICY_MASK_DOES_NOT_FIT, entity.place(&path), &params);
            let edits = fixes::set(&entity.doc.id, &path, json!({"kind": "null"}));
            out.push(finding.with_fix("Show nothing of it", edits));
        }
    }
}

/// What is personal or secret is read because a policy says so, not because it says nothing.
pub(in crate::rules) fn classified_fields_are_said(
    entity: EntityContext<'_>,
    policy: &PolicyDoc,
    out: &mut Vec<Finding>,
) {
    if policy.effect != "allow" || !is_for(policy, "read") {
        return;
    }
    let empty = FieldRulesDoc::default();
    let rules = policy.fields.as_ref().unwrap_or(&empty);
    let reads_all = rules.read.as_ref().is_none_or(FieldListDoc::is_every);
    if !reads_all {
        return;
    }
    let is_said = |name: &str| rules.mask.contains_key(name) || listed_names(rules.read.as_ref()).any(|it| it == name);
    let mut told = 0;
    for field in entity.fields() {
        let class = classification_of(field.doc.classification.as_deref());
        let word = match class {
            Classification::Personal => "personal",
            Classification::Secret => "secret",
            Classification::Public | Classification::Internal => continue,
        };
        if is_said(&field.doc.name) || told == TOLD {
            continue;
        }
        told += 1;
        let params = [("name", &*short(&policy.name)), ("field", &*short(&field.doc.name)), ("classification", word)];
        let place = entity.place(&["policies", &policy.id, "fields"]);
        let finding = Finding::new(catalogue::POLICY_CLASSIFIED_UNSAID, place, &params)
            .related_to(field.place("classification"), "it is classified here");
        let mut masked = rules.clone();
        masked.mask.insert(field.doc.name.clone(), maq_doc::MaskDoc { kind: "null".into(), ..Default::default() });
        let value = serde_json::to_value(&masked).unwrap_or(Json::Null);
        let edits = fixes::set(&entity.doc.id, &["policies", &policy.id, "fields"], value);
        out.push(finding.with_fix(format!("Mask `{}`", short(&field.doc.name)), edits));
    }
}
