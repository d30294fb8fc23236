//! The policies of an entity together.

use super::combining::{actions_of, combining_of};
use super::{covers_subjects, is_for, is_unlimited};
use crate::context::EntityContext;
use crate::fixes;
use crate::words::short;
use maq_diag::{Finding, catalogue};
use maq_doc::PolicyDoc;
use maq_ir::Combining;

/// Most pairs of an allow and a deny that are compared.
const PAIRS: usize = 100_000;

/// Someone may read.
pub(in crate::rules) fn someone_can_read(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let is_open = combining_of(entity) == Combining::PermitUnlessDeny;
    if !is_open && !entity.doc.policies.iter().any(|policy| policy.effect == "allow" && is_for(policy, "read")) {
        let params = [("entity", &*short(&entity.doc.name))];
        out.push(Finding::new(catalogue::POLICY_NOBODY_CAN_READ, entity.place(&["policies"]), &params));
    }
}

/// No allow is denied whole by a policy that comes before it.
pub(in crate::rules) fn allows_are_not_shadowed(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let (allows, others): (Vec<&PolicyDoc>, Vec<&PolicyDoc>) =
        entity.doc.policies.iter().partition(|policy| policy.effect == "allow");
    let is_whole = |policy: &&PolicyDoc| policy.effect == "deny" && policy.fields.is_none() && is_unlimited(policy);
    let denies: Vec<&PolicyDoc> = others.into_iter().filter(is_whole).collect();
    let counts_priority = match combining_of(entity) {
        Combining::PriorityDenyOverrides => true,
        Combining::DenyOverrides => false,
        _ => return,
    };
    if allows.len() * denies.len() > PAIRS {
        return;
    }
    for allow in allows.into_iter().filter(|allow| !allow.actions.is_empty()) {
        if let Some(deny) = denies.iter().find(|deny| covers(deny, allow, counts_priority)) {
            let params = [("name", &*short(&allow.name)), ("other", &*short(&deny.name))];
            let place = entity.place(&["policies", &allow.id]);
            let finding = Finding::new(catalogue::POLICY_SHADOWED_BY_DENY, place, &params)
                .related_to(entity.place(&["policies", &deny.id]), "it denies first");
            let edits = fixes::remove(&entity.doc.id, &["policies", &allow.id]);
            out.push(finding.with_fix(format!("Remove `{}`", short(&allow.name)), edits));
        }
    }
}

/// Whether everything `allow` is for is denied, at its priority or a higher one where that counts.
fn covers(deny: &PolicyDoc, allow: &PolicyDoc, counts_priority: bool) -> bool {
    (!counts_priority || deny.priority >= allow.priority)
        && covers_subjects(deny, allow)
        && actions_of(allow).all(|action| is_for(deny, action))
}
