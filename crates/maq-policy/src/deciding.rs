//! The decision: the first level with a match decides, or the one rule that applies.

use crate::decide::{Decision, Request, RuleRef, reason};
use crate::evidence;
use crate::index::{Index, covers_action, covers_principal};
use crate::operations::data_action;
use crate::order::otherwise;
use crate::rule::{Rule, RuleIndex, Told, lender};
use crate::set::{PolicySet, unfit};
use maq_expr::{Known, Row};
use maq_ir::{Combining, Effect, Obligation};

/// What a rule says, by its place.
pub(crate) type Says<'a> = dyn Fn(RuleIndex, &Rule) -> Told + 'a;

impl PolicySet {
    /// Whether it may be done; allocates nothing.
    pub fn allows(&self, request: &Request<'_>) -> bool {
        let Some(index) = self.table(request.action) else { return false };
        if unfit(request.known.principal).is_some() {
            return false;
        }
        if self.combining == Combining::OnlyOneApplicable {
            return self.only_match(index, request).is_some_and(|(rule, told)| grants(rule, &told));
        }
        let first = self.deciding(index, &request.known).find(|(_, rule)| self.matches(rule, request));
        first.map_or(otherwise(self.combining), |(_, rule)| rule.effect) == Effect::Allow
    }

    /// Decides, and says who did. Where nothing matched, [`PolicySet::decide_with_evidence`] says why.
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        match self.fitting(request) {
            Ok(index) => self.decided(index, request, &|_, rule| self.told(rule, request)),
            Err(why) => self.denied(why),
        }
    }

    /// Decides, and where nothing matched says which part of which condition failed, with what it read, and what was
    /// missing. That costs as much as an explanation.
    pub fn decide_with_evidence(&self, request: &Request<'_>) -> Decision {
        let index = match self.fitting(request) {
            Ok(index) => index,
            Err(why) => return self.denied(why),
        };
        let mut decision = self.decided(index, request, &|_, rule| self.told(rule, request));
        if !decision.allowed && decision.decided_by.is_empty() {
            let allows = self.deciding(index, &request.known).filter(|(_, rule)| rule.effect == Effect::Allow);
            for (_, rule) in allows.take(evidence::TOLD) {
                evidence::add_failed(self, rule, request, None, &mut decision);
            }
            self.say_why(index, request, &mut decision);
        }
        decision
    }

    /// The rules of an action, or why nothing is decided.
    pub(crate) fn fitting(&self, request: &Request<'_>) -> Result<&Index, String> {
        let unknown = || format!("`{}` is not an action that can be allowed", request.action);
        let index = self.table(request.action).ok_or_else(unknown)?;
        unfit(request.known.principal).map_or(Ok(index), |why| Err(why.to_owned()))
    }

    /// The decision, by what the rules say.
    pub(crate) fn decided(&self, index: &Index, request: &Request<'_>, says: &Says<'_>) -> Decision {
        let (rules, allowed) = self.deciders_by(index, &request.known, says);
        let mut decision = self.denied(String::new());
        decision.allowed = allowed;
        decision.decided_by = rules.iter().filter_map(|at| self.rule_ref(*at)).cloned().collect();
        decision.reason = match (decision.decided_by.len(), allowed) {
            (0, true) => "no policy denies it".to_owned(),
            (0, false) => format!("no policy allows `{}`", request.action),
            (2.., false) if self.combining == Combining::OnlyOneApplicable => {
                "more than one policy applies, and only one may".to_owned()
            }
            _ => reason(allowed, &decision.decided_by),
        };
        self.add_obligations(index, request, &rules, &mut decision);
        decision.rules = rules;
        decision
    }

    /// Makes the reason of a deny that nothing matched say more.
    pub(crate) fn say_why(&self, index: &Index, request: &Request<'_>, decision: &mut Decision) {
        let action = request.action;
        if let Some(clause) = decision.failed.first() {
            decision.reason = format!("no policy allows `{action}` here: {}", clause.sentence());
            return;
        }
        let roles = &request.known.principal.roles;
        if let Some(role) = roles.first()
            && !roles.iter().any(|role| index.knows_role(role) || self.knows_role(role))
        {
            decision.reason = format!("no policy allows `{action}`, and none knows the role `{role}`");
        }
    }

    /// What the policy `name` alone says; `None` when there is no such policy. Without an action only its subjects are
    /// asked.
    pub fn evaluate_one(
        &self,
        name: &str,
        known: &Known<'_>,
        action: Option<&str>,
        record: Option<&Row>,
    ) -> Option<Decision> {
        let (at, rule) = (0u32..).zip(&self.rules).find(|(_, rule)| &*rule.policy.name == name)?;
        let request = &Request { known: *known, action: action.unwrap_or_default(), record };
        let is_for = |action| data_action(action).is_some_and(|action| covers_action(&rule.policy, action));
        let known = action.is_none_or(is_for);
        let principal = request.known.principal;
        if let Some(why) = unfit(principal) {
            return Some(self.denied(why.to_owned()));
        }
        if !known || !covers_principal(&rule.policy, principal) || !rule.is_in_force(principal, request.known.now) {
            return Some(self.denied(format!("`{name}` does not apply")));
        }
        let told = self.told(rule, request);
        if !told.matches(rule.effect) {
            let mut decision = self.denied(format!("`{name}` does not match"));
            evidence::add_failed(self, rule, request, None, &mut decision);
            return Some(decision);
        }
        let mut decision = self.denied(String::new());
        decision.allowed = rule.effect == Effect::Allow;
        decision.decided_by = vec![RuleRef::of(&rule.policy)];
        decision.rules = vec![RuleIndex(at)];
        decision.reason = reason(decision.allowed, &decision.decided_by);
        Some(decision)
    }

    /// What a rule says, its grantor included.
    pub(crate) fn told(&self, rule: &Rule, request: &Request<'_>) -> Told {
        let told = rule.told(request);
        if told == Told::False || !rule.is_lent {
            return told;
        }
        // What the grantor may not do does not apply, also where the condition cannot be told.
        if self.grantor_may(rule, request) { told } else { Told::False }
    }

    /// Whether the grantor of a lent right may do it; true for a right that is not lent.
    pub(crate) fn grantor_may(&self, rule: &Rule, request: &Request<'_>) -> bool {
        if !rule.is_lent {
            return true;
        }
        match (lender(&rule.policy, &request.known), self.own()) {
            (Some(lender), Some(own)) => {
                own.allows(&Request { known: Known { principal: &lender, ..request.known }, ..*request })
            }
            _ => true,
        }
    }

    fn matches(&self, rule: &Rule, request: &Request<'_>) -> bool {
        rule.is_plain || self.told(rule, request).matches(rule.effect)
    }

    /// The rules that decide together, and what they decide.
    pub(crate) fn deciders_by(&self, index: &Index, known: &Known<'_>, told: &Says<'_>) -> (Vec<RuleIndex>, bool) {
        if self.combining == Combining::OnlyOneApplicable {
            let applicable: Vec<(RuleIndex, bool)> = self
                .deciding(index, known)
                .map(|(at, rule)| (at, rule, told(at, rule)))
                .filter(|(_, _, told)| *told != Told::False)
                .map(|(at, rule, told)| (at, grants(rule, &told)))
                .collect();
            let allowed = matches!(&*applicable, [(_, true)]);
            // An allow that cannot be told has not matched, it only keeps others from being the only one.
            let is_no_match = |at: RuleIndex| self.policy(at).is_some_and(|policy| policy.effect == Effect::Allow);
            if let [(at, false)] = &*applicable
                && is_no_match(*at)
            {
                return (Vec::new(), false);
            }
            return (applicable.iter().map(|(at, _)| *at).collect(), allowed);
        }
        let mut rules: Vec<RuleIndex> = Vec::new();
        let mut level = None;
        let mut effect = otherwise(self.combining);
        for (at, rule) in self.deciding(index, known) {
            if level.is_some_and(|level| level != rule.level) {
                break;
            }
            if rule.is_plain || told(at, rule).matches(rule.effect) {
                level = Some(rule.level);
                effect = rule.effect;
                rules.push(at);
            }
        }
        (rules, effect == Effect::Allow)
    }

    fn only_match<'a>(&'a self, index: &'a Index, request: &'a Request<'_>) -> Option<(&'a Rule, Told)> {
        let mut applicable = self
            .deciding(index, &request.known)
            .map(|(_, rule)| (rule, self.told(rule, request)))
            .filter(|(_, told)| *told != Told::False);
        let only = applicable.next()?;
        applicable.next().is_none().then_some(only)
    }

    fn add_obligations(&self, index: &Index, request: &Request<'_>, deciders: &[RuleIndex], decision: &mut Decision) {
        let effect = if decision.allowed { Effect::Allow } else { Effect::Deny };
        let mut add = |all: &[Obligation]| {
            for one in all.iter().filter(|one| one.on == effect) {
                if one.advice { decision.advice.push(one.clone()) } else { decision.obligations.push(one.clone()) }
            }
        };
        for rule in deciders.iter().filter_map(|at| self.rules.get(at.0 as usize)) {
            if rule.effect == effect {
                add(&rule.policy.obligations);
            }
        }
        if self.has_contrary {
            for (_, rule) in self.met(index, &request.known).filter(|(_, rule)| rule.effect != effect) {
                add(&rule.policy.obligations);
            }
        }
    }
}

fn grants(rule: &Rule, told: &Told) -> bool {
    rule.effect == Effect::Allow && *told == Told::True
}
