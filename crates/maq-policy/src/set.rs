//! The compiled rules of one entity, indexed by action and role.
//!
//! Without conditions the rules of one action and one role always end in the same answer, so it is worked out once: a
//! [`Verdict`] per action and role. A decision looks up one verdict for each role of the principal and one for
//! everyone, and the strongest wins; its cost does not grow with the number of rules.

use crate::decide::{Decision, RuleRef, reason};
use maq_ir::{Effect, Entity, Policy};
use maq_value::Principal;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::Arc;

/// The actions that can be decided; any other is denied.
pub const ACTIONS: [&str; 4] = ["create", "read", "update", "delete"];

/// Every action in a policy's actions, everyone in its roles.
pub(crate) const EVERY: &str = "*";

/// The policies of an entity, ready to decide.
#[derive(Debug, Clone)]
pub struct PolicySet {
    /// In order of evaluation: higher priority first, then deny, then document order.
    ordered: Vec<Policy>,
    /// What a decision says of each of them, close together: with many rules each is read from far memory.
    refs: Vec<RuleRef>,
    /// One table an action, as in [`ACTIONS`].
    tables: [Verdicts; ACTIONS.len()],
    digest: Arc<str>,
}

/// What everyone and each role gets for one action.
#[derive(Debug, Clone, Default)]
struct Verdicts {
    everyone: Option<Verdict>,
    roles: HashMap<Arc<str>, Verdict>,
}

/// The strongest rules of one action and role.
#[derive(Debug, Clone)]
struct Verdict {
    strength: Strength,
    /// Positions in `PolicySet::ordered`, ascending.
    rules: Vec<u32>,
}

/// Priority, then deny over allow.
type Strength = (i64, bool);

impl PolicySet {
    /// Compiles the policies of `entity`.
    pub fn compile(entity: &Entity) -> PolicySet {
        let mut ordered = entity.policies.clone();
        ordered.sort_by_key(|policy| (std::cmp::Reverse(policy.priority), policy.effect == Effect::Allow));
        let mut tables: [Verdicts; ACTIONS.len()] = Default::default();
        for (action, table) in ACTIONS.iter().zip(&mut tables) {
            for (at, policy) in ordered.iter().enumerate() {
                if can_match(policy) && covers_action(policy, action) {
                    table.add(policy, u32::try_from(at).unwrap_or(u32::MAX));
                }
            }
        }
        let refs = ordered.iter().map(RuleRef::of).collect();
        PolicySet { digest: digest_of(&entity.policies), ordered, refs, tables }
    }

    /// SHA-256 over the policies, in hex; their order in the document does not count.
    pub fn digest(&self) -> &Arc<str> {
        &self.digest
    }

    /// Decides, with the evidence.
    pub fn decide(&self, principal: &Principal, action: &str) -> Decision {
        let Some(table) = self.table(action) else {
            return self.denied(format!("`{action}` is not an action that can be allowed"));
        };
        let mut strongest: Option<Strength> = None;
        let mut rules: Vec<u32> = Vec::with_capacity(4);
        for verdict in table.verdicts(principal) {
            if strongest < Some(verdict.strength) {
                strongest = Some(verdict.strength);
                rules.clear();
            }
            if strongest == Some(verdict.strength) {
                rules.extend_from_slice(&verdict.rules);
            }
        }
        let Some((_, denies)) = strongest else {
            return self.denied(format!("no policy allows `{action}`"));
        };
        rules.sort_unstable();
        rules.dedup();
        let decided_by: Vec<RuleRef> = rules.iter().filter_map(|at| self.refs.get(*at as usize)).cloned().collect();
        let allowed = !denies;
        Decision { allowed, reason: reason(allowed, &decided_by), decided_by, policy_set: self.digest.clone() }
    }

    /// The same answer without the evidence; allocates nothing.
    pub fn allows(&self, principal: &Principal, action: &str) -> bool {
        self.table(action).and_then(|table| table.strongest(principal)).is_some_and(|(_, denies)| !denies)
    }

    /// The policies that speak to `action`, in order of evaluation.
    pub fn policies_for(&self, action: &str) -> Vec<&Policy> {
        self.ordered.iter().filter(|policy| covers_action(policy, action)).collect()
    }

