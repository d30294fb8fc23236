//! What can come out for a role before anyone asks: a row of the studio's table of roles and actions.
//!
//! A rule with a condition, or with a limit of time or place, may match or not; every other one always does. What can
//! come out follows from that by the same order of evaluation that decides for real, so a table cell that says `allow`
//! is never a deny for anybody with this role alone.

use crate::index::covers_action;
use crate::operations::data_action;
use crate::order::{has_a_say, otherwise};
use crate::rule::{EVERY, Rule};
use crate::{PolicySet, RuleRef};
use maq_expr::{Kind, Val};
use maq_ir::{Combining, Effect, Policy};

/// Who would ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker<'a> {
    /// Somebody without a role that a rule names.
    Everyone,
    /// Somebody with this role alone.
    Role(&'a str),
    /// This user, without roles.
    User(&'a str),
}

/// What can come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Allowed, whatever the record.
    Allow,
    /// Denied, whatever the record.
    Deny,
    /// It depends.
    Conditional,
    /// No rule speaks to it, so it is denied.
    Nothing,
}

/// What can come out, and by which rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Possible {
    /// What.
    pub verdict: Verdict,
    /// Rules that can decide, in the order they are asked.
    pub deciding: Vec<RuleRef>,
    /// Rules that speak to it and are never reached, or never match.
    pub shadowed: Vec<RuleRef>,
    /// Some fields are hidden, masked or not writable for whoever is allowed.
    pub limits_fields: bool,
}

/// Whether a rule matches before anything is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Match {
    Always,
    Maybe,
    Never,
}

impl PolicySet {
    /// What can come out for `asker` and `action`.
    pub fn possible(&self, asker: Asker<'_>, action: &str) -> Possible {
        let action = data_action(action).unwrap_or(action);
        let speaking = self.rules.iter().filter(|rule| speaks_to(&rule.policy, asker, action));
        let (of_fields, rules): (Vec<&Rule>, Vec<&Rule>) = speaking.partition(|rule| rule.is_of_fields);
        let mut found = match self.combining {
            Combining::OnlyOneApplicable => only_one(&rules),
            combining => first_level(combining, &rules),
        };
        let decides = |rule: &Rule| found.deciding.iter().any(|decides| decides.id == rule.policy.id);
        found.limits_fields =
            !of_fields.is_empty() || rules.iter().any(|rule| rule.policy.fields.is_some() && decides(rule));
        found
    }
}

/// The first level with a match decides.
fn first_level(combining: Combining, rules: &[&Rule]) -> Possible {
    let mut outcomes = Outcomes::default();
    let mut is_settled_at = None;
    for rule in rules {
        let is_reached = is_settled_at.is_none_or(|level| level == rule.level);
        let told = if has_a_say(combining, rule.effect) { matching(rule) } else { Match::Never };
        if !is_reached || told == Match::Never {
            outcomes.shadowed.push(RuleRef::of(&rule.policy));
            continue;
        }
        outcomes.add(rule);
        if told == Match::Always {
            is_settled_at = Some(rule.level);
        }
    }
    if is_settled_at.is_none() {
        outcomes.can_be(otherwise(combining));
    }
    outcomes.into_possible()
}

/// One match decides; more than one is deny.
fn only_one(rules: &[&Rule]) -> Possible {
    let always = rules.iter().filter(|rule| matching(rule) == Match::Always).count();
    let mut outcomes = Outcomes::default();
    for rule in rules {
        match matching(rule) {
            Match::Never => outcomes.shadowed.push(RuleRef::of(&rule.policy)),
            // Beside one that always matches, another match makes it a deny.
            Match::Maybe if always > 0 => outcomes.add_as(rule, Effect::Deny),
            Match::Always if always > 1 => outcomes.add_as(rule, Effect::Deny),
            Match::Always | Match::Maybe => outcomes.add(rule),
        }
    }
    if always == 0 {
        outcomes.can_be(Effect::Deny);
    }
    outcomes.into_possible()
}

