//! One policy: its name, its words, and what comes later.

use crate::context::EntityContext;
use crate::fixes;
use crate::naming::free_name;
use crate::stages::policies::{ACTIONS, effect_of};
use crate::words::{hint, short};
use maq_diag::{Finding, catalogue, did_you_mean};
use maq_doc::PolicyDoc;
use std::collections::HashSet;

/// Wrong actions of one policy that are told.
const TOLD: usize = 20;

/// No two policies have the same name.
pub(in crate::rules) fn names_are_distinct(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let policies = &entity.doc.policies;
    let all: HashSet<&str> = policies.iter().map(|policy| &*policy.name).collect();
    let mut seen = HashSet::new();
    for policy in policies.iter().filter(|policy| !seen.insert(policy.name.as_str())) {
        let path = ["policies", &*policy.id, "name"];
        let name = free_name(&policy.name, |name| all.contains(name));
        let params = [("entity", &*short(&entity.doc.name)), ("name", &*short(&policy.name))];
        let finding = Finding::new(catalogue::POLICY_NAME_TAKEN, entity.place(&path), &params);
        let edits = fixes::set(&entity.doc.id, &path, name.as_str());
        out.push(finding.with_fix(format!("Rename it to `{}`", short(&name)), edits));
    }
}

/// The effect is a known word.
pub(in crate::rules) fn effect_is_known(entity: EntityContext<'_>, policy: &PolicyDoc, out: &mut Vec<Finding>) {
    if effect_of(&policy.effect).is_some() {
        return;
    }
    let path = ["policies", &*policy.id, "effect"];
    let meant = did_you_mean(&short(&policy.effect), ["allow", "deny"]);
    let params = [("effect", &*short(&policy.effect)), ("hint", &*hint(meant))];
    let finding = Finding::new(catalogue::POLICY_EFFECT_UNKNOWN, entity.place(&path), &params);
    out.push(match meant {
        Some(meant) => finding.with_fix(format!("Make it `{meant}`"), fixes::set(&entity.doc.id, &path, meant)),
        None => finding,
    });
}

/// A policy is for actions that there are.
pub(in crate::rules) fn actions_are_known(entity: EntityContext<'_>, policy: &PolicyDoc, out: &mut Vec<Finding>) {
    let path = ["policies", &*policy.id, "actions"];
    if policy.actions.is_empty() {
        let finding =
            Finding::new(catalogue::POLICY_NO_ACTIONS, entity.place(&path), &[("name", &short(&policy.name))]);
        let edits = fixes::remove(&entity.doc.id, &["policies", &policy.id]);
        out.push(finding.with_fix(format!("Remove `{}`", short(&policy.name)), edits));
    }
    let mut seen = HashSet::new();
    let is_unknown = |action: &&String| !ACTIONS.contains(&action.as_str());
    for action in policy.actions.iter().filter(is_unknown).filter(|action| seen.insert(action.as_str())).take(TOLD) {
        let is_free = |word: &&str| *word != "*" && !policy.actions.iter().any(|listed| listed == word);
        let meant = did_you_mean(&short(action), ACTIONS.into_iter().filter(is_free));
        let params = [("action", &*short(action)), ("hint", &*hint(meant))];
        let finding = Finding::new(catalogue::POLICY_ACTION_UNKNOWN, entity.place(&path), &params);
        let instead = |listed: &String| if listed == action { meant.map(str::to_owned) } else { Some(listed.clone()) };
        let actions: Vec<String> = policy.actions.iter().filter_map(instead).collect();
        let title = meant.map_or_else(|| "Take it out".to_owned(), |meant| format!("Make it `{meant}`"));
        out.push(if actions.is_empty() {
            finding
        } else {
            finding.with_fix(title, fixes::set(&entity.doc.id, &path, actions))
        });
    }
}

/// No role is empty. Taking the last one away would mean everyone, so that is no fix.
pub(in crate::rules) fn roles_are_not_empty(entity: EntityContext<'_>, policy: &PolicyDoc, out: &mut Vec<Finding>) {
    let named: Vec<&str> = policy.roles.iter().map(String::as_str).filter(|role| !role.trim().is_empty()).collect();
    if named.len() < policy.roles.len() {
        let path = ["policies", &*policy.id, "roles"];
        let params = [("name", &*short(&policy.name))];
        let finding = Finding::new(catalogue::POLICY_ROLE_EMPTY, entity.place(&path), &params);
        out.push(if named.is_empty() {
            finding
        } else {
            finding.with_fix("Take it away", fixes::set(&entity.doc.id, &path, named))
        });
    }
}

/// A log is only appended to.
pub(in crate::rules) fn log_is_only_appended_to(entity: EntityContext<'_>, policy: &PolicyDoc, out: &mut Vec<Finding>) {
    let changes = policy.actions.iter().find(|action| matches!(action.as_str(), "update" | "delete"));
    let Some(action) = changes.filter(|_| entity.doc.class == "log" && policy.effect == "allow") else { return };
    let path = ["policies", &*policy.id, "actions"];
    let (name, owner) = (short(&policy.name), short(&entity.doc.name));
    let params = [("name", &*name), ("action", action.as_str()), ("entity", &*owner)];
    let finding = Finding::new(catalogue::POLICY_LOG_IS_APPEND_ONLY, entity.place(&path), &params);
    let rest = policy.actions.iter().map(String::as_str).filter(|action| !matches!(*action, "update" | "delete"));
    let rest: Vec<&str> = rest.collect();
    out.push(if rest.is_empty() {
        let edits = fixes::remove(&entity.doc.id, &["policies", &policy.id]);
        finding.with_fix(format!("Remove `{name}`"), edits)
    } else {
        finding.with_fix("Take changing away", fixes::set(&entity.doc.id, &path, rest))
    });
}
