//! Stage eight, of one entity: policies whose effect and actions are known. Roles stay as they are written: an empty
//! one matches nobody, so a mistake never opens a door.

use maq_doc::EntityDoc;
use maq_ir::{Effect, Policy};
use std::sync::Arc;

/// Every action a policy can be for.
pub(crate) const ACTIONS: [&str; 5] = ["create", "read", "update", "delete", "*"];

/// The policies that can be used.
#[derive(Debug)]
pub(crate) struct PoliciesOutput {
    /// In document order.
    pub policies: Vec<Policy>,
}

/// Resolves the policies.
pub(crate) fn resolve(doc: &EntityDoc) -> PoliciesOutput {
    let policies = doc.policies.iter().filter_map(|policy| {
        let known = policy.actions.iter().filter(|action| ACTIONS.contains(&action.as_str()));
        let actions: Vec<Arc<str>> = known.map(|action| Arc::from(action.as_str())).collect();
        if actions.is_empty() {
            return None;
        }
        Some(Policy {
            id: policy.id.as_str().into(),
            name: policy.name.as_str().into(),
            effect: effect_of(&policy.effect)?,
            actions,
            roles: policy.roles.iter().map(|role| Arc::from(role.as_str())).collect(),
            priority: policy.priority,
            conditional: policy.condition.is_some(),
        })
    });
    PoliciesOutput { policies: policies.collect() }
}

/// The effect a word says.
pub(crate) fn effect_of(word: &str) -> Option<Effect> {
    match word {
        "allow" => Some(Effect::Allow),
        "deny" => Some(Effect::Deny),
        _ => None,
    }
}
