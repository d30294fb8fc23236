//! Rights on fields: what of a record may be read, as it is or through a mask, and what may be written.
//!
//! The rights of all allows that decide over a record are united: readable beats masked, masked beats hidden. A deny with
//! field rules takes its fields away and says nothing of the record; it is heard where it stands at the deciding level
//! or before it.

use crate::filter::Refused;
use crate::order::otherwise;
use crate::rights::{FieldRight, FieldRights, given};
use crate::rule::{Head, Rule, RuleIndex, Told, lender};
use crate::set::PolicySet;
use crate::{Request, index::Index};
use maq_expr::{Known, Predicate};
use maq_ir::{Classification, Combining, Effect, FieldIdx};

/// What the allows of one level give when it decides.
struct LevelRights<'a> {
    rule: &'a Rule,
    rights: FieldRights,
    /// Some of them match on every row.
    is_certain: bool,
}

impl LevelRights<'_> {
    /// One more allow of the level: those that always match give together, of the others perhaps just one matches.
    fn add(&mut self, given: FieldRights, is_certain: bool, count: usize) {
        match (self.is_certain, is_certain) {
            (true, true) => self.rights.unite(given),
            (true, false) => {}
            (false, true) => self.rights = given,
            (false, false) => self.rights.narrow(&given, count),
        }
        self.is_certain |= is_certain;
    }
}

impl PolicySet {
    /// Whether an answer over the fields of a record can differ from "all" for this principal and action.
    pub(crate) fn has_field_rules(&self, index: &Index, known: &Known<'_>) -> bool {
        self.met(index, known).any(|(_, rule)| rule.policy.fields.is_some() || lender(&rule.policy, known).is_some())
    }

    /// The rules whose outcome on a row decides over its fields, each with its predicate; empty for most.
    ///
    /// # Errors
    /// [`Refused`], as [`PolicySet::filter`].
    pub fn field_conditions(&self, known: &Known<'_>, action: &str) -> Result<Vec<(RuleIndex, Predicate)>, Refused> {
        let Some(index) = self.fitting_table(known, action) else {
            return Ok(Vec::new());
        };
        if !self.has_field_rules(index, known) {
            return Ok(Vec::new());
        }
        let mut conditions = Vec::new();
        for (at, rule) in self.met(index, known).filter(|(_, rule)| self.reads_record(rule, known, action)) {
            conditions.push((at, self.predicate_of(rule, known, action)?));
        }
        Ok(conditions)
    }

    /// The rights on the fields of a row that the filter gives. `outcomes` says what the rules of
    /// [`PolicySet::field_conditions`] make of it; none is an error.
    pub fn field_rights(
        &self,
        known: &Known<'_>,
        action: &str,
        outcomes: &dyn Fn(RuleIndex) -> Option<bool>,
    ) -> FieldRights {
        let count = self.classes.len();
        let Some(index) = self.fitting_table(known, action) else {
            return FieldRights::none(count);
        };
        if !self.has_field_rules(index, known) {
            return FieldRights::all();
        }
        let request = Request { known: *known, action, record: None };
        let told = |at: RuleIndex, rule: &Rule| {
            if self.reads_record(rule, known, action) {
                match outcomes(at) {
                    Some(true) => Told::True,
                    Some(false) => Told::False,
                    None => Told::Error("".into()),
                }
            } else {
                self.told(rule, &request)
            }
        };
        self.rights(index, known, action, &told)
    }

    /// The rights on the fields of the record of `request`, decided in memory.
    pub fn field_rights_on(&self, request: &Request<'_>) -> FieldRights {
        let known = &request.known;
        let count = self.classes.len();
        let Some(index) = self.fitting_table(known, request.action) else {
            return FieldRights::none(count);
        };
        self.rights(index, known, request.action, &|_, rule| self.told(rule, request))
    }

    fn rights(
        &self,
        index: &Index,
        known: &Known<'_>,
        action: &str,
        told: &dyn Fn(RuleIndex, &Rule) -> Told,
    ) -> FieldRights {
        let count = self.classes.len();
        let says = |head: &Head| self.rule(head).map_or(Told::False, |rule| told(RuleIndex(head.at), rule));
        let (rules, allowed) = self.deciders_by(index, known, says);
        if !allowed {
            return FieldRights::none(count);
        }
        let mut rights = if rules.is_empty() && otherwise(self.combining) == Effect::Allow {
            FieldRights::all()
        } else {
            FieldRights::none(count)
        };
        for rule in rules.iter().filter_map(|at| self.rules.get(at.0 as usize)) {
            rights.unite(self.given_by(rule, known, action));
        }
        let level = rules.first().and_then(|at| self.rules.get(at.0 as usize)).map(|rule| rule.level);
        let priority = rules.first().and_then(|at| self.policy(*at)).map(|policy| policy.priority);
        for (at, rule) in self.met(index, known).filter(|(_, rule)| rule.is_of_fields) {
            let is_heard = match self.combining {
                Combining::PriorityDenyOverrides => priority.is_none_or(|least| rule.policy.priority >= least),
                Combining::FirstApplicable => level.is_none_or(|level| rule.level < level),
                _ => true,
            };
            if is_heard
                && told(at, rule).matches(Effect::Deny)
                && let Some(fields) = &rule.policy.fields
            {
                rights.take(fields, count);
            }
        }
        rights
    }

