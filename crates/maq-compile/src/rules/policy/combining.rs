//! How the policies of an entity are combined, and how many there may be.

use super::{covers_subjects, is_for, is_for_everyone, is_unlimited};
use crate::context::EntityContext;
use crate::fixes;
use crate::stages::policies::ACTIONS;
use crate::words::{hint, short};
use crate::{MAX_CONDITIONS, MAX_ONE_APPLICABLE, MAX_POLICIES};
use maq_diag::{Finding, catalogue, did_you_mean};
use maq_doc::PolicyDoc;
use maq_ir::Combining;
use std::collections::HashMap;

/// Most pairs of policies that are compared.
const PAIRS: usize = 100_000;

/// How the policies of a document are combined.
pub(super) fn combining_of(entity: EntityContext<'_>) -> Combining {
    entity.doc.combining.as_deref().and_then(Combining::of).unwrap_or_default()
}

/// The combining algorithm is a known one.
pub(in crate::rules) fn combining_is_known(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let Some(word) = entity.doc.combining.as_deref().filter(|word| Combining::of(word).is_none()) else { return };
    let words = Combining::ALL.map(Combining::word);
    let meant = did_you_mean(&short(word), words);
    let known = words.map(|word| format!("`{word}`")).join(", ");
    let params = [("combining", &*short(word)), ("hint", &*hint(meant)), ("known", &*known)];
    let finding = Finding::new(catalogue::POLICY_COMBINING_UNKNOWN, entity.place(&["combining"]), &params);
    out.push(match meant {
        Some(meant) => {
            finding.with_fix(format!("Make it `{meant}`"), fixes::set(&entity.doc.id, &["combining"], meant))
        }
        None => finding,
    });
}

/// There are not more policies than can be decided by.
pub(in crate::rules) fn policies_are_not_too_many(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let count = entity.doc.policies.len();
    let owner = short(&entity.doc.name);
    if count > MAX_POLICIES {
        let params = [("entity", &*owner), ("count", &*count.to_string()), ("limit", &*MAX_POLICIES.to_string())];
        out.push(Finding::new(catalogue::POLICY_TOO_MANY, entity.place(&["policies"]), &params));
    }
    let is_one = combining_of(entity) == Combining::OnlyOneApplicable;
    let limit = if is_one { MAX_ONE_APPLICABLE } else { MAX_CONDITIONS };
    for action in ACTIONS.into_iter().filter(|action| *action != "*") {
        let conditional = entity.doc.policies.iter().filter(|policy| policy.condition.is_some() || is_one);
        let count = most_for_one(conditional.filter(|policy| is_for(policy, action)));
        if count > limit {
            let params = [
                ("entity", &*owner),
                ("count", &*count.to_string()),
                ("action", action),
                ("limit", &*limit.to_string()),
            ];
            out.push(Finding::new(catalogue::POLICY_TOO_MANY_CONDITIONS, entity.place(&["policies"]), &params));
        }
    }
}

/// How many policies somebody with one role, or one user, meets at most.
fn most_for_one<'a>(policies: impl Iterator<Item = &'a PolicyDoc>) -> usize {
    let mut everyone = 0;
    let mut by_name: HashMap<(bool, &str), usize> = HashMap::new();
    for policy in policies {
        if is_for_everyone(policy) {
            everyone += 1;
            continue;
        }
        let roles = policy.roles.iter().map(|role| (true, role.as_str()));
        for name in roles.chain(policy.principals.iter().map(|user| (false, user.as_str()))) {
            *by_name.entry(name).or_default() += 1;
        }
    }
    everyone + by_name.into_values().max().unwrap_or_default()
}

/// The algorithm asks the policy, and its priority.
pub(in crate::rules) fn policies_have_a_say(entity: EntityContext<'_>, policy: &PolicyDoc, out: &mut Vec<Finding>) {
    let combining = combining_of(entity);
    let (effect, word) = match combining {
        Combining::PermitOverrides | Combining::DenyUnlessPermit => ("deny", "denies"),
        Combining::PermitUnlessDeny => ("allow", "allows"),
        _ => ("", ""),
    };
    let name = short(&policy.name);
    if policy.effect == effect && (effect == "allow" || policy.fields.is_none()) {
        let params = [("name", &*name), ("combining", combining.word()), ("effect", word)];
        let place = entity.place(&["policies", &policy.id]);
        out.push(Finding::new(catalogue::POLICY_WITHOUT_SAY, place, &params));
    } else if policy.priority != 0 && combining != Combining::PriorityDenyOverrides {
        let path = ["policies", &*policy.id, "priority"];
        let params = [("name", &*name), ("combining", combining.word())];
        let finding = Finding::new(catalogue::POLICY_PRIORITY_WITHOUT_EFFECT, entity.place(&path), &params);
        out.push(finding.with_fix("Take the priority away", fixes::set(&entity.doc.id, &path, 0)));
    }
}

/// No allow says only what another one says already.
pub(in crate::rules) fn allows_are_not_redundant(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let combining = combining_of(entity);
    let counts_priority = match combining {
        Combining::PriorityDenyOverrides => true,
        Combining::DenyOverrides | Combining::PermitOverrides | Combining::DenyUnlessPermit => false,
        _ => return,
    };
    let allows: Vec<&PolicyDoc> =
        entity.doc.policies.iter().filter(|policy| policy.effect == "allow" && !policy.actions.is_empty()).collect();
    let wide: Vec<&PolicyDoc> =
        allows.iter().copied().filter(|policy| is_unlimited(policy) && policy.fields.is_none()).collect();
    if allows.len() * wide.len() > PAIRS {
        return;
    }
    let mut told: Vec<&str> = Vec::new();
    for allow in allows.into_iter().filter(|allow| allow.obligations.is_empty()) {
        let says_more = |other: &&&PolicyDoc| {
            other.id != allow.id
                && !told.contains(&&*other.id)
                && (!counts_priority || other.priority >= allow.priority)
                && covers_subjects(other, allow)
                && actions_of(allow).all(|action| is_for(other, action))
        };
        if let Some(other) = wide.iter().find(says_more) {
            told.push(&allow.id);
            let params = [("name", &*short(&allow.name)), ("other", &*short(&other.name))];
            let finding = Finding::new(catalogue::POLICY_REDUNDANT, entity.place(&["policies", &allow.id]), &params)
                .related_to(entity.place(&["policies", &other.id]), "it allows all of it");
            let edits = fixes::remove(&entity.doc.id, &["policies", &allow.id]);
            out.push(finding.with_fix(format!("Remove `{}`", short(&allow.name)), edits));
        }
    }
}

/// The actions a policy is for, `*` spelled out.
pub(super) fn actions_of(policy: &PolicyDoc) -> impl Iterator<Item = &str> {
    let is_every = policy.actions.iter().any(|action| action == "*");
    let listed = policy.actions.iter().map(String::as_str).filter(move |_| !is_every);
    listed.chain(ACTIONS.into_iter().filter(move |action| is_every && *action != "*"))
}
