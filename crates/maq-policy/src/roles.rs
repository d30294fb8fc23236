//! Roles with wildcard permissions: `entity.read:Invoice`, `*:Invoice`, `workflow.*:*`. A role may inherit others.
//!
//! What roles permit on records becomes policies, so that one engine decides: an allow without a condition, at priority
//! 0, named after the role and the permission. Who has a role has the policies of the roles it inherits too, their denies
//! included.

mod permission;
#[cfg(test)]
mod tests;

pub use permission::{Permission, PermissionError};

use crate::decide::{Decision, RuleRef, Why};
use crate::operations::{ACTIONS, Namespace, Operation, operation, operations};
use crate::set::unfit;
use maq_ir::{Effect, Model, Policy};
use maq_value::Principal;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The roles of a model, resolved.
#[derive(Debug, Clone, Default)]
pub struct RoleCatalogue {
    roles: BTreeMap<Arc<str>, Role>,
}

#[derive(Debug, Clone, Default)]
struct Role {
    id: Arc<str>,
    /// Its own permissions.
    permissions: Vec<Permission>,
    /// For each of them the policy it is on the records of an entity, where it is one.
    policies: Vec<Option<Policy>>,
    /// Itself and every role it inherits.
    all: BTreeSet<Arc<str>>,
    /// Itself and every role that inherits it.
    heirs: BTreeSet<Arc<str>>,
}

/// Where a right comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant<'a> {
    /// The role whose permission it is.
    pub role: &'a str,
    /// Its permission.
    pub permission: &'a str,
}

impl RoleCatalogue {
    /// The roles of a model.
    pub fn of(model: &Model) -> RoleCatalogue {
        RoleCatalogue::new(model.roles())
    }

    /// Resolves roles. Of two with one name the first counts; a permission that cannot be read permits nothing.
    pub fn new(definitions: &[maq_ir::Role]) -> RoleCatalogue {
        let mut by_name: BTreeMap<&str, &maq_ir::Role> = BTreeMap::new();
        for role in definitions {
            by_name.entry(&role.name).or_insert(role);
        }
        let mut roles: BTreeMap<Arc<str>, Role> = BTreeMap::new();
        for role in by_name.values() {
            let permissions = role.permissions.iter().filter_map(|text| Permission::parse(text).ok());
            let (id, permissions) = (role.id.clone(), permissions.collect());
            let all = with_inherited_roles(&role.name, &by_name);
            roles.insert(role.name.clone(), Role { id, permissions, all, ..Role::default() });
        }
        let all: Vec<(Arc<str>, BTreeSet<Arc<str>>)> =
            roles.iter().map(|(name, role)| (name.clone(), role.all.clone())).collect();
        for (heir, all) in all {
            for name in all {
                if let Some(role) = roles.get_mut(&name) {
                    role.heirs.insert(heir.clone());
                }
            }
        }
        for (name, role) in &mut roles {
            role.policies = role.permissions.iter().map(|permission| policy_of(name, role, permission)).collect();
        }
        RoleCatalogue { roles }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty()
    }

