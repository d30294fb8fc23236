//! Whom a policy is for, where, how long, and who lends it.

use crate::context::EntityContext;
use crate::fixes;
use crate::words::short;
use maq_diag::{Finding, catalogue};
use maq_doc::PolicyDoc;
use maq_value::Instant;

/// No user id is empty. Taking the last subject away would mean everyone, so that is no fix.
pub(in crate::rules) fn principals_are_not_empty(
    entity: EntityContext<'_>,
    policy: &PolicyDoc,
    out: &mut Vec<Finding>,
) {
    let named: Vec<&str> = policy.principals.iter().map(String::as_str).filter(|id| !id.trim().is_empty()).collect();
    if named.len() < policy.principals.len() {
        let path = ["policies", &*policy.id, "principals"];
        let params = [("name", &*short(&policy.name))];
        let finding = Finding::new(catalogue::POLICY_PRINCIPAL_EMPTY, entity.place(&path), &params);
        out.push(if named.is_empty() && policy.roles.is_empty() {
            finding
        } else {
            finding.with_fix("Take it away", fixes::set(&entity.doc.id, &path, named))
        });
    }
}

/// What a scope names is named.
pub(in crate::rules) fn scope_is_named(entity: EntityContext<'_>, policy: &PolicyDoc, out: &mut Vec<Finding>) {
    let Some(scope) = &policy.scope else { return };
    for (key, word) in [("realm", &scope.realm), ("tenant", &scope.tenant), ("org", &scope.org)] {
        if word.as_ref().is_some_and(|word| word.trim().is_empty()) {
            let params = [("key", key), ("name", &*short(&policy.name))];
            let place = entity.place(&["policies", &policy.id, "scope", key]);
            out.push(Finding::new(catalogue::POLICY_SCOPE_EMPTY, place, &params));
        }
    }
}

/// A validity can be read, and lasts.
pub(in crate::rules) fn validity_lasts(entity: EntityContext<'_>, policy: &PolicyDoc, out: &mut Vec<Finding>) {
    let mut instants = Vec::new();
    for (key, text) in [("validFrom", &policy.valid_from), ("validUntil", &policy.valid_until)] {
        let Some(text) = text else { continue };
        match Instant::parse(text) {
            Some(instant) => instants.push(instant),
            None => {
                let place = entity.place(&["policies", &policy.id, key]);
                out.push(Finding::new(catalogue::POLICY_VALIDITY_UNREADABLE, place, &[("instant", &*short(text))]));
            }
        }
    }
    if let [from, until] = &*instants
        && until <= from
    {
        let place = entity.place(&["policies", &policy.id, "validUntil"]);
        let params = [("name", &*short(&policy.name)), ("from", &*from.to_string()), ("until", &*until.to_string())];
        out.push(Finding::new(catalogue::POLICY_VALIDITY_EMPTY, place, &params));
    }
}

/// Only an allow is lent, by someone, and for a time.
pub(in crate::rules) fn grant_is_whole(entity: EntityContext<'_>, policy: &PolicyDoc, out: &mut Vec<Finding>) {
    let Some(grantor) = &policy.granted_by else { return };
    let path = ["policies", &*policy.id, "grantedBy"];
    let params = [("name", &*short(&policy.name))];
    if policy.effect == "deny" {
        let finding = Finding::new(catalogue::POLICY_GRANT_OF_DENY, entity.place(&path), &params);
        out.push(finding.with_fix("Take `grantedBy` away", fixes::unset(&entity.doc.id, &path)));
    } else if grantor.user_id.trim().is_empty() {
        let place = entity.place(&["policies", &policy.id, "grantedBy", "userId"]);
        out.push(Finding::new(catalogue::POLICY_GRANTOR_EMPTY, place, &params));
    } else if policy.valid_until.is_none() {
        out.push(Finding::new(catalogue::POLICY_GRANT_WITHOUT_END, entity.place(&path), &params));
    }
}
