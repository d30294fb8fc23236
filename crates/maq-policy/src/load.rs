//! How many rules one principal can meet at once. What is more than a database answers in one statement decides nothing
//! at all: no face of a decision says more than another.

use crate::filter::Refused;
use crate::index::{covers_action, covers_principal, is_for_everyone};
use crate::rule::{Rule, lender};
use crate::set::PolicySet;
use maq_expr::Known;
use maq_ir::{Combining, Effect};
use maq_value::{Instant, Principal};
use std::collections::HashMap;
use std::sync::Arc;

/// Most rules with a condition on the record that apply at once.
const MAX_CONDITIONS: u64 = 1_000;
/// Most of them where each is compared with each.
const MAX_COMPARED: u64 = 40;
/// Most parts of their conditions together: each may bind a value, and SQLite takes 32,766.
pub(crate) const MAX_PARTS: u64 = 10_000;
/// How often allows and denies may alternate: each time a filter nests deeper.
const MAX_TURNS: u64 = 100;

/// What rules with a condition on the record ask of a database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Load {
    conditions: u64,
    parts: u64,
    /// Levels of allows, and of denies.
    levels: (u64, u64),
    /// The most conditions and levels of one grantor: what it is asked stands inside.
    lent: (u64, u64, u64),
}

impl Load {
    /// Of rules in order of evaluation; `parts` tells those of a condition, `lent` the load of a grantor.
    pub fn of<'a>(
        rules: impl Iterator<Item = &'a Rule>,
        parts: impl Fn(&Rule) -> u64,
        mut lent: impl FnMut(&Rule) -> Load,
    ) -> Load {
        let mut load = Load::default();
        let mut last = None;
        for rule in rules {
            let grantor = lent(rule);
            if !rule.reads_record && grantor == Load::default() {
                continue;
            }
            load.conditions += 1;
            load.parts = load.parts.saturating_add(parts(rule)).saturating_add(grantor.parts);
            load.lent = most(load.lent, (grantor.conditions, grantor.levels.0, grantor.levels.1));
            if last.replace(rule.level) != Some(rule.level) {
                match rule.effect {
                    Effect::Allow => load.levels.0 += 1,
                    Effect::Deny => load.levels.1 += 1,
                }
            }
        }
        load
    }

    /// With further parts of the same conditions.
    pub fn with_parts(self, further: u64) -> Load {
        Load { parts: self.parts.saturating_add(further), ..self }
    }

    /// Of both together, at most.
    pub fn and(self, other: Load) -> Load {
        Load {
            conditions: self.conditions + other.conditions,
            parts: self.parts.saturating_add(other.parts),
            levels: (self.levels.0 + other.levels.0, self.levels.1 + other.levels.1),
            lent: most(self.lent, other.lent),
        }
    }

    /// At least as much as each of both.
    fn most(self, other: Load) -> Load {
        Load {
            conditions: self.conditions.max(other.conditions),
            parts: self.parts.max(other.parts),
            levels: (self.levels.0.max(other.levels.0), self.levels.1.max(other.levels.1)),
            lent: most(self.lent, other.lent),
        }
    }

    /// Why it is too much, when it is.
    pub fn refused(&self, combining: Combining) -> Option<Refused> {
        let most = if combining == Combining::OnlyOneApplicable { MAX_COMPARED } else { MAX_CONDITIONS };
        let (lent, lent_allows, lent_denies) = self.lent;
        let turns = (self.levels.0.min(self.levels.1) + lent_allows.min(lent_denies)) * 2;
        let count = self.conditions.max(lent);
        if count > most {
            return Some(Refused::TooMany { count, most });
        }
        // Each stands beside every other there.
        let times = if combining == Combining::OnlyOneApplicable { self.conditions.max(1) } else { 1 };
        let parts = self.parts.saturating_mul(times);
        if parts > MAX_PARTS {
            return Some(Refused::TooLong { parts, most: MAX_PARTS });
        }
        (turns > MAX_TURNS).then_some(Refused::TooDeep { turns, most: MAX_TURNS })
    }
}

