//! The explanation: every rule that could have a say, what it said, and the value of every part of its condition.
//! It is always made anew, never remembered from a decision.

use crate::PolicySet;
use crate::decide::{Decision, Request, RuleRef};
use crate::evidence::{HIDDEN, TOLD, add_failed, tells};
use crate::order::has_a_say;
use crate::rule::{Rule, RuleIndex, Told, input, is_lent};
use maq_expr::{Explanation, NodeId, Val};
use maq_ir::Effect;

/// A decision with all that led to it.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionExplanation {
    /// The decision.
    pub decision: Decision,
    /// The rules the principal can meet for the action, in order of evaluation.
    pub rules: Vec<RuleExplanation>,
}

/// What one rule said.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleExplanation {
    /// Its place.
    pub index: RuleIndex,
    /// Which.
    pub rule: RuleRef,
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
    pub condition: Option<Explanation>,
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

/// A rule and what it said.
struct Heard<'a> {
    at: RuleIndex,
    rule: &'a Rule,
    told: Told,
    outcome: RuleOutcome,
    has_a_say: bool,
    condition: Option<Explanation>,
}

impl PolicySet {
    /// Decides, and tells what every rule said; the evidence of [`PolicySet::decide_with_evidence`] is in it.
    pub fn explain(&self, request: &Request<'_>) -> DecisionExplanation {
        let index = match self.fitting(request) {
            Ok(index) => index,
            Err(why) => return DecisionExplanation { decision: self.denied(why), rules: Vec::new() },
        };
        let candidates = index.candidates(request.known.principal);
        let candidates = candidates.filter_map(|at| Some((RuleIndex(at), self.rules.get(at as usize)?)));
        let mut heard: Vec<Heard<'_>> = candidates.map(|(at, rule)| self.hear(at, rule, request)).collect();
        let told = |at: RuleIndex, rule: &Rule| {
            let heard = heard.binary_search_by_key(&at, |heard| heard.at).ok().and_then(|place| heard.get(place));
            heard.map_or_else(|| self.told(rule, request), |heard| heard.told.clone())
        };
        let mut decision = self.decided(index, request, &told);
        if !decision.allowed && decision.decided_by.is_empty() {
            let allows = heard.iter().filter(|heard| heard.has_a_say && heard.rule.effect == Effect::Allow);
            for heard in allows.take(TOLD) {
                add_failed(self, heard.rule, request, heard.condition.as_ref(), &mut decision);
            }
            self.say_why(index, request, &mut decision);
        }
        let rules = heard.drain(..).map(|heard| self.explained(heard, &decision)).collect();
        DecisionExplanation { decision, rules }
    }

    /// What a rule says, with the parts of its condition: evaluated once for both.
    fn hear<'a>(&self, at: RuleIndex, rule: &'a Rule, request: &Request<'_>) -> Heard<'a> {
        let condition = rule.policy.condition.as_ref().filter(|_| !rule.policy.broken);
        let condition = condition.map(|condition| condition.explain(&input(request)));
        let own = match condition.as_ref().map(|explanation| &explanation.value) {
            Some(Some(Ok(Val::Bool(true)))) => Told::True,
            Some(Some(Ok(Val::Bool(false)))) => Told::False,
            Some(Some(Err(error))) => Told::Error(error.message.clone()),
            _ => rule.told(request),
        };
        let in_force = rule.is_in_force(request.known.principal, request.known.now);
        let held = own == Told::False || !is_lent(&rule.policy) || self.grantor_may(rule, request);
        let outcome = match &own {
            _ if !in_force => RuleOutcome::NotInForce,
            Told::False => RuleOutcome::NotMatched,
            _ if !held => RuleOutcome::NotHeldByGrantor,
            Told::True => RuleOutcome::Matched,
            Told::Error(error) => RuleOutcome::Error(error.clone().into_owned()),
        };
        let has_a_say = in_force && has_a_say(self.combining, rule.effect) && !rule.is_of_fields;
        Heard { at, rule, told: if held { own } else { Told::False }, outcome, has_a_say, condition }
    }

    fn explained(&self, heard: Heard<'_>, decision: &Decision) -> RuleExplanation {
        let Heard { at, rule, outcome, condition: explanation, .. } = heard;
        let policy = &rule.policy;
        RuleExplanation {
            index: at,
            rule: RuleRef::of(policy),
            effect: policy.effect,
            priority: policy.priority,
            of_fields: rule.is_of_fields,
            outcome,
            decides: decision.rules.contains(&at),
            condition: explanation.map(|mut explanation| {
                if !rule.secrets.is_empty() {
                    hide(&rule.secrets, &mut explanation);
                }
                explanation
            }),
        }
    }
}

/// Replaces values that would tell a secret; truth values stay, for they are what is explained, unless the secret itself
/// is one.
fn hide(secrets: &[(NodeId, bool)], explanation: &mut Explanation) {
    if let Some(Ok(value)) = &mut explanation.value
        && let Some(is_secret) = tells(secrets, explanation.node)
        && (is_secret || !matches!(value, Val::Bool(_)))
    {
        *value = Val::String(HIDDEN.into());
    }
    for part in &mut explanation.parts {
        hide(secrets, part);
    }
}