    /// What the policy `name` alone says; `None` when there is no such policy. Without an action only its roles are
    /// asked.
    pub fn evaluate_one(&self, name: &str, principal: &Principal, action: Option<&str>) -> Option<Decision> {
        let policy = self.ordered.iter().find(|policy| &*policy.name == name)?;
        let known = action.is_none_or(|action| ACTIONS.contains(&action) && covers_action(policy, action));
        if !can_match(policy) {
            return Some(self.denied(format!("`{name}` has a condition, which cannot be evaluated yet")));
        }
        if !known || !covers_principal(policy, principal) {
            return Some(self.denied(format!("`{name}` does not apply")));
        }
        let allowed = policy.effect == Effect::Allow;
        let decided_by = vec![RuleRef::of(policy)];
        Some(Decision { allowed, reason: reason(allowed, &decided_by), decided_by, policy_set: self.digest.clone() })
    }

    fn table(&self, action: &str) -> Option<&Verdicts> {
        let at = ACTIONS.iter().position(|known| *known == action)?;
        self.tables.get(at)
    }

    fn denied(&self, reason: String) -> Decision {
        Decision { allowed: false, decided_by: Vec::new(), reason, policy_set: self.digest.clone() }
    }
}

impl Verdicts {
    fn add(&mut self, policy: &Policy, at: u32) {
        let strength = (policy.priority, policy.effect == Effect::Deny);
        if is_for_everyone(policy) {
            match &mut self.everyone {
                Some(verdict) => verdict.add(strength, at),
                empty => *empty = Some(Verdict { strength, rules: vec![at] }),
            }
            return;
        }
        for role in &policy.roles {
            let verdict =
                self.roles.entry(role.clone()).or_insert_with(|| Verdict { strength, rules: Vec::with_capacity(1) });
            verdict.add(strength, at);
        }
    }

    fn verdicts<'a>(&'a self, principal: &'a Principal) -> impl Iterator<Item = &'a Verdict> {
        let of_roles = principal.roles.iter().filter_map(|role| self.roles.get(role.as_str()));
        self.everyone.iter().chain(of_roles)
    }

    fn strongest(&self, principal: &Principal) -> Option<Strength> {
        self.verdicts(principal).map(|verdict| verdict.strength).max()
    }
}

impl Verdict {
    fn add(&mut self, strength: Strength, at: u32) {
        if strength > self.strength {
            self.strength = strength;
            self.rules.clear();
        }
        if strength == self.strength && self.rules.last() != Some(&at) {
            self.rules.push(at);
        }
    }
}

/// A conditional allow never matches, a conditional deny always does.
fn can_match(policy: &Policy) -> bool {
    !policy.conditional || policy.effect == Effect::Deny
}

fn covers_action(policy: &Policy, action: &str) -> bool {
    policy.actions.iter().any(|known| &**known == EVERY || &**known == action)
}

fn is_for_everyone(policy: &Policy) -> bool {
    policy.roles.is_empty() || policy.roles.iter().any(|role| &**role == EVERY)
}

fn covers_principal(policy: &Policy, principal: &Principal) -> bool {
    is_for_everyone(policy) || policy.roles.iter().any(|role| principal.roles.iter().any(|own| **role == **own))
}

fn digest_of(policies: &[Policy]) -> Arc<str> {
    let mut by_id: Vec<&Policy> = policies.iter().collect();
    by_id.sort_by(|left, right| (&left.id, &left.name).cmp(&(&right.id, &right.name)));
    let mut hasher = Sha256::new();
    for policy in by_id {
        put(&mut hasher, &policy.id);
        put(&mut hasher, &policy.name);
        hasher.update([u8::from(policy.effect == Effect::Deny), u8::from(policy.conditional)]);
        hasher.update(policy.priority.to_be_bytes());
        for list in [&policy.actions, &policy.roles] {
            hasher.update((list.len() as u64).to_be_bytes());
            list.iter().for_each(|text| put(&mut hasher, text));
        }
    }
    hex::encode(hasher.finalize()).into()
}

/// Length before bytes, so that no two different sets share a text.
fn put(hasher: &mut Sha256, text: &str) {
    hasher.update((text.len() as u64).to_be_bytes());
    hasher.update(text.as_bytes());
}

#[cfg(test)]
mod tests;
