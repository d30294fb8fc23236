//! Which rules an action and a principal can meet: by role and by user, never by looking at each rule. The lists are
//! walked together in order of evaluation, without allocation.

use crate::rule::{EVERY, Head, Rule};
use foldhash::fast::RandomState;
use maq_ir::Policy;
use maq_value::Principal;
use smallvec::SmallVec;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Where the rules of each name stand among the heads. A short name stands in the table itself, and is found there with
/// one look.
type Named = HashMap<SmallVec<[u8; 16]>, Range<u32>, RandomState>;

/// The rules of one action. The heads of everyone's, of each role's and of each user's lie side by side, in order of
/// evaluation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    heads: Vec<Head>,
    everyone: Range<u32>,
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
        index.everyone = index.add(everyone);
        let [roles, users] = by_name;
        index.roles = roles.into_iter().map(|(name, list)| (name.as_bytes().into(), index.add(list))).collect();
        index.users = users.into_iter().map(|(name, list)| (name.as_bytes().into(), index.add(list))).collect();
        index
    }

    fn add(&mut self, list: Vec<Head>) -> Range<u32> {
        let start = self.heads.len() as u32;
        self.heads.extend(list);
        start..self.heads.len() as u32
    }

    fn list(&self, place: &Range<u32>) -> &[Head] {
        self.heads.get(place.start as usize..place.end as usize).unwrap_or_default()
    }

    /// The rules `principal` can meet, each once.
    pub fn candidates<'a>(&'a self, principal: &'a Principal) -> Candidates<'a> {
        let mut lists = Lists::default();
        lists.push(self.list(&self.everyone));
        for role in &principal.roles {
            if let Some(place) = self.roles.get(role.as_bytes()) {
                lists.push(self.list(place));
            }
        }
        if !self.users.is_empty()
            && let Some(place) = self.users.get(principal.user_id.as_bytes())
        {
            lists.push(self.list(place));
        }
        Candidates { lists, next: 0 }
    }

    /// Whether some rule names the role.
    pub fn knows_role(&self, role: &str) -> bool {
        self.roles.contains_key(role.as_bytes())
    }
}

/// A few lists without allocation, more with one.
#[derive(Debug, Clone, Default)]
struct Lists<'a> {
    few: [&'a [Head]; 8],
    count: usize,
    more: Vec<&'a [Head]>,
}

impl<'a> Lists<'a> {
    fn push(&mut self, list: &'a [Head]) {
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

    fn each(&mut self) -> impl Iterator<Item = &mut &'a [Head]> {
        let few = self.few.get_mut(..self.count).unwrap_or_default();
        few.iter_mut().chain(self.more.iter_mut())
    }
}

/// Rules in order of evaluation, each once.
#[derive(Debug, Clone)]
pub(crate) struct Candidates<'a> {
    lists: Lists<'a>,
    next: u32,
}

impl<'a> Iterator for Candidates<'a> {
    type Item = &'a Head;

    fn next(&mut self) -> Option<&'a Head> {
        let mut least: Option<&'a Head> = None;
        let next = self.next;
        for list in self.lists.each() {
            while let Some((first, rest)) = list.split_first() {
                if first.at >= next {
                    least = Some(least.filter(|least| least.at <= first.at).unwrap_or(first));
                    break;
                }
                *list = rest;
            }
        }
        self.next = least?.at.saturating_add(1);
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
