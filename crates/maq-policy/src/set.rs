//! The compiled policies of one entity.

use crate::decide::{Decision, Names, RuleRef, Why};
use crate::digest::digest_of;
use crate::evidence::Secrets;
use crate::filter::Refused;
use crate::index::{Candidates, Index, covers_action};
use crate::lists::{Lists, Size};
use crate::load::Loads;
use crate::operations::{ACTIONS, action_place, data_action};
use crate::order::in_order;
use crate::roles::RoleCatalogue;
use crate::rule::{Head, Rule, RuleIndex, is_lent};
use crate::unfulfilled;
use maq_expr::{FlatConditions, Known};
use maq_ir::{Classification, Combining, Entity, EntityView, Obligation, Policy};
use maq_value::Principal;
use std::sync::Arc;

/// The policies of an entity, ready to decide.
#[derive(Debug, Clone)]
pub struct PolicySet {
    /// In order of evaluation.
    pub(crate) rules: Vec<Rule>,
    /// The comparisons of their conditions, close together: with many rules each tree is read from far memory.
    pub(crate) flat: FlatConditions,
    /// What a decision says of them.
    pub(crate) names: Arc<Names>,
    /// One for each of [`ACTIONS`].
    tables: [Index; ACTIONS.len()],
    /// The same, where all its rules at once would be too much.
    loads: [Option<Box<Loads>>; ACTIONS.len()],
    /// The same, where its rules go through lists of who asks.
    lists: [Option<Box<Lists>>; ACTIONS.len()],
    pub(crate) combining: Combining,
    /// How careful one must be with each field, in document order.
    pub(crate) classes: Vec<Classification>,
    /// The same without what is lent: what a grantor has.
    own: Option<Box<PolicySet>>,
    /// Some policy has obligations or advice.
    pub(crate) has_obligations: bool,
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
        let mut set = PolicySet::made(view.entity, held, Secrets::in_model(view));
        set.names = Arc::new(Names { digest: digest_of(view.entity.combining, &policies), ..(*set.names).clone() });
        Some(set)
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
        let roots = rules.iter().filter_map(|rule| rule.condition.as_ref()).map(|condition| &*condition.root);
        let (flat, starts) = FlatConditions::lay(roots);
        for (rule, start) in rules.iter_mut().filter(|rule| rule.condition.is_some()).zip(starts) {
            rule.flat = Some(start);
            rule.head.first = flat.first(start);
        }
        for rule in rules.iter_mut().filter(|rule| rule.reads_record) {
            rule.size = rule.condition.as_ref().map(Size::of).unwrap_or_default();
        }
        let contrary = |rule: &Rule| rule.policy.obligations.iter().any(|one| one.on != rule.effect);
        PolicySet {
            flat,
            names: Arc::new(Names {
                digest: digest_of(entity.combining, &policies),
                rules: rules.iter().map(|rule| RuleRef::of(&rule.policy)).collect(),
            }),
            tables: ACTIONS.map(|action| Index::of(&rules, action)),
            loads: ACTIONS.map(|action| Loads::of(&rules, action, entity.combining, own.as_deref())),
            lists: ACTIONS.map(|action| Lists::of(&rules, action, own.as_deref())),
            has_obligations: rules.iter().any(|rule| !rule.policy.obligations.is_empty()),
            has_contrary: rules.iter().any(contrary),
            combining: entity.combining,
            classes: entity.fields.iter().map(|field| field.classification).collect(),
            own,
            rules,
        }
    }

    /// SHA-256 over the policies and how they are combined, in hex. Their order in the document counts only where the
    /// algorithm asks for it.
    pub fn digest(&self) -> &Arc<str> {
        &self.names.digest
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

    /// Whether some policy names the role.
    pub(crate) fn knows_role(&self, role: &str) -> bool {
        self.tables.iter().any(|table| table.knows_role(role))
    }

    /// The table of an action.
    pub(crate) fn table(&self, action: &str) -> Option<&Index> {
        self.tables.get(action_place(action)?)
    }

    /// The same, where the principal can be decided about.
    pub(crate) fn fitting_table(&self, known: &Known<'_>, action: &str) -> Option<&Index> {
        self.open_table(known, action).ok()
    }

    /// The same, or why nothing is decided.
    #[inline]
    pub(crate) fn open_table(&self, known: &Known<'_>, action: &str) -> Result<&Index, Closed> {
        let place = action_place(action).ok_or(Closed::Unknown)?;
        let index = self.tables.get(place).ok_or(Closed::Unknown)?;
        match unfit(known.principal) {
            Some(why) => Err(Closed::Unfit(why)),
            None => self.overload_at(place, known, action).map_or(Ok(index), |refused| Err(Closed::Refused(refused))),
        }
    }

    /// Why nothing is decided for a principal: it meets more than can be asked at once. Every face says no then.
    pub fn overload(&self, known: &Known<'_>, action: &str) -> Option<Refused> {
        self.overload_at(action_place(action)?, known, action)
    }

    #[inline]
    fn overload_at(&self, place: usize, known: &Known<'_>, action: &str) -> Option<Refused> {
        let loads = self.loads.get(place)?.as_ref().filter(|loads| !loads.spares(known.principal));
        let refused = loads.and_then(|loads| loads.of_principal(known.principal).refused(self.combining));
        if refused.is_some() {
            return refused;
        }
        self.overload_of_lists(self.lists.get(place)?.as_ref()?, known, action)
    }

    /// What a grantor is asked of.
    pub(crate) fn own(&self) -> Option<&PolicySet> {
        self.own.as_deref()
    }

    /// The heads of the rules a principal can meet that are in force, in order of evaluation.
    fn heads<'a>(&'a self, index: &'a Index, known: &'a Known<'a>) -> impl Iterator<Item = &'a Head> {
        let candidates: Candidates<'a> = index.candidates(known.principal);
        let is_in_force =
            |head: &Head| self.rule(head).is_some_and(|rule| rule.is_in_force(known.principal, known.now));
        candidates.filter(move |head| !head.is_limited || is_in_force(head))
    }

    /// Those of them that have a say on the record.
    #[inline]
    pub(crate) fn with_a_say<'a>(&'a self, index: &'a Index, known: &'a Known<'a>) -> impl Iterator<Item = &'a Head> {
        self.heads(index, known).filter(|head| head.has_a_say)
    }

    /// The rule of a head.
    pub(crate) fn rule(&self, head: &Head) -> Option<&Rule> {
        self.rules.get(head.at as usize)
    }

    /// The rules a principal can meet that are in force, in order of evaluation.
    pub(crate) fn met<'a>(
        &'a self,
        index: &'a Index,
        known: &'a Known<'a>,
    ) -> impl Iterator<Item = (RuleIndex, &'a Rule)> {
        self.heads(index, known).filter_map(|head| Some((RuleIndex(head.at), self.rule(head)?)))
    }

    /// Those of them that have a say on the record.
    pub(crate) fn deciding<'a>(
        &'a self,
        index: &'a Index,
        known: &'a Known<'a>,
    ) -> impl Iterator<Item = (RuleIndex, &'a Rule)> {
        self.met(index, known).filter(|(_, rule)| rule.has_a_say)
    }

    /// A deny that no rule says.
    pub(crate) fn denied(&self, reason: String) -> Decision {
        Decision::of(false, Why::Told(reason), self.names.clone())
    }
}

/// Why nothing is decided.
pub(crate) enum Closed {
    /// No policy can allow the action.
    Unknown,
    /// The principal acts nowhere.
    Unfit(&'static str),
    /// It meets too much.
    Refused(Refused),
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