    /// What an allow gives; of a lent one at most what its grantor has on every record.
    pub(crate) fn given_by(&self, rule: &Rule, known: &Known<'_>, action: &str) -> FieldRights {
        let count = self.classes.len();
        let mut rights = given(rule, count);
        if let (Some(lender), Some(own)) = (lender(&rule.policy, known), self.own()) {
            rights.narrow(&own.certain(&Known { principal: &lender, ..*known }, action), count);
        }
        rights
    }

    /// What holds on every row that may be seen: the least of all rules that could decide, without all that could be
    /// taken away.
    fn certain(&self, known: &Known<'_>, action: &str) -> FieldRights {
        let count = self.classes.len();
        let Some(index) = self.fitting_table(known, action) else {
            return FieldRights::none(count);
        };
        let request = Request { known: *known, action, record: None };
        let mut levels: Vec<LevelRights<'_>> = Vec::new();
        let mut last: Option<&Rule> = None;
        for (_, rule) in self.deciding(index, known) {
            if last.is_some_and(|last| last.level != rule.level) {
                break;
            }
            let depends = self.reads_record(rule, known, action);
            if !depends && !self.told(rule, &request).matches(rule.effect) {
                continue;
            }
            if !depends && self.combining != Combining::OnlyOneApplicable {
                last = Some(rule);
            }
            if rule.effect == Effect::Allow {
                let given = self.given_by(rule, known, action);
                match levels.last_mut() {
                    Some(level) if level.rule.level == rule.level => level.add(given, !depends, count),
                    _ => levels.push(LevelRights { rule, rights: given, is_certain: !depends }),
                }
            }
        }
        let may_be_nothing = last.is_none() && otherwise(self.combining) == Effect::Allow;
        if levels.is_empty() && !may_be_nothing {
            return FieldRights::none(count);
        }
        let mut rights = FieldRights::all();
        for level in &levels {
            rights.narrow(&level.rights, count);
        }
        for (_, rule) in self.met(index, known).filter(|(_, rule)| rule.is_of_fields) {
            let may = self.reads_record(rule, known, action) || self.told(rule, &request).matches(Effect::Deny);
            let is_before = match (self.combining, last) {
                (Combining::PriorityDenyOverrides, Some(last)) => rule.policy.priority >= last.policy.priority,
                (Combining::FirstApplicable, Some(last)) => rule.level < last.level,
                _ => true,
            };
            if let Some(fields) = rule.policy.fields.as_ref().filter(|_| may && is_before) {
                rights.take(fields, count);
            }
        }
        rights
    }

    /// By field: whether it may be read unmasked on every row that may be seen. Others may not be filtered, sorted,
    /// searched, grouped or expanded by (DESIGN 5.4).
    pub fn queryable(&self, known: &Known<'_>) -> Vec<bool> {
        let rights = self.certain(known, "read");
        (0u32..).take(self.classes.len()).map(|at| *rights.read(FieldIdx(at)) == FieldRight::Readable).collect()
    }

    /// Whether what is decided differs from row to row for this principal; if not, one answer is enough.
    pub fn mentions_records(&self, known: &Known<'_>, action: &str) -> bool {
        let Some(index) = self.table(action) else { return false };
        let request = Request { known: *known, action, record: None };
        for (_, rule) in self.deciding(index, known) {
            if self.reads_record(rule, known, action) {
                return true;
            }
            let decides = self.combining != Combining::OnlyOneApplicable;
            if decides && (rule.is_plain || self.told(rule, &request).matches(rule.effect)) {
                return false;
            }
        }
        false
    }

    /// Whether the outcome of a rule, or of its grantor, depends on the row.
    pub(crate) fn reads_record(&self, rule: &Rule, known: &Known<'_>, action: &str) -> bool {
        if rule.reads_record && !rule.policy.broken {
            return true;
        }
        let (Some(lender), Some(own)) = (lender(&rule.policy, known), self.own()) else { return false };
        own.mentions_records(&Known { principal: &lender, ..*known }, action)
    }

    /// The fields that are personal or secret.
    pub fn classified(&self) -> impl Iterator<Item = (FieldIdx, Classification)> {
        let classes = (0u32..).map(FieldIdx).zip(self.classes.iter().copied());
        classes.filter(|(_, class)| matches!(class, Classification::Personal | Classification::Secret))
    }
}
