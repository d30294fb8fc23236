//! Which rules an action and a principal can meet: by role and by user, never by looking at each rule. The lists are
//! walked together in order of evaluation, without allocation while they are few.

use crate::rule::{EVERY, Head, Rule};
use foldhash::fast::RandomState;
use maq_ir::Policy;
use maq_value::Principal;
use smallvec::SmallVec;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// The rules of each name. A short name stands in the table itself, and is found there with one look.
type Named = HashMap<SmallVec<[u8; 16]>, List, RandomState>;

/// The rules of one name, in order of evaluation. The first of them stands here, beside the name: of an action a name
/// most often has just one, and then nothing else is read from far memory.
#[derive(Debug, Clone)]
struct List {
    first: Head,
    /// Where the others stand among the heads.
    others: Range<u32>,
}

/// The rules of one action.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    /// Those that are not the first of a name.
    heads: Vec<Head>,
    everyone: Option<List>,
    roles: Named,
    users: Named,
}

impl Index {
    /// The rules that are for `action`.
    pub fn of(rules: &[Rule], action: &str) -> Index {
        let mut everyone = Vec::new();
        let mut by_name: [HashMap<Arc<str>, Vec<Head>>; 2] = Default::default();
        for rule in rules.iter().filter(|rule| covers_action(&rule.policy, action)) {
            if is_for_everyone(&rule.policy) {
                everyone.push(rule.head);
                continue;
            }
            for (names, lists) in [&rule.policy.roles, &rule.policy.principals].into_iter().zip(&mut by_name) {
                for name in names {
                    let list = lists.entry(name.clone()).or_default();
                    if list.last().is_none_or(|last| last.at != rule.head.at) {
                        list.push(rule.head);
                    }
                }
            }
        }
        let mut index = Index::default();
        index.everyone = index.list(&everyone);
        let [roles, users] = by_name;
        index.roles = index.named(roles);
        index.users = index.named(users);
        index
    }

    fn named(&mut self, lists: HashMap<Arc<str>, Vec<Head>>) -> Named {
        lists.into_iter().filter_map(|(name, list)| Some((name.as_bytes().into(), self.list(&list)?))).collect()
    }

    fn list(&mut self, list: &[Head]) -> Option<List> {
        let (first, others) = list.split_first()?;
        let start = self.heads.len() as u32;
        self.heads.extend(others);
        Some(List { first: *first, others: start..self.heads.len() as u32 })
    }

    /// The rules `principal` can meet, each once.
    #[inline]
    pub fn candidates<'a>(&'a self, principal: &'a Principal) -> Candidates<'a> {
        let mut lists = SmallVec::new();
        let mut add = |list: &'a List| lists.push(Rest { next: &list.first, others: list.others.clone() });
        if let Some(list) = &self.everyone {
            add(list);
        }
        for role in &principal.roles {
            if let Some(list) = self.roles.get(role.as_bytes()) {
                add(list);
            }
        }
        if !self.users.is_empty()
            && let Some(list) = self.users.get(principal.user_id.as_bytes())
        {
            add(list);
        }
        Candidates { lists, heads: &self.heads }
    }

    /// Whether some rule names the role.
    pub fn knows_role(&self, role: &str) -> bool {
        self.roles.contains_key(role.as_bytes())
    }
}

/// What is left of a list.
#[derive(Debug, Clone)]
struct Rest<'a> {
    next: &'a Head,
    others: Range<u32>,
}

/// Rules in order of evaluation, each once. A few lists are held without allocation; it is moved about for every
/// decision, and is small.
#[derive(Debug, Clone)]
pub(crate) struct Candidates<'a> {
    lists: SmallVec<[Rest<'a>; 5]>,
    heads: &'a [Head],
}

impl<'a> Iterator for Candidates<'a> {
    type Item = &'a Head;

    #[inline]
    fn next(&mut self) -> Option<&'a Head> {
        let next = self.lists.iter().map(|list| list.next).min_by_key(|head| head.at)?;
        // A rule for several names stands in the list of each.
        let mut at = 0;
        while let Some(list) = self.lists.get_mut(at) {
            if list.next.at != next.at {
                at += 1;
            } else if let Some(other) = list.others.next().and_then(|other| self.heads.get(other as usize)) {
                list.next = other;
                at += 1;
            } else {
                self.lists.swap_remove(at);
            }
        }
        Some(next)
    }
}

/// Whether the policy is for this action.
pub(crate) fn covers_action(policy: &Policy, action: &str) -> bool {
    policy.actions.iter().any(|known| &**known == EVERY || &**known == action)
}

/// Whether the policy is for everyone.
pub(crate) fn is_for_everyone(policy: &Policy) -> bool {
    (policy.roles.is_empty() && policy.principals.is_empty()) || policy.roles.iter().any(|role| &**role == EVERY)
}

/// Whether the policy is for this principal.
pub(crate) fn covers_principal(policy: &Policy, principal: &Principal) -> bool {
    is_for_everyone(policy)
        || policy.roles.iter().any(|role| principal.roles.iter().any(|own| **role == **own))
        || policy.principals.iter().any(|user| **user == *principal.user_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PolicySet;
    use crate::samples::{entity, known, policy};
    use maq_ir::{Combining, Effect};

    #[test]
    fn what_many_lists_hold_is_met_once_and_in_order() {
        // Each is for two of ten roles, some for a user or for everyone too.
        let each = |at: usize| {
            let roles = [format!("role{}", at % 10), format!("role{}", at * 7 % 10)];
            let mut policy = policy(&format!("p{at}"), Effect::Allow, &["read"], &roles.each_ref().map(|it| &**it), 0);
            match at % 5 {
                0 => policy.principals = vec!["ann".into()],
                1 => policy.roles.clear(),
                _ => {}
            }
            policy
        };
        let set = PolicySet::compile(&entity(Combining::PriorityDenyOverrides, (0..200).map(each).collect()));
        for count in 0..10 {
            let roles: Vec<String> = (0..count).map(|at| format!("role{at}")).collect();
            let ann = Principal { roles, ..Principal::new("ann", &[]) };
            let index = set.table("read").unwrap();
            let met: Vec<u32> = index.candidates(&ann).map(|head| head.at).collect();
            let all: Vec<u32> = (0u32..)
                .zip(&set.rules)
                .filter(|(_, rule)| covers_principal(&rule.policy, &ann))
                .map(|(at, _)| at)
                .collect();
            assert!(all.len() > 60);
            assert_eq!(met, all, "{count} roles");
            assert_eq!(set.met(index, &known(&ann)).count(), all.len());
        }
    }
}
