//! The policies of an entity together.

use crate::context::EntityContext;
use crate::fixes;
use crate::words::short;
use maq_diag::{Finding, catalogue};
use maq_doc::PolicyDoc;

/// Most pairs of an allow and a deny that are compared.
const PAIRS: usize = 100_000;

fn is_for(policy: &PolicyDoc, action: &str) -> bool {
    policy.actions.iter().any(|listed| listed == action || listed == "*")
}

fn is_for_everyone(policy: &PolicyDoc) -> bool {
    policy.roles.is_empty() || policy.roles.iter().any(|role| role == "*")
}

/// Someone may read.
pub(in crate::rules) fn someone_can_read(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    if !entity.doc.policies.iter().any(|policy| policy.effect == "allow" && is_for(policy, "read")) {
        let params = [("entity", &*short(&entity.doc.name))];
        out.push(Finding::new(catalogue::POLICY_NOBODY_CAN_READ, entity.place(&["policies"]), &params));
    }
}

/// No allow is denied whole by a policy that comes before it.
pub(in crate::rules) fn allows_are_not_shadowed(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let (allows, others): (Vec<&PolicyDoc>, Vec<&PolicyDoc>) =
        entity.doc.policies.iter().partition(|policy| policy.effect == "allow");
    let denies: Vec<&PolicyDoc> =
        others.into_iter().filter(|policy| policy.effect == "deny" && policy.condition.is_none()).collect();
    if allows.len() * denies.len() > PAIRS {
        return;
    }
    for allow in allows.into_iter().filter(|allow| !allow.actions.is_empty()) {
        if let Some(deny) = denies.iter().find(|deny| covers(deny, allow)) {
            let params = [("name", &*short(&allow.name)), ("other", &*short(&deny.name))];
            let place = entity.place(&["policies", &allow.id]);
            let finding = Finding::new(catalogue::POLICY_SHADOWED_BY_DENY, place, &params)
                .related_to(entity.place(&["policies", &deny.id]), "it denies first");
            let edits = fixes::remove(&entity.doc.id, &["policies", &allow.id]);
            out.push(finding.with_fix(format!("Remove `{}`", short(&allow.name)), edits));
        }
    }
}

/// Whether everything `allow` is for is denied at its priority or a higher one.
fn covers(deny: &PolicyDoc, allow: &PolicyDoc) -> bool {
    let roles =
        is_for_everyone(deny) || (!is_for_everyone(allow) && allow.roles.iter().all(|role| deny.roles.contains(role)));
    let actions = if allow.actions.iter().any(|action| action == "*") {
        ["create", "read", "update", "delete"].iter().all(|action| is_for(deny, action))
    } else {
        allow.actions.iter().all(|action| is_for(deny, action))
    };
    deny.priority >= allow.priority && roles && actions
}
