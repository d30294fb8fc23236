//! How much the conditions are that go through lists of who asks. A database is asked of each element, so that with long
//! lists a few rules are as much as many.
//!
//! Ordinary lists are counted with the rules ([`ORDINARY`]). Of a principal with longer ones it is told first from the
//! sizes alone that all rules together are not too much; only where that cannot be told its own rules are looked at.

use crate::filter::Refused;
use crate::index::{Index, covers_action, covers_principal};
use crate::load::{Lent, Load, MAX_PARTS, grantor};
use crate::rule::{Rule, lender};
use crate::set::PolicySet;
use maq_expr::{CallerList, CallerLists, Condition, Known, VALUES_OF_A_PART};
use maq_ir::Combining;
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};

/// Lists of so many elements are counted with the rule.
const ORDINARY: usize = 4;
/// More than all rules together may have.
const TOO_MUCH: u64 = MAX_PARTS + 1;

/// What a rule's condition is for a database.
#[derive(Debug, Clone, Default)]
pub(crate) struct Size {
    /// Parts, when no list is longer than [`ORDINARY`].
    pub parts: u64,
    /// Further parts of each further element that is looped over.
    slope: u64,
    lists: CallerLists,
}

impl Size {
    pub fn of(condition: &Condition) -> Size {
        let parts = |elements| condition.weight(elements).map(|parts| parts as u64);
        let mut lists = condition.caller_lists();
        let (Some(few), Some(more)) = (parts(ORDINARY), parts(2 * ORDINARY)) else {
            // Not told before it is known who asks.
            lists.others.push(CallerList::Roles);
            let parts = condition.lower(None).map_or(0, |predicate| predicate.weight() as u64);
            return Size { parts, slope: 0, lists };
        };
        Size { parts: few, slope: more.saturating_sub(few).div_ceil(ORDINARY as u64), lists }
    }

    /// Parts for who asks; once it is too much nobody waits for how much.
    fn parts_for(&self, condition: &Condition, known: &Known<'_>, is_too_much: bool) -> u64 {
        if self.lists.others.iter().any(|list| list.pieces(known, ORDINARY) > ORDINARY) {
            if is_too_much {
                return TOO_MUCH;
            }
            let asked = condition.lower(Some(known));
            return asked.map_or(TOO_MUCH, |predicate| predicate.weight() as u64).max(self.parts);
        }
        let beyond = |list: &CallerList| list.elements(known).saturating_sub(ORDINARY) as u64;
        let looped = self.lists.looped.as_ref().map_or(0, |list| beyond(list).saturating_mul(self.slope));
        let members = self.lists.members.iter().map(|list| beyond(list).div_ceil(VALUES_OF_A_PART as u64));
        members.fold(self.parts.saturating_add(looped), u64::saturating_add)
    }
}

/// The lists that the rules of one action go through.
#[derive(Debug, Clone)]
pub(crate) struct Lists {
    /// All rules at once.
    all: Load,
    /// Further parts of them all for so many further elements.
    slopes: Vec<(CallerList, Slope)>,
    /// What the rules ask that must be looked at one by one.
    others: Vec<CallerList>,
    /// The most roles of a grantor.
    most_roles: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slope {
    looped: u64,
    members: u64,
}

impl Lists {
    /// None where no rule goes through a list of who asks, as nearly everywhere.
    pub fn of(rules: &[Rule], action: &str, own: Option<&PolicySet>) -> Option<Box<Lists>> {
        let covered: Vec<&Rule> = rules.iter().filter(|rule| covers_action(&rule.policy, action)).collect();
        if covered.iter().all(|rule| rule.size.lists.is_empty()) {
            return None;
        }
        let grantors: Vec<_> = covered.iter().filter_map(|rule| grantor(rule)).collect();
        // What a grantor meets is asked for each right that it lends.
        let lends = || own.iter().flat_map(|own| &own.rules).filter(|rule| covers_action(&rule.policy, action));
        let met = grantors.iter().flat_map(|grantor| lends().filter(|rule| covers_principal(&rule.policy, grantor)));
        let (mut slopes, mut others): (BTreeMap<CallerList, Slope>, Vec<CallerList>) = Default::default();
        for size in covered.iter().copied().chain(met).map(|rule| &rule.size) {
            for list in &size.lists.members {
                slopes.entry(list.clone()).or_default().members += 1;
            }
            if let Some(list) = &size.lists.looped {
                slopes.entry(list.clone()).or_default().looped += size.slope;
            }
            others.extend_from_slice(&size.lists.others);
        }
        others.sort_unstable();
        others.dedup();
        let lent = Lent::of(&covered, action, own);
        let all = Load::of(covered.iter().copied(), |rule| rule.size.parts, |rule| lent.load(rule));
        let most_roles = grantors.iter().map(|grantor| grantor.roles.len()).max().unwrap_or_default();
        Some(Box::new(Lists { all, slopes: slopes.into_iter().collect(), others, most_roles }))
    }

    /// Whether the sizes of the lists tell that no rules together are too much, or no more than without their lists.
    fn are_small(&self, known: &Known<'_>, combining: Combining) -> bool {
        let is_long = |list: &CallerList| {
            list.pieces(known, ORDINARY) > ORDINARY || (*list == CallerList::Roles && self.most_roles > 0)
        };
        if self.others.iter().any(is_long) {
            return false;
        }
        let mut further = 0u64;
        for (list, slope) in &self.slopes {
            let most = if *list == CallerList::Roles { self.most_roles } else { 0 };
            let beyond = list.elements(known).max(most).saturating_sub(ORDINARY) as u64;
            let members = slope.members.saturating_mul(beyond.div_ceil(VALUES_OF_A_PART as u64));
            further = further.saturating_add(beyond.saturating_mul(slope.looped)).saturating_add(members);
        }
        further == 0 || self.all.with_parts(further).refused(combining).is_none()
    }
}

impl PolicySet {
    /// Why nothing is decided for a principal with such lists.
    pub(crate) fn overload_of_lists(&self, lists: &Lists, known: &Known<'_>, action: &str) -> Option<Refused> {
        if lists.are_small(known, self.combining) {
            return None;
        }
        self.load_for(self.table(action)?, known, action).refused(self.combining)
    }

    /// The rules that a principal meets, with its lists.
    #[cold]
    fn load_for(&self, index: &Index, known: &Known<'_>, action: &str) -> Load {
        let mut lent: HashMap<(String, Vec<String>), Load> = HashMap::new();
        let rules = index.candidates(known.principal).filter_map(|head| self.rule(head));
        let so_far = Cell::new(0u64);
        let parts = |rule: &Rule| {
            let is_too_much = so_far.get() > MAX_PARTS;
            let parts = match &rule.condition {
                Some(condition) => rule.size.parts_for(condition, known, is_too_much),
                None => rule.size.parts,
            };
            so_far.set(so_far.get().saturating_add(parts));
            parts
        };
        Load::of(rules, parts, |rule| {
            let (Some(lender), Some(own)) = (lender(&rule.policy, known), self.own()) else { return Load::default() };
            let key = (lender.user_id.clone(), lender.roles.clone());
            let met =
                || own.table(action).map(|index| own.load_for(index, &Known { principal: &lender, ..*known }, action));
            *lent.entry(key).or_insert_with(|| met().unwrap_or_default())
        })
    }
}

#[cfg(test)]
mod tests;