#[derive(Default)]
struct Outcomes {
    allow: bool,
    deny: bool,
    deciding: Vec<RuleRef>,
    shadowed: Vec<RuleRef>,
}

impl Outcomes {
    fn add(&mut self, rule: &Rule) {
        self.add_as(rule, rule.effect);
    }

    fn add_as(&mut self, rule: &Rule, effect: Effect) {
        self.deciding.push(RuleRef::of(&rule.policy));
        self.can_be(effect);
    }

    fn can_be(&mut self, effect: Effect) {
        match effect {
            Effect::Allow => self.allow = true,
            Effect::Deny => self.deny = true,
        }
    }

    fn into_possible(self) -> Possible {
        let verdict = match (self.allow, self.deny) {
            (true, true) => Verdict::Conditional,
            (true, false) => Verdict::Allow,
            _ if self.deciding.is_empty() => Verdict::Nothing,
            _ => Verdict::Deny,
        };
        Possible { verdict, deciding: self.deciding, shadowed: self.shadowed, limits_fields: false }
    }
}

/// Whether a rule is for `asker` and `action`.
fn speaks_to(policy: &Policy, asker: Asker<'_>, action: &str) -> bool {
    let names = |list: &[std::sync::Arc<str>], name: &str| list.iter().any(|known| &**known == name);
    let is_for_everyone = names(&policy.roles, EVERY) || (policy.roles.is_empty() && policy.principals.is_empty());
    let is_for_asker = match asker {
        Asker::Everyone => false,
        Asker::Role(role) => names(&policy.roles, role),
        Asker::User(user) => names(&policy.principals, user),
    };
    (is_for_everyone || is_for_asker) && covers_action(policy, action)
}

