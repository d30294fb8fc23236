//! The explanation: every rule that could have a say, what it said, and the value of every part of its condition.
//! It is always made anew, never remembered from a decision.

use crate::PolicySet;
use crate::decide::{Decision, Request, RuleRef};
use crate::evidence::{HIDDEN, TOLD, add_failed, tells};
use crate::rule::{Head, Rule, RuleIndex, Told, input};
use maq_expr::{Explanation, NodeId, Val};
use maq_ir::Effect;
use smallvec::SmallVec;
use std::borrow::Cow;

/// A decision with all that led to it.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionExplanation<'a> {
    /// The decision.
    pub decision: Decision,
    /// The rules the principal can meet for the action, in order of evaluation.
    pub rules: Vec<RuleExplanation<'a>>,
}

/// What one rule said.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleExplanation<'a> {
    /// Its place.
    pub index: RuleIndex,
    /// Which.
    pub rule: Cow<'a, RuleRef>,
    /// Allows or denies.
    pub effect: Effect,
    /// Its priority.
    pub priority: i64,
    /// It is about fields and says nothing of the record.
    pub of_fields: bool,
    /// What it said.
    pub outcome: RuleOutcome,
    /// Whether it is one of those that decided.
    pub decides: bool,
    /// The parts of its condition; values that are not told are replaced.
    pub condition: Option<Explanation<'a>>,
}

/// What a rule said of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleOutcome {
    /// Its condition holds, or it has none.
    Matched,
    /// Its condition does not hold.
    NotMatched,
    /// It cannot be told, and why: an allow does not match by it, a deny does.
    Error(String),
    /// Its time or place is another.
    NotInForce,
    /// Its condition holds, but the one who lends the right does not have it.
    NotHeldByGrantor,
}

impl RuleOutcome {
    fn told(&self) -> Told {
        match self {
            RuleOutcome::Matched => Told::True,
            RuleOutcome::Error(error) => Told::Error(error.clone().into()),
            RuleOutcome::NotMatched | RuleOutcome::NotInForce | RuleOutcome::NotHeldByGrantor => Told::False,
        }
    }
}

impl DecisionExplanation<'_> {
    /// The same, borrowing nothing.
    pub fn into_owned(self) -> DecisionExplanation<'static> {
        let owned = |told: RuleExplanation<'_>| RuleExplanation {
            index: told.index,
            rule: Cow::Owned(told.rule.into_owned()),
            effect: told.effect,
            priority: told.priority,
            of_fields: told.of_fields,
            outcome: told.outcome,
            decides: told.decides,
            condition: told.condition.map(Explanation::into_owned),
        };
        DecisionExplanation { decision: self.decision, rules: self.rules.into_iter().map(owned).collect() }
    }
}

impl PolicySet {
    /// Decides, and tells what every rule said; the evidence of [`PolicySet::decide_with_evidence`] is in it.
    pub fn explain<'a>(&'a self, request: &Request<'a>) -> DecisionExplanation<'a> {
        let index = match self.fitting(request) {
            Ok(index) => index,
            Err(why) => return DecisionExplanation { decision: self.denied(why), rules: Vec::new() },
        };
        let heads: SmallVec<[&Head; 8]> = index.candidates(request.known.principal).collect();
        let mut rules: Vec<RuleExplanation<'a>> = Vec::with_capacity(heads.len());
        rules.extend(heads.iter().filter_map(|head| self.hear(head, self.rule(head)?, request)));
        let says = |head: &Head| {
            let place = rules.binary_search_by_key(&RuleIndex(head.at), |heard| heard.index);
            let heard = place.ok().and_then(|place| rules.get(place));
            heard.map_or_else(|| self.says(head, request), |heard| heard.outcome.told())
        };
        let in_force = |head: &Head| {
            !head.is_limited
                || self.rule(head).is_some_and(|rule| rule.is_in_force(request.known.principal, request.known.now))
        };
        let asked = heads.iter().copied().filter(|head| head.has_a_say && in_force(head));
        let mut decision = self.decided_among(asked, index, request, says);
        if !decision.allowed && decision.rules.is_empty() {
            let asked = |heard: &&RuleExplanation<'a>| {
                heard.effect == Effect::Allow && heard.outcome != RuleOutcome::NotInForce
            };
            let asked =
                rules.iter().filter(asked).filter_map(|heard| Some((heard, self.rules.get(heard.index.0 as usize)?)));
            for (heard, rule) in asked.filter(|(_, rule)| rule.has_a_say).take(TOLD) {
                add_failed(self, rule, request, heard.condition.as_ref(), &mut decision);
            }
            self.say_why(index, request, &mut decision);
        }
        for heard in &mut rules {
            heard.decides = decision.rules.contains(&heard.index);
            let secrets = self.rules.get(heard.index.0 as usize).map_or(&[][..], |rule| &rule.secrets);
            if let Some(condition) = heard.condition.as_mut().filter(|_| !secrets.is_empty()) {
                condition.replace(|node, value| hidden(secrets, node, value));
            }
        }
        DecisionExplanation { decision, rules }
    }

    /// What a rule says, with the parts of its condition: evaluated once for both.
    fn hear<'a>(&'a self, head: &Head, rule: &'a Rule, request: &Request<'a>) -> Option<RuleExplanation<'a>> {
        let input = input(request);
        let condition = rule.condition.as_ref().map(|condition| {
            let flat = rule.flat.and_then(|flat| self.flat.explain(flat, &condition.text, &input));
            flat.unwrap_or_else(|| condition.explain(&input))
        });
        let own = match condition.as_ref().and_then(Explanation::value) {
            Some(Ok(Val::Bool(true))) => Told::True,
            Some(Ok(Val::Bool(false))) => Told::False,
            Some(Err(error)) => Told::Error(error.message.clone()),
            _ => rule.told(request),
        };
        let in_force = !head.is_limited || rule.is_in_force(request.known.principal, request.known.now);
        let held = own == Told::False || !head.is_lent || self.grantor_may(rule, request);
        let outcome = match own {
            _ if !in_force => RuleOutcome::NotInForce,
            Told::False => RuleOutcome::NotMatched,
            _ if !held => RuleOutcome::NotHeldByGrantor,
            Told::True => RuleOutcome::Matched,
            Told::Error(error) => RuleOutcome::Error(error.into_owned()),
        };
        Some(RuleExplanation {
            index: RuleIndex(head.at),
            rule: Cow::Borrowed(self.names.rules.get(head.at as usize)?),
            effect: head.effect,
            priority: rule.priority,
            of_fields: rule.is_of_fields,
            outcome,
            decides: false,
            condition,
        })
    }
}

/// What stands in place of a value that would tell a secret; truth values stay, for they are what is explained, unless
/// the secret itself is one.
fn hidden(secrets: &[(NodeId, bool)], node: NodeId, value: &Val<'_>) -> Option<Val<'static>> {
    let is_secret = tells(secrets, node)?;
    (is_secret || !matches!(value, Val::Bool(_))).then(|| Val::String(HIDDEN.into()))
}
