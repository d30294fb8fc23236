//! The decision: the first level with a match decides, or the one rule that applies.

use crate::decide::{Decision, Places, Request, Why};
use crate::evidence;
use crate::index::{Index, covers_action, covers_principal};
use crate::operations::data_action;
use crate::order::otherwise;
use crate::rule::{Head, Rule, RuleIndex, Told, input, lender};
use crate::set::{Closed, PolicySet, unfit};
use maq_expr::{Known, Row};
use maq_ir::{Combining, Effect, Obligation};

impl PolicySet {
    /// Whether it may be done; allocates nothing, unless a principal meets rules by more than five names.
    pub fn allows(&self, request: &Request<'_>) -> bool {
        let Ok(index) = self.open_table(&request.known, request.action) else { return false };
        if self.combining == Combining::OnlyOneApplicable {
            return self.only_match(index, request).is_some_and(|(head, told)| grants(head, &told));
        }
        let matches = |head: &&Head| self.says(head, request).matches(head.effect);
        let first = self.with_a_say(index, &request.known).find(matches);
        first.map_or(otherwise(self.combining), |head| head.effect) == Effect::Allow
    }

    /// Decides, and says who did. Where nothing matched, [`PolicySet::decide_with_evidence`] says why.
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        match self.fitting(request) {
            Ok(index) => self.decided(index, request, |head| self.says(head, request)),
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
        let mut decision = self.decided(index, request, |head| self.says(head, request));
        if !decision.allowed && decision.rules.is_empty() {
            let allows = self.deciding(index, &request.known).filter(|(_, rule)| rule.effect == Effect::Allow);
            for (_, rule) in allows.take(evidence::TOLD) {
                evidence::add_failed(self, rule, request, None, &mut decision);
            }
            self.say_why(index, request, &mut decision);
        }
        decision
    }

    /// The rules of an action, or why nothing is decided.
    #[inline]
    pub(crate) fn fitting(&self, request: &Request<'_>) -> Result<&Index, String> {
        self.open_table(&request.known, request.action).map_err(|closed| match closed {
            Closed::Unknown => format!("`{}` is not an action that can be allowed", request.action),
            Closed::Unfit(why) => why.to_owned(),
            Closed::Refused(refused) => refused.to_string(),
        })
    }

    /// The decision, by what the rules say.
    pub(crate) fn decided(&self, index: &Index, request: &Request<'_>, says: impl Fn(&Head) -> Told) -> Decision {
        let heads = self.with_a_say(index, &request.known);
        self.decided_among(heads, index, request, says)
    }

    /// The same, where it is known which rules have a say.
    #[inline]
    pub(crate) fn decided_among<'a>(
        &'a self,
        heads: impl Iterator<Item = &'a Head>,
        index: &Index,
        request: &Request<'_>,
        says: impl Fn(&Head) -> Told,
    ) -> Decision {
        let (rules, allowed) = self.deciders_among(heads, says);
        let why = match (rules.len(), allowed) {
            (0, true) => Why::NoneDenies,
            (0, false) => {
                let known = data_action(request.action).filter(|known| *known == request.action);
                Why::NoneAllows(known.map_or_else(|| request.action.to_owned().into(), Into::into))
            }
            (2.., false) if self.combining == Combining::OnlyOneApplicable => Why::MoreThanOne,
            _ => Why::Rules,
        };
        let mut decision = Decision::of(allowed, why, self.names.clone());
        decision.rules = rules;
        self.add_obligations(index, request, &mut decision);
        decision
    }

    /// Makes the reason of a deny that nothing matched say more.
    pub(crate) fn say_why(&self, index: &Index, request: &Request<'_>, decision: &mut Decision) {
        let action = request.action;
        let roles = &request.known.principal.roles;
        if decision.failed.is_empty()
            && let Some(role) = roles.first()
            && !roles.iter().any(|role| index.knows_role(role) || self.knows_role(role))
        {
            decision.why = Why::Told(format!("no policy allows `{action}`, and none knows the role `{role}`"));
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
        let mut decision = Decision::of(rule.effect == Effect::Allow, Why::Rules, self.names.clone());
        decision.rules.push(RuleIndex(at));
        Some(decision)
    }

    /// What the rule of a head says, its grantor included.
    #[inline]
    pub(crate) fn says(&self, head: &Head, request: &Request<'_>) -> Told {
        if head.is_plain {
            return Told::True;
        }
        match head.first.as_ref().and_then(|first| self.flat.ask_from(first, &input(request))) {
            Some(false) => Told::False,
            Some(true) if !head.is_lent => Told::True,
            _ => self.rule(head).map_or(Told::False, |rule| self.told(rule, request)),
        }
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

    /// The rules that decide together, and what they decide.
    #[inline]
    pub(crate) fn deciders_by(&self, index: &Index, known: &Known<'_>, says: impl Fn(&Head) -> Told) -> (Places, bool) {
        self.deciders_among(self.with_a_say(index, known), says)
    }

    #[inline]
    fn deciders_among<'a>(
        &'a self,
        heads: impl Iterator<Item = &'a Head>,
        says: impl Fn(&Head) -> Told,
    ) -> (Places, bool) {
        if self.combining == Combining::OnlyOneApplicable {
            return only_one(heads, says);
        }
        let mut rules = Places::new();
        let mut level = None;
        let mut effect = otherwise(self.combining);
        for head in heads {
            if level.is_some_and(|level| level != head.level) {
                break;
            }
            if head.is_plain || says(head).matches(head.effect) {
                level = Some(head.level);
                effect = head.effect;
                rules.push(RuleIndex(head.at));
            }
        }
        (rules, effect == Effect::Allow)
    }

    fn only_match<'a>(&'a self, index: &'a Index, request: &'a Request<'_>) -> Option<(&'a Head, Told)> {
        let mut applicable = self
            .with_a_say(index, &request.known)
            .map(|head| (head, self.says(head, request)))
            .filter(|(_, told)| *told != Told::False);
        let only = applicable.next()?;
        applicable.next().is_none().then_some(only)
    }

    fn add_obligations(&self, index: &Index, request: &Request<'_>, decision: &mut Decision) {
        if !self.has_obligations {
            return;
        }
        let effect = if decision.allowed { Effect::Allow } else { Effect::Deny };
        let deciders = std::mem::take(&mut decision.rules);
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
        decision.rules = deciders;
    }
}

fn only_one<'a>(heads: impl Iterator<Item = &'a Head>, says: impl Fn(&Head) -> Told) -> (Places, bool) {
    let applicable: Vec<(&Head, bool)> = heads
        .map(|head| (head, says(head)))
        .filter(|(_, told)| *told != Told::False)
        .map(|(head, told)| (head, grants(head, &told)))
        .collect();
    let allowed = matches!(&*applicable, [(_, true)]);
    // An allow that cannot be told has not matched, it only keeps others from being the only one.
    if let [(head, false)] = &*applicable
        && head.effect == Effect::Allow
    {
        return (Places::new(), false);
    }
    (applicable.iter().map(|(head, _)| RuleIndex(head.at)).collect(), allowed)
}

fn grants(head: &Head, told: &Told) -> bool {
    head.effect == Effect::Allow && *told == Told::True
}