    /// Every role's name, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.roles.keys().map(|name| &**name)
    }

    /// A role and every role it inherits; none when there is no such role.
    pub fn with_ancestors(&self, role: &str) -> impl Iterator<Item = &str> {
        self.roles.get(role).into_iter().flat_map(|role| role.all.iter().map(|name| &**name))
    }

    /// Whether one of the roles permits an operation (`read`, `workflow.approve`) on a resource. An operation or a role
    /// that is not known permits nothing.
    pub fn permits(&self, roles: &[String], name: &str, resource: &str) -> bool {
        roles.iter().any(|role| self.grants(role, name, resource).next().is_some())
    }

    /// Whether a role permits this operation of the catalogue on a resource.
    pub fn permits_operation(&self, role: &str, asked: (&Namespace, &Operation), resource: &str) -> bool {
        let own = self.roles.get(role).into_iter().flat_map(|role| &role.all).filter_map(|name| self.roles.get(name));
        own.flat_map(|role| &role.permissions).any(|permission| permission.covers(asked.0, asked.1, resource))
    }

    /// Which permissions give a role an operation on a resource, its own and those of the roles it inherits.
    pub fn grants<'a>(&'a self, role: &str, name: &str, resource: &'a str) -> impl Iterator<Item = Grant<'a>> {
        let asked = operation(name);
        self.roles.get(role).into_iter().flat_map(|role| &role.all).flat_map(move |owner| {
            let permissions = self.roles.get(owner).into_iter().flat_map(|role| &role.permissions);
            let fitting = permissions.filter(move |permission| {
                asked.is_some_and(|(namespace, operation)| permission.covers(namespace, operation, resource))
            });
            fitting.map(move |permission| Grant { role: owner, permission: permission.text() })
        })
    }

    /// Decides over an operation that no policy decides over (`workflow.approve`): it is allowed to who has a permission
    /// for it. Any other decision stays as it is.
    pub fn decide_other(&self, principal: &Principal, name: &str, resource: &str, decision: &mut Decision) {
        let is_other = operation(name).is_some_and(|(_, operation)| operation.action.is_none());
        if !is_other || decision.allowed || unfit(principal).is_some() {
            return;
        }
        let mut grants: Vec<Grant<'_>> = Vec::new();
        for grant in principal.roles.iter().flat_map(|role| self.grants(role, name, resource)) {
            if !grants.contains(&grant) {
                grants.push(grant);
            }
        }
        let rule = |grant: &Grant<'_>| RuleRef {
            id: format!("{}/{}", self.roles.get(grant.role).map_or("", |role| &*role.id), grant.permission).into(),
            name: format!("role {}: {}", grant.role, grant.permission).into(),
        };
        decision.rules.clear();
        decision.allowed = !grants.is_empty();
        decision.why = match decision.allowed {
            true => Why::Others(grants.iter().map(rule).collect()),
            false => Why::Told(format!("no role of the principal permits `{name}`")),
        };
    }

    /// The policies of an entity with every role that inherits one of theirs added.
    pub fn with_inherited(&self, policies: &[Policy]) -> Vec<Policy> {
        let mut policies = policies.to_vec();
        for policy in policies.iter_mut().filter(|_| !self.roles.is_empty()) {
            let named: BTreeSet<Arc<str>> = policy.roles.iter().cloned().collect();
            let heirs: BTreeSet<&Arc<str>> =
                named.iter().filter_map(|name| self.roles.get(name)).flat_map(|role| &role.heirs).collect();
            policy.roles.extend(heirs.into_iter().filter(|heir| !named.contains(*heir)).cloned());
        }
        policies
    }

    /// What the roles permit on the records of `entity`, as policies: one a permission, for its role and every role that
    /// inherits it.
    pub fn policies_for(&self, entity: &str) -> Vec<Policy> {
        let of_role = |role: &'_ Role| -> Vec<Policy> {
            let all = role.permissions.iter().zip(&role.policies);
            all.filter(|(it, _)| it.covers_resource(entity)).filter_map(|(_, policy)| policy.clone()).collect()
        };
        self.roles.values().flat_map(of_role).collect()
    }
}

fn policy_of(name: &str, role: &Role, permission: &Permission) -> Option<Policy> {
    let actions = actions_of(permission);
    (!actions.is_empty()).then(|| Policy {
        id: format!("{}/{}", role.id, permission.text()).into(),
        name: format!("role {name}: {}", permission.text()).into(),
        effect: Effect::Allow,
        actions,
        roles: role.heirs.iter().cloned().collect(),
        ..Policy::default()
    })
}

/// The actions of policies that a permission covers.
fn actions_of(permission: &Permission) -> Vec<Arc<str>> {
    let covered: BTreeSet<&str> = operations()
        .filter(|(namespace, operation)| permission.covers_operation(namespace, operation))
        .filter_map(|(_, operation)| operation.action)
        .collect();
    ACTIONS.into_iter().filter(|action| covered.contains(action)).map(Arc::from).collect()
}

/// A role and all it inherits; a circle ends where it began.
fn with_inherited_roles(name: &Arc<str>, by_name: &BTreeMap<&str, &maq_ir::Role>) -> BTreeSet<Arc<str>> {
    let mut all = BTreeSet::from([name.clone()]);
    let mut open = vec![name.clone()];
    while let Some(next) = open.pop() {
        for parent in by_name.get(&*next).into_iter().flat_map(|role| &role.inherits) {
            if by_name.contains_key(&**parent) && all.insert(parent.clone()) {
                open.push(parent.clone());
            }
        }
    }
    all
}
