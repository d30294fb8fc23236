//! The roles of the model: permissions that can be read and are for something that is there, and inheritance that leads
//! somewhere. What is wrong with a role gives it nothing.

use crate::rules::reference::components::components;
use crate::stages::names::NamesOutput;
use crate::{MAX_PERMISSIONS, MAX_ROLES};
use maq_doc::RoleDoc;
use maq_ir::Role;
use maq_policy::{Permission, PermissionError};
use std::collections::HashMap;
use std::sync::Arc;

/// The roles, beside their documents.
#[derive(Debug)]
pub(crate) struct RolesOutput<'a> {
    /// The first role of each name, in document order.
    pub roles: Vec<NamedRole<'a>>,
    /// Roles whose name an earlier one has.
    pub repeated: Vec<&'a RoleDoc>,
    by_name: HashMap<&'a str, usize>,
}

/// A role that counts.
#[derive(Debug)]
pub(crate) struct NamedRole<'a> {
    /// The document.
    pub doc: &'a RoleDoc,
    /// Its permissions as they were read, beside the document's texts.
    pub permissions: Vec<Result<Permission, PermissionError>>,
    /// For each role it inherits, whether that one comes back to it.
    pub comes_back: Vec<bool>,
}

/// Resolves the roles.
pub(crate) fn resolve<'a>(names: &NamesOutput<'a>) -> RolesOutput<'a> {
    let mut output = RolesOutput { roles: Vec::new(), repeated: Vec::new(), by_name: HashMap::new() };
    for doc in names.roles.iter().copied().take(MAX_ROLES) {
        if output.by_name.contains_key(&*doc.name) {
            output.repeated.push(doc);
            continue;
        }
        output.by_name.insert(&doc.name, output.roles.len());
        let permissions = doc.permissions.iter().take(MAX_PERMISSIONS).map(|text| Permission::parse(text)).collect();
        output.roles.push(NamedRole { doc, permissions, comes_back: Vec::new() });
    }
    for (at, comes_back) in output.circles().into_iter().enumerate() {
        if let Some(role) = output.roles.get_mut(at) {
            role.comes_back = comes_back;
        }
    }
    output
}

impl<'a> RolesOutput<'a> {
    /// The role of this name.
    pub fn named(&self, name: &str) -> Option<&NamedRole<'a>> {
        self.by_name.get(name).and_then(|at| self.roles.get(*at))
    }

    /// For each role, which of those that it inherits come back to it.
    fn circles(&self) -> Vec<Vec<bool>> {
        let parents = |role: &NamedRole<'_>| -> Vec<usize> {
            role.doc.inherits.iter().filter_map(|parent| self.by_name.get(parent.as_str()).copied()).collect()
        };
        let edges: Vec<Vec<usize>> = self.roles.iter().map(parents).collect();
        let component = components(&edges);
        let comes_back = |at: usize, parent: &String| {
            let parent = self.by_name.get(parent.as_str());
            parent.is_some_and(|parent| component.get(*parent) == component.get(at))
        };
        let one = |(at, role): (usize, &NamedRole<'_>)| {
            role.doc.inherits.iter().map(|parent| comes_back(at, parent)).collect()
        };
        self.roles.iter().enumerate().map(one).collect()
    }

    /// The roles as they stand in the model.
    pub fn in_model(&self, names: &NamesOutput<'_>) -> Vec<Role> {
        self.roles.iter().map(|role| self.one(role, names)).collect()
    }

    fn one(&self, role: &NamedRole<'_>, names: &NamesOutput<'_>) -> Role {
        let is_there =
            |permission: &&Permission| permission.resource_name().is_none_or(|name| names.named(name).is_some());
        let readable = role.permissions.iter().filter_map(|permission| permission.as_ref().ok());
        let leads_on = |(parent, back): &(&String, &bool)| !**back && self.named(parent).is_some();
        let inherits = role.doc.inherits.iter().zip(&role.comes_back).filter(leads_on);
        Role {
            id: role.doc.id.as_str().into(),
            name: role.doc.name.as_str().into(),
            permissions: readable.filter(is_there).map(|permission| permission.text().clone()).collect(),
            inherits: inherits.map(|(parent, _)| Arc::from(parent.as_str())).collect(),
        }
    }
}
