//! The rows on which fields may be written: the rights of [`PolicySet::field_rights_on`] as a predicate, so that a store
//! asks it of the row that is changed, in one statement with the change. And the fields that any row may show.

use crate::filter::{Refused, all, any};
use crate::index::Index;
use crate::order::otherwise;
use crate::rights::{FieldRight, FieldRights};
use crate::rule::Rule;
use crate::set::PolicySet;
use maq_expr::{Known, Predicate};
use maq_ir::{Combining, Effect, FieldIdx, FieldRules};

/// Most parts that the rights on fields may have, beside the filter.
const MAX_PARTS: u64 = 5_000;
/// How often allows that let a field be written and allows that do not may alternate.
const MAX_TURNS: u64 = 50;

/// On which rows fields may be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Writable {
    /// The fields that may be written on no row.
    pub never: Vec<FieldIdx>,
    /// The rows on which all of them may be; none for all that the filter gives.
    pub rows: Option<Predicate>,
}

/// An allow that can decide.
struct Giving {
    level: u32,
    priority: i64,
    rights: FieldRights,
    matches: Predicate,
}

/// A deny that takes fields away.
struct Taking<'a> {
    level: u32,
    priority: i64,
    fields: &'a FieldRules,
    matches: Predicate,
}

struct Deciders<'a> {
    /// In order of evaluation.
    giving: Vec<Giving>,
    taking: Vec<Taking<'a>>,
    /// Where none of them matches everything is given.
    ends: bool,
}

impl PolicySet {
    /// On which of the rows that the filter gives `action` may write all of `fields`. The predicate is true or false,
    /// and tells nothing of other rows.
    ///
    /// # Errors
    /// [`Refused`], as [`PolicySet::filter`]; nothing may be written then.
    pub fn writable_rows(&self, known: &Known<'_>, action: &str, fields: &[FieldIdx]) -> Result<Writable, Refused> {
        let Some(index) = self.fitting_table(known, action) else {
            return Ok(Writable { never: fields.to_vec(), rows: None });
        };
        if fields.is_empty() || !self.has_field_rules(index, known) {
            return Ok(Writable { never: Vec::new(), rows: None });
        }
        let Deciders { giving, taking, ends } = self.deciders_of_fields(index, known, action)?;
        let (mut never, mut rows) = (Vec::new(), Vec::new());
        for field in fields {
            match self.rows_of(*field, &giving, &taking, ends)? {
                Predicate::Known(true) => {}
                Predicate::Known(false) => never.push(*field),
                // Fields that the same rules give have the same rows.
                kept if rows.contains(&kept) => {}
                kept => rows.push(kept),
            }
        }
        let parts = rows.iter().map(|rows| rows.weight() as u64).sum();
        if parts > MAX_PARTS {
            return Err(Refused::TooLong { parts, most: MAX_PARTS });
        }
        Ok(Writable { never, rows: (!rows.is_empty()).then(|| all(rows)) })
    }

    /// By field: whether some row that the filter gives may show it, as it is or through a mask.
    ///
    /// # Errors
    /// [`Refused`], as [`PolicySet::filter`]; nothing may be read then.
    pub fn shown_somewhere(&self, known: &Known<'_>) -> Result<Vec<bool>, Refused> {
        let fields = (0u32..).map(FieldIdx).take(self.classes.len());
        let Some(index) = self.fitting_table(known, "read") else { return Ok(fields.map(|_| false).collect()) };
        let Deciders { giving, taking, ends } = self.deciders_of_fields(index, known, "read")?;
        let is_taken = |field, given: Option<&Giving>| {
            let always = taking.iter().filter(|one| one.matches == Predicate::Known(true) && self.hears(one, given));
            always.into_iter().any(|one| one.fields.read.has(field))
        };
        let shows = |given: &Giving, field| *given.rights.read(field) != FieldRight::Hidden;
        let is_shown = |field| {
            giving.iter().any(|given| shows(given, field) && !is_taken(field, Some(given)))
                || (ends && !is_taken(field, None))
        };
        Ok(fields.map(is_shown).collect())
    }

