//! The compiled policies of one entity.

use crate::decide::{Decision, RuleRef};
use crate::digest::digest_of;
use crate::evidence::Secrets;
use crate::index::{Candidates, Index, covers_action};
use crate::operations::{ACTIONS, data_action};
use crate::order::{has_a_say, in_order};
use crate::roles::RoleCatalogue;
use crate::rule::{Rule, RuleIndex, is_lent};
use crate::unfulfilled;
use maq_expr::Known;
use maq_ir::{Classification, Combining, Entity, EntityView, Obligation, Policy};
use maq_value::Principal;
use std::sync::Arc;

/// The policies of an entity, ready to decide.
#[derive(Debug, Clone)]
pub struct PolicySet {
    /// In order of evaluation.
    pub(crate) rules: Vec<Rule>,
    /// What a decision says of each of them, close together: with many rules each is read from far memory.
    refs: Vec<RuleRef>,
    /// One for each of [`ACTIONS`].
    tables: [Index; ACTIONS.len()],
    pub(crate) combining: Combining,
    digest: Arc<str>,
    /// How careful one must be with each field, in document order.
    pub(crate) classes: Vec<Classification>,
    /// The same without what is lent: what a grantor has.
    own: Option<Box<PolicySet>>,
    /// Some obligation comes with the decision that its policy is against.
    pub(crate) has_contrary: bool,
}

impl PolicySet {
    /// Compiles the policies of `entity`.
    pub fn compile(entity: &Entity) -> PolicySet {
        PolicySet::made(entity, entity.policies.clone(), Secrets::of(entity))
    }

    /// Compiles the policies of an entity together with what roles may do to it, knowing the rest of the model.
    pub fn compile_in(view: EntityView<'_>, roles: &RoleCatalogue) -> PolicySet {
        PolicySet::made(view.entity, policies_in(view, roles), Secrets::in_model(view))
    }

    /// The same for somebody who fulfils only the obligations that `fulfils` tells, by action, and acts on no decision
    /// that asks for another (XACML 3.0, 7.18). None when that changes nothing.
    pub fn compile_for(
        view: EntityView<'_>,
        roles: &RoleCatalogue,
        fulfils: &dyn Fn(&str, &Obligation) -> bool,
    ) -> Option<PolicySet> {
        let policies = policies_in(view, roles);
        let held = unfulfilled::held(&policies, fulfils)?;
        let digest = digest_of(view.entity.combining, &policies);
        Some(PolicySet { digest, ..PolicySet::made(view.entity, held, Secrets::in_model(view)) })
    }

    fn made(entity: &Entity, policies: Vec<Policy>, mut secrets: Secrets) -> PolicySet {
        secrets.guard(&policies, entity.fields.len());
        let own = policies.iter().any(is_lent).then(|| {
            let own = policies.iter().filter(|policy| !is_lent(policy)).cloned().collect();
            Box::new(PolicySet::made(entity, own, secrets.clone()))
        });
        let mut rules = in_order(entity.combining, &policies);
        for rule in &mut rules {
            rule.secrets = rule.policy.condition.as_ref().map(|it| secrets.nodes(it)).unwrap_or_default();
        }
        let contrary = |rule: &Rule| rule.policy.obligations.iter().any(|one| one.on != rule.effect);
        PolicySet {
            refs: rules.iter().map(|rule| RuleRef::of(&rule.policy)).collect(),
            tables: ACTIONS.map(|action| Index::of(&rules, action)),
            has_contrary: rules.iter().any(contrary),
            combining: entity.combining,
            digest: digest_of(entity.combining, &policies),
            classes: entity.fields.iter().map(|field| field.classification).collect(),
            own,
            rules,
        }
    }

    /// SHA-256 over the policies and how they are combined, in hex. Their order in the document counts only where the
    /// algorithm asks for it.
    pub fn digest(&self) -> &Arc<str> {
        &self.digest
    }

    /// How the policies are combined.
    pub fn combining(&self) -> Combining {
        self.combining
    }

    /// The policy at a place.
    pub fn policy(&self, at: RuleIndex) -> Option<&Policy> {
        self.rules.get(at.0 as usize).map(|rule| &rule.policy)
    }

    /// The policies that speak to `action`, in order of evaluation.
    pub fn policies_for(&self, action: &str) -> Vec<&Policy> {
        let action = data_action(action).unwrap_or(action);
        self.rules.iter().map(|rule| &rule.policy).filter(|policy| covers_action(policy, action)).collect()
    }

    /// What a decision says of a rule.
    pub(crate) fn rule_ref(&self, at: RuleIndex) -> Option<&RuleRef> {
        self.refs.get(at.0 as usize)
    }

    /// Whether some policy names the role.
    pub(crate) fn knows_role(&self, role: &str) -> bool {
        self.tables.iter().any(|table| table.knows_role(role))
    }

    /// The table of an action.
    pub(crate) fn table(&self, action: &str) -> Option<&Index> {
        let action = data_action(action)?;
        self.tables.get(ACTIONS.iter().position(|known| *known == action)?)
    }

    /// What a grantor is asked of.
    pub(crate) fn own(&self) -> Option<&PolicySet> {
        self.own.as_deref()
    }

    /// The rules a principal can meet that are in force, in order of evaluation.
    pub(crate) fn met<'a>(
        &'a self,
        index: &'a Index,
        known: &'a Known<'a>,
    ) -> impl Iterator<Item = (RuleIndex, &'a Rule)> {
        let candidates: Candidates<'a> = index.candidates(known.principal);
        candidates
            .filter_map(|at| Some((RuleIndex(at), self.rules.get(at as usize)?)))
            .filter(|(_, rule)| rule.is_in_force(known.principal, known.now))
    }

    /// Those of them that have a say on the record.
    pub(crate) fn deciding<'a>(
        &'a self,
        index: &'a Index,
        known: &'a Known<'a>,
    ) -> impl Iterator<Item = (RuleIndex, &'a Rule)> {
        self.met(index, known).filter(|(_, rule)| has_a_say(self.combining, rule.effect) && !rule.is_of_fields)
    }

    pub(crate) fn denied(&self, reason: String) -> Decision {
        Decision {
            allowed: false,
            decided_by: Vec::new(),
            rules: Vec::new(),
            reason,
            policy_set: self.digest.clone(),
            failed: Vec::new(),
            missing: Vec::new(),
            obligations: Vec::new(),
            advice: Vec::new(),
        }
    }
}

/// Why nothing is decided for a principal: it acts nowhere.
pub(crate) fn unfit(principal: &Principal) -> Option<&'static str> {
    if principal.tenant_id.is_empty() {
        Some("the principal acts in no tenant")
    } else if principal.realm_id.is_empty() {
        Some("the principal acts in no realm")
    } else {
        None
    }
}

fn policies_in(view: EntityView<'_>, roles: &RoleCatalogue) -> Vec<Policy> {
    let mut policies = roles.with_inherited(&view.entity.policies);
    policies.extend(roles.policies_for(view.name()));
    policies
}

#[cfg(test)]
mod tests;
