//! The digest of a policy set.

use maq_ir::{Combining, Effect, FieldList, Policy};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// SHA-256 in hex; the order of policies counts only where the algorithm asks for it.
pub(crate) fn digest_of(combining: Combining, policies: &[Policy]) -> Arc<str> {
    let mut ordered: Vec<&Policy> = policies.iter().collect();
    if combining != Combining::FirstApplicable {
        ordered.sort_by(|left, right| (&left.id, &left.name).cmp(&(&right.id, &right.name)));
    }
    let mut hasher = Sha256::new();
    put(&mut hasher, combining.word());
    for policy in ordered {
        put(&mut hasher, &policy.id);
        put(&mut hasher, &policy.name);
        hasher.update([u8::from(policy.effect == Effect::Deny), u8::from(policy.broken)]);
        hasher.update(policy.priority.to_be_bytes());
        for list in [&policy.actions, &policy.roles, &policy.principals] {
            hasher.update((list.len() as u64).to_be_bytes());
            list.iter().for_each(|text| put(&mut hasher, text));
        }
        let scope = [&policy.scope.realm, &policy.scope.tenant, &policy.scope.org];
        scope.into_iter().for_each(|text| put_some(&mut hasher, text.as_deref()));
        for instant in [policy.validity.from, policy.validity.until] {
            put_some(&mut hasher, instant.map(|instant| instant.0.to_string()).as_deref());
        }
        put_some(&mut hasher, policy.condition.as_ref().map(|condition| &*condition.text));
        let grantor = policy.grantor.as_ref().map(|grantor| format!("{grantor:?}"));
        put_some(&mut hasher, grantor.as_deref());
        put_some(&mut hasher, policy.fields.as_ref().map(fields).as_deref());
        put(&mut hasher, &format!("{:?}", policy.obligations));
    }
    hex::encode(hasher.finalize()).into()
}

fn fields(rules: &maq_ir::FieldRules) -> String {
    let list = |list: &FieldList| match list {
        FieldList::Every => "*".to_owned(),
        FieldList::Some(fields) => format!("{fields:?}"),
    };
    format!("{} {} {:?}", list(&rules.read), list(&rules.write), rules.masks)
}

fn put_some(hasher: &mut Sha256, text: Option<&str>) {
    hasher.update([u8::from(text.is_some())]);
    put(hasher, text.unwrap_or_default());
}

/// Length before bytes, so that no two different sets share a text.
fn put(hasher: &mut Sha256, text: &str) {
    hasher.update((text.len() as u64).to_be_bytes());
    hasher.update(text.as_bytes());
}