    /// What decides over the fields of the rows that the filter gives.
    fn deciders_of_fields<'a>(
        &'a self,
        index: &'a Index,
        known: &'a Known<'a>,
        action: &str,
    ) -> Result<Deciders<'a>, Refused> {
        let matches = |rule: &Rule, effect: Effect| {
            let says = self.predicate_of(rule, known, action)?;
            Ok(match effect {
                Effect::Allow => is_true(says),
                Effect::Deny => is_true(says.negated()).negated(),
            })
        };
        let mut giving: Vec<Giving> = Vec::new();
        // A level that always matches is the last that can decide. Denies decide nothing on rows that the filter gives.
        let mut last = None;
        for (_, rule) in self.deciding(index, known) {
            if last.is_some_and(|last| last != rule.level) {
                break;
            }
            let matches = matches(rule, rule.effect)?;
            if matches == Predicate::Known(true) && self.combining != Combining::OnlyOneApplicable {
                last = Some(rule.level);
            }
            if rule.effect == Effect::Allow && matches != Predicate::Known(false) {
                let rights = self.given_by(rule, known, action);
                giving.push(Giving { level: rule.level, priority: rule.priority, rights, matches });
            }
        }
        let mut taking = Vec::new();
        for (_, rule) in self.met(index, known).filter(|(_, rule)| rule.is_of_fields) {
            let matches = matches(rule, Effect::Deny)?;
            if let Some(fields) = rule.policy.fields.as_ref().filter(|_| matches != Predicate::Known(false)) {
                taking.push(Taking { level: rule.level, priority: rule.priority, fields, matches });
            }
        }
        let ends = last.is_none() && otherwise(self.combining) == Effect::Allow;
        Ok(Deciders { giving, taking, ends })
    }

    /// Where one field may be written.
    fn rows_of(
        &self,
        field: FieldIdx,
        giving: &[Giving],
        taking: &[Taking<'_>],
        ends: bool,
    ) -> Result<Predicate, Refused> {
        let taken = |given: Option<&Giving>| {
            let heard = taking.iter().filter(|one| one.fields.write.has(field) && self.hears(one, given));
            any(heard.map(|one| one.matches.clone()).collect())
        };
        let levels: Vec<&[Giving]> = match self.combining {
            Combining::OnlyOneApplicable => vec![giving],
            _ => giving.chunk_by(|one, other| one.level == other.level).collect(),
        };
        let gives = |level: &[Giving]| level.iter().all(|one| one.rights.may_write(field));
        if levels.iter().all(|level| gives(level) && taken(level.first()) == Predicate::Known(false))
            && (!ends || taken(None) == Predicate::Known(false))
        {
            return Ok(Predicate::Known(true));
        }
        let mut turns = 0;
        let mut rest = if ends { taken(None).negated() } else { Predicate::Known(false) };
        for (at, level) in levels.iter().enumerate().rev() {
            let matches =
                |level: &mut dyn Iterator<Item = &Giving>| any(level.map(|one| one.matches.clone()).collect());
            let writes = matches(&mut level.iter().filter(|one| one.rights.may_write(field)));
            let here = all(vec![writes, taken(level.first()).negated()]);
            let some = matches(&mut level.iter());
            // Where it stands first it does not matter whether others match, too.
            rest = if here == some { any(vec![some, rest]) } else { any(vec![here, all(vec![some.negated(), rest])]) };
            turns += u64::from(levels.get(at + 1).is_some_and(|next| gives(next) != gives(level)));
        }
        if turns > MAX_TURNS { Err(Refused::TooDeep { turns, most: MAX_TURNS }) } else { Ok(rest) }
    }

    /// Whether a deny of fields is heard where this allow decides; without one, where none does.
    fn hears(&self, taking: &Taking<'_>, given: Option<&Giving>) -> bool {
        match self.combining {
            Combining::PriorityDenyOverrides => given.is_none_or(|given| taking.priority >= given.priority),
            Combining::FirstApplicable => given.is_none_or(|given| taking.level < given.level),
            _ => true,
        }
    }
}

fn is_true(predicate: Predicate) -> Predicate {
    match predicate.where_true() {
        known @ Predicate::Known(_) => known,
        other => Predicate::IsTrue(Box::new(other)),
    }
}

#[cfg(test)]
mod tests;
