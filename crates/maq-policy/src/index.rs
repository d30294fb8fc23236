//! Which rules an action and a principal can meet: by role and by user, never by looking at each rule. The lists are
//! walked together in order of evaluation, without allocation.

use crate::rule::{EVERY, Rule};
use maq_ir::Policy;
use maq_value::Principal;
use std::collections::HashMap;
use std::sync::Arc;

/// The rules of one action; positions in order of evaluation, ascending.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    everyone: Vec<u32>,
    roles: HashMap<Arc<str>, Vec<u32>>,
    users: HashMap<Arc<str>, Vec<u32>>,
}

impl Index {
    /// The rules that are for `action`.
    pub fn of(rules: &[Rule], action: &str) -> Index {
        let mut index = Index::default();
        for (at, rule) in (0u32..).zip(rules).filter(|(_, rule)| covers_action(&rule.policy, action)) {
            index.add(&rule.policy, at);
        }
        index
    }

    fn add(&mut self, policy: &Policy, at: u32) {
        if is_for_everyone(policy) {
            self.everyone.push(at);
            return;
        }
        for (names, lists) in [(&policy.roles, &mut self.roles), (&policy.principals, &mut self.users)] {
            for name in names {
                let list = lists.entry(name.clone()).or_default();
                if list.last() != Some(&at) {
                    list.push(at);
                }
            }
        }
    }

    /// The rules `principal` can meet, each once.
    pub fn candidates<'a>(&'a self, principal: &'a Principal) -> Candidates<'a> {
        let mut lists = Lists::default();
        lists.push(&self.everyone);
        for role in &principal.roles {
            if let Some(list) = self.roles.get(role.as_str()) {
                lists.push(list);
            }
        }
        if !self.users.is_empty()
            && let Some(list) = self.users.get(principal.user_id.as_str())
        {
            lists.push(list);
        }
        Candidates { lists, next: 0 }
    }

    /// Whether some rule names the role.
    pub fn knows_role(&self, role: &str) -> bool {
        self.roles.contains_key(role)
    }
}

/// A few lists without allocation, more with one.
#[derive(Debug, Clone, Default)]
struct Lists<'a> {
    few: [&'a [u32]; 8],
    count: usize,
    more: Vec<&'a [u32]>,
}

impl<'a> Lists<'a> {
    fn push(&mut self, list: &'a [u32]) {
        if list.is_empty() {
            return;
        }
        match self.few.get_mut(self.count) {
            Some(place) => {
                *place = list;
                self.count += 1;
            }
            None => self.more.push(list),
        }
    }

    fn each(&mut self) -> impl Iterator<Item = &mut &'a [u32]> {
        let few = self.few.get_mut(..self.count).unwrap_or_default();
        few.iter_mut().chain(self.more.iter_mut())
    }
}

/// Positions of rules, ascending, each once.
#[derive(Debug, Clone)]
pub(crate) struct Candidates<'a> {
    lists: Lists<'a>,
    next: u32,
}

impl Iterator for Candidates<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let mut least: Option<u32> = None;
        let next = self.next;
        for list in self.lists.each() {
            while let Some((first, rest)) = list.split_first() {
                if *first >= next {
                    least = Some(least.map_or(*first, |least| least.min(*first)));
                    break;
                }
                *list = rest;
            }
        }
        self.next = least?.saturating_add(1);
        least
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
