//! The row filter: the same rules in the same order as a decision, as a predicate. A decision on a row is an allow
//! exactly where the predicate is true; unknown is an error, which is no allow.

use crate::Request;
use crate::order::otherwise;
use crate::rule::{Rule, RuleIndex, Told, lender};
use crate::set::{PolicySet, unfit};
use maq_expr::{Known, Predicate};
use maq_ir::{Combining, Effect};

/// Which rows a principal may act on.
#[derive(Debug, Clone, PartialEq)]
pub enum RowFilter {
    /// Every row.
    All,
    /// None.
    None,
    /// Those that make it true.
    Where(Predicate),
}

/// Why there is no filter: nothing may be read then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A condition has a part no database answers as the evaluator does. The compiler does not let it be frozen.
    #[error("the condition of `{policy}` cannot be asked of a database: {what}")]
    NotLowerable {
        /// Whose.
        policy: String,
        /// Which part, in words.
        what: String,
    },
    /// More conditions than fit into a question to a database.
    #[error("{count} policies with conditions apply at once, at most {most} can")]
    TooMany {
        /// How many.
        count: u64,
        /// How many can.
        most: u64,
    },
    /// Conditions that are too long together.
    #[error(
        "the conditions of the policies that apply at once have {parts} parts together, at most {most} can be asked"
    )]
    TooLong {
        /// How many.
        parts: u64,
        /// How many can be.
        most: u64,
    },
    /// Allows above denies above allows, and so on.
    #[error("the allows and denies that apply at once alternate {turns} times, at most {most} times is possible")]
    TooDeep {
        /// How often.
        turns: u64,
        /// How often is possible.
        most: u64,
    },
}

impl PolicySet {
    /// The rows on which `action` may be done.
    ///
    /// # Errors
    /// [`Refused`]; the caller lets nothing be read.
    pub fn filter(&self, known: &Known<'_>, action: &str) -> Result<RowFilter, Refused> {
        let Some(index) = self.table(action) else { return Ok(RowFilter::None) };
        if unfit(known.principal).is_some() {
            return Ok(RowFilter::None);
        }
        if let Some(refused) = self.overload(known, action) {
            return Err(refused);
        }
        let rules = self.deciding(index, known);
        let predicate = match self.combining {
            Combining::OnlyOneApplicable => self.only_one(rules, known, action)?,
            _ => self.first_match(rules, known, action)?,
        };
        Ok(match where_true(predicate) {
            Predicate::Known(true) => RowFilter::All,
            Predicate::Known(false) => RowFilter::None,
            predicate => RowFilter::Where(predicate),
        })
    }

    /// What one rule says of a row, its grantor included.
    pub(crate) fn predicate_of(&self, rule: &Rule, known: &Known<'_>, action: &str) -> Result<Predicate, Refused> {
        let own = own_predicate(rule, known)?;
        let (Some(lender), Some(set)) = (lender(&rule.policy, known), self.own()) else { return Ok(own) };
        let theirs = match set.filter(&Known { principal: &lender, ..*known }, action)? {
            RowFilter::All => return Ok(own),
            RowFilter::None => Predicate::Known(false),
            RowFilter::Where(theirs) => Predicate::IsTrue(Box::new(theirs)),
        };
        Ok(all(vec![own, theirs]))
    }

    fn first_match<'a>(
        &self,
        rules: impl Iterator<Item = (RuleIndex, &'a Rule)>,
        known: &Known<'_>,
        action: &str,
    ) -> Result<Predicate, Refused> {
        // Level by level, as far as a level that matches on every row.
        let mut levels: Vec<(u32, Effect, Vec<Predicate>)> = Vec::new();
        let mut last = None;
        for (_, rule) in rules {
            if last.is_some_and(|last| last != rule.level) {
                break;
            }
            let predicate = self.predicate_of(rule, known, action)?;
            let effect = rule.effect;
            match &predicate {
                Predicate::Known(false) => continue,
                Predicate::Unknown if effect == Effect::Allow => continue,
                Predicate::Known(true) | Predicate::Unknown => last = Some(rule.level),
                _ => {}
            }
            match levels.last_mut() {
                Some((level, _, predicates)) if *level == rule.level => predicates.push(predicate),
                _ => levels.push((rule.level, effect, vec![predicate])),
            }
        }
        let end = Predicate::Known(otherwise(self.combining) == Effect::Allow);
        Ok(levels.into_iter().rev().fold(end, |rest, (_, effect, mut predicates)| match effect {
            Effect::Allow => {
                predicates.push(rest);
                any(predicates)
            }
            Effect::Deny => {
                let mut parts: Vec<Predicate> = predicates.into_iter().map(Predicate::negated).collect();
                parts.push(rest);
                all(parts)
            }
        }))
    }

    /// An allow is true, and every other rule false.
    fn only_one<'a>(
        &self,
        rules: impl Iterator<Item = (RuleIndex, &'a Rule)>,
        known: &Known<'_>,
        action: &str,
    ) -> Result<Predicate, Refused> {
        let mut told: Vec<(Effect, Predicate)> = Vec::new();
        let mut always = 0;
        for (_, rule) in rules {
            let predicate = self.predicate_of(rule, known, action)?;
            match &predicate {
                Predicate::Known(false) => continue,
                Predicate::Known(true) | Predicate::Unknown => always += 1,
                _ => {}
            }
            if always > 1 {
                return Ok(Predicate::Known(false));
            }
            told.push((rule.effect, predicate));
        }
        let alone =
            |at: usize| {
                let each = told.iter().enumerate().map(|(other, (_, predicate))| {
                    if other == at { predicate.clone() } else { predicate.clone().negated() }
                });
                all(each.collect())
            };
        let allows = told.iter().enumerate().filter(|(_, (effect, _))| *effect == Effect::Allow);
        Ok(any(allows.map(|(at, _)| alone(at)).collect()))
    }
}

fn own_predicate(rule: &Rule, known: &Known<'_>) -> Result<Predicate, Refused> {
    if !rule.policy.broken
        && rule.reads_record
        && let Some(condition) = &rule.policy.condition
    {
        return condition
            .lower(Some(known))
            .map_err(|refused| Refused::NotLowerable { policy: rule.policy.name.to_string(), what: refused.what });
    }
    Ok(match rule.told(&Request { known: *known, action: "", record: None }) {
        Told::True => Predicate::Known(true),
        Told::False => Predicate::Known(false),
        Told::Error(_) => Predicate::Unknown,
    })
}

/// Conjunction; what is known is taken in.
pub(crate) fn all(parts: Vec<Predicate>) -> Predicate {
    let mut kept = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Predicate::Known(true) => {}
            Predicate::Known(false) => return Predicate::Known(false),
            Predicate::All(more) => kept.extend(more),
            part => kept.push(part),
        }
    }
    if kept.len() > 1 { Predicate::All(kept) } else { kept.pop().unwrap_or(Predicate::Known(true)) }
}

/// Disjunction; what is known is taken in.
pub(crate) fn any(parts: Vec<Predicate>) -> Predicate {
    let mut kept: Vec<Predicate> = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Predicate::Known(false) => {}
            Predicate::Known(true) => return Predicate::Known(true),
            Predicate::Any(more) => kept.extend(more),
            part => kept.push(part),
        }
    }
    if kept.len() > 1 { Predicate::Any(kept) } else { kept.pop().unwrap_or(Predicate::Known(false)) }
}

/// The same where it is true, simpler elsewhere: only rows that make it true are wanted, so what is unknown may be
/// false.
fn where_true(predicate: Predicate) -> Predicate {
    predicate.where_true()
}

#[cfg(test)]
mod tests;
