//! Stage eight, of one entity: policies whose effect and actions are known. Roles stay as they are written: an empty
//! one matches nobody, so a mistake never opens a door.

use crate::stages::field_rules;
use maq_doc::{EntityDoc, PolicyScopeDoc};
use maq_ir::{Effect, Grantor, Policy, PolicyScope, Validity};
use maq_value::Instant;
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
pub(crate) fn resolve(doc: &EntityDoc, known: field_rules::Known<'_>) -> PoliciesOutput {
    let policies = doc.policies.iter().filter_map(|policy| {
        let effect = effect_of(&policy.effect)?;
        let of_known = policy.actions.iter().filter(|action| ACTIONS.contains(&action.as_str()));
        let actions: Vec<Arc<str>> = of_known.map(|action| Arc::from(action.as_str())).collect();
        if actions.is_empty() {
            return None;
        }
        let instant = |text: &Option<String>| text.as_deref().map(Instant::parse);
        let (from, until) = (instant(&policy.valid_from), instant(&policy.valid_until));
        Some(Policy {
            id: policy.id.as_str().into(),
            name: policy.name.as_str().into(),
            effect,
            actions,
            roles: texts(&policy.roles),
            principals: texts(&policy.principals),
            scope: scope_of(policy.scope.as_ref()),
            // A condition stays to be compiled, when every entity is there.
            broken: from == Some(None) || until == Some(None),
            validity: Validity { from: from.flatten(), until: until.flatten() },
            grantor: policy
                .granted_by
                .as_ref()
                .map(|grantor| Grantor { user_id: grantor.user_id.as_str().into(), roles: texts(&grantor.roles) }),
            priority: policy.priority,
            condition: None,
            fields: policy.fields.as_ref().map(|fields| field_rules::resolve(fields, effect, known)),
            obligations: field_rules::obligations(&policy.obligations, effect),
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

fn texts(texts: &[String]) -> Vec<Arc<str>> {
    texts.iter().map(|text| Arc::from(text.as_str())).collect()
}

fn scope_of(scope: Option<&PolicyScopeDoc>) -> PolicyScope {
    let text = |text: &Option<String>| text.as_deref().map(Arc::from);
    scope.map_or_else(PolicyScope::default, |scope| PolicyScope {
        realm: text(&scope.realm),
        tenant: text(&scope.tenant),
        org: text(&scope.org),
    })
}