fn most(one: (u64, u64, u64), other: (u64, u64, u64)) -> (u64, u64, u64) {
    (one.0.max(other.0), one.1.max(other.1), one.2.max(other.2))
}

/// The loads of everyone's, each role's and each user's rules for one action.
#[derive(Debug, Clone, Default)]
pub(crate) struct Loads {
    everyone: Load,
    roles: HashMap<Arc<str>, Load>,
    users: HashMap<Arc<str>, Load>,
    /// So many roles and users never meet too much together, whichever they are.
    harmless: usize,
}

impl Loads {
    /// None where all rules at once are not too much, as nearly everywhere.
    pub fn of(rules: &[Rule], action: &str, combining: Combining, own: Option<&PolicySet>) -> Option<Box<Loads>> {
        let covered: Vec<&Rule> = rules.iter().filter(|rule| covers_action(&rule.policy, action)).collect();
        let lent = Lent::of(&covered, action, own);
        let of = |rules: &[&Rule]| Load::of(rules.iter().copied(), |rule| rule.size.parts, |rule| lent.load(rule));
        of(&covered).refused(combining)?;
        let (mut everyone, mut roles, mut users) = (Vec::new(), HashMap::new(), HashMap::new());
        for rule in covered {
            if is_for_everyone(&rule.policy) {
                everyone.push(rule);
                continue;
            }
            for (names, lists) in [(&rule.policy.roles, &mut roles), (&rule.policy.principals, &mut users)] {
                for name in names {
                    let list: &mut Vec<&Rule> = lists.entry(name.clone()).or_default();
                    list.push(rule);
                }
            }
        }
        let each =
            |lists: HashMap<Arc<str>, Vec<&Rule>>| lists.into_iter().map(|(name, list)| (name, of(&list))).collect();
        let everyone = of(&everyone);
        let [roles, users]: [HashMap<_, _>; 2] = [roles, users].map(each);
        let heaviest = roles.values().chain(users.values()).fold(Load::default(), |load, other| load.most(*other));
        let growing = std::iter::successors(Some(everyone), |load| Some(load.and(heaviest)));
        // A principal of more names than that is added up.
        let fitting = growing.take(MAX_CONDITIONS as usize).take_while(|load| load.refused(combining).is_none());
        let harmless = fitting.count().saturating_sub(1);
        Some(Box::new(Loads { everyone, roles, users, harmless }))
    }

    /// Whether it is plain that a principal does not meet too much, without a look at what each of its roles meets.
    pub fn spares(&self, principal: &Principal) -> bool {
        principal.roles.len() < self.harmless
    }

    /// What a principal meets, at most: a rule for two of its roles counts twice.
    pub fn of_principal(&self, principal: &Principal) -> Load {
        let roles = principal.roles.iter().filter_map(|role| self.roles.get(role.as_str()));
        roles.chain(self.users.get(principal.user_id.as_str())).fold(self.everyone, |load, more| load.and(*more))
    }
}

/// The loads of grantors, by user and roles.
pub(crate) struct Lent(HashMap<(String, Vec<String>), Load>);

impl Lent {
    pub fn of(rules: &[&Rule], action: &str, own: Option<&PolicySet>) -> Lent {
        let mut loads = HashMap::new();
        for grantor in rules.iter().filter_map(|rule| grantor(rule)) {
            let met = own.iter().flat_map(|own| &own.rules);
            let met =
                met.filter(|rule| covers_action(&rule.policy, action) && covers_principal(&rule.policy, &grantor));
            let load = || Load::of(met, |rule| rule.size.parts, |_| Load::default());
            loads.entry((grantor.user_id.clone(), grantor.roles.clone())).or_insert_with(load);
        }
        Lent(loads)
    }

    pub fn load(&self, rule: &Rule) -> Load {
        let grantor = grantor(rule).map(|grantor| (grantor.user_id, grantor.roles));
        grantor.and_then(|key| self.0.get(&key).copied()).unwrap_or_default()
    }
}

/// Who lends, wherever that is.
pub(crate) fn grantor(rule: &Rule) -> Option<Principal> {
    let nobody = Principal::new("", &[]);
    lender(&rule.policy, &Known { principal: &nobody, context: crate::no_context(), now: Instant(0) })
}