fn matching(rule: &Rule) -> Match {
    let policy = &rule.policy;
    if policy.broken && policy.effect == Effect::Allow {
        return Match::Never;
    }
    let is_limited =
        !policy.validity.is_always() || policy.scope != maq_ir::PolicyScope::default() || policy.grantor.is_some();
    if rule.is_plain || (policy.broken && !is_limited) {
        return Match::Always;
    }
    let constant = policy.condition.as_ref().and_then(|condition| match condition.root.kind {
        Kind::Constant(Val::Bool(value)) => Some(value),
        _ => None,
    });
    match constant {
        Some(false) if !policy.broken => Match::Never,
        Some(true) if !is_limited => Match::Always,
        _ => Match::Maybe,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use maq_ir::Entity;
    use std::sync::Arc;

    fn rule(name: &str, effect: Effect, roles: &[&str], priority: i64) -> Policy {
        Policy {
            id: name.into(),
            name: name.into(),
            effect,
            actions: vec!["read".into()],
            roles: roles.iter().map(|role| Arc::from(*role)).collect(),
            priority,
            ..Policy::default()
        }
    }

    /// As long as it is valid: it may match or not.
    fn sometimes(policy: Policy) -> Policy {
        let until = maq_value::Instant::parse("2030-01-01T00:00:00Z");
        Policy { validity: maq_ir::Validity { from: None, until }, ..policy }
    }

    fn told(combining: Combining, policies: Vec<Policy>, asker: Asker<'_>) -> (Verdict, String, String) {
        let entity = Entity {
            id: "ent_1".into(),
            name: "Invoice".into(),
            table: "invoice".into(),
            class: maq_ir::Class::Document,
            identity: maq_ir::IdentityType::Uuid,
            fields: Vec::new(),
            uniques: Vec::new(),
            indexes: Vec::new(),
            policies,
            combining,
            rules: Vec::new(),
            schema_hash: "".into(),
        };
        let found = PolicySet::compile(&entity).possible(asker, "read");
        let names = |rules: Vec<RuleRef>| {
            let names: Vec<String> = rules.into_iter().map(|rule| rule.name.to_string()).collect();
            names.join(" ")
        };
        (found.verdict, names(found.deciding), names(found.shadowed))
    }

    fn text(verdict: Verdict, deciding: &str, shadowed: &str) -> (Verdict, String, String) {
        (verdict, deciding.to_owned(), shadowed.to_owned())
    }

    use Asker::{Everyone, Role, User};
    use Combining::{FirstApplicable, OnlyOneApplicable, PermitOverrides, PermitUnlessDeny, PriorityDenyOverrides};
    use Effect::{Allow, Deny};

    #[test]
    fn what_no_rule_speaks_to_is_nothing() {
        let rules = vec![rule("a", Allow, &["sales"], 0)];
        assert_eq!(told(PriorityDenyOverrides, rules.clone(), Everyone), text(Verdict::Nothing, "", ""));
        assert_eq!(told(PriorityDenyOverrides, rules, Role("sales")), text(Verdict::Allow, "a", ""));
    }

    #[test]
    fn a_rule_that_always_matches_hides_those_below() {
        let rules = vec![rule("low", Allow, &[], 0), rule("high", Deny, &["sales"], 5)];
        assert_eq!(told(PriorityDenyOverrides, rules.clone(), Role("sales")), text(Verdict::Deny, "high", "low"));
        assert_eq!(told(PriorityDenyOverrides, rules, Role("ops")), text(Verdict::Allow, "low", ""));
    }

    #[test]
    fn a_rule_that_may_match_leaves_both_open() {
        let rules = vec![rule("low", Allow, &[], 0), sometimes(rule("high", Deny, &[], 5))];
        assert_eq!(told(PriorityDenyOverrides, rules, Everyone), text(Verdict::Conditional, "high low", ""));
        let alone = vec![sometimes(rule("a", Allow, &[], 0))];
        assert_eq!(told(PriorityDenyOverrides, alone, Everyone), text(Verdict::Conditional, "a", ""));
        let denies = vec![sometimes(rule("d", Deny, &[], 0))];
        assert_eq!(told(PriorityDenyOverrides, denies, Everyone), text(Verdict::Deny, "d", ""));
    }

    #[test]
    fn a_broken_allow_never_matches_and_a_broken_deny_always() {
        let broken = |policy: Policy| Policy { broken: true, ..policy };
        let rules = vec![broken(rule("a", Allow, &[], 0))];
        assert_eq!(told(PriorityDenyOverrides, rules, Everyone), text(Verdict::Nothing, "", "a"));
        let rules = vec![broken(rule("d", Deny, &[], 0)), rule("a", Allow, &[], 0)];
        assert_eq!(told(PriorityDenyOverrides, rules, Everyone), text(Verdict::Deny, "d", "a"));
    }

    #[test]
    fn each_algorithm_has_its_own_last_word() {
        let both = vec![rule("d", Deny, &[], 0), rule("a", Allow, &[], 0)];
        assert_eq!(told(FirstApplicable, both.clone(), Everyone), text(Verdict::Deny, "d", "a"));
        assert_eq!(told(PermitOverrides, both.clone(), Everyone), text(Verdict::Allow, "a", "d"));
        assert_eq!(told(OnlyOneApplicable, both, Everyone), text(Verdict::Deny, "d a", ""));
        assert_eq!(told(PermitUnlessDeny, vec![], Everyone), text(Verdict::Allow, "", ""));
    }

    #[test]
    fn a_user_who_is_named_has_rules_of_their_own() {
        let named = Policy { principals: vec!["ann".into()], ..rule("ann", Allow, &[], 0) };
        assert_eq!(told(PriorityDenyOverrides, vec![named.clone()], User("ann")), text(Verdict::Allow, "ann", ""));
        assert_eq!(told(PriorityDenyOverrides, vec![named], Everyone), text(Verdict::Nothing, "", ""));
    }
}
