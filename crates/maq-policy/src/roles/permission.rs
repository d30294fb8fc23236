//! A permission, read: `action:resource`.

use crate::operations::{NAMESPACES, Namespace, Operation, operation, operations_named};
use crate::rule::EVERY;
use std::sync::Arc;

/// `action:resource`. The action is an operation (`read`, `workflow.approve`), a namespace (`workflow.*`) or `*`; the
/// resource the name of an entity, a beginning of names (`Sales*`) or `*`. `*` alone is everything.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Permission {
    text: Arc<str>,
    namespace: Option<&'static str>,
    /// One for all that one action of policies decides over.
    operation: Option<&'static str>,
    resource: Box<str>,
}

/// Why a text is no permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PermissionError {
    /// No `action:resource`.
    #[error("a permission is `action:resource`")]
    Shape,
    /// No such operation.
    #[error("`{0}` is no operation")]
    OperationUnknown(String),
    /// Several namespaces have such an operation.
    #[error("`{name}` is an operation of several namespaces")]
    OperationUnclear {
        /// As it is written.
        name: String,
        /// What it could mean.
        meanings: Vec<String>,
    },
    /// `*` stands elsewhere than at the end.
    #[error("`*` may stand at the end of a resource only")]
    Wildcard,
}

impl Permission {
    /// Reads `action:resource`.
    ///
    /// # Errors
    /// [`PermissionError`]
    pub fn parse(text: &str) -> Result<Permission, PermissionError> {
        let (action, resource) = match text {
            EVERY => (EVERY, EVERY),
            text => text.split_once(':').ok_or(PermissionError::Shape)?,
        };
        if action.is_empty() || resource.is_empty() || resource.contains(':') || has_spaces(text) {
            return Err(PermissionError::Shape);
        }
        if resource.strip_suffix('*').unwrap_or(resource).contains('*') {
            return Err(PermissionError::Wildcard);
        }
        let (namespace, operation) = action_of(action)?;
        Ok(Permission { text: text.into(), namespace, operation, resource: resource.into() })
    }

    /// As it is written.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The resource as it is written.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The one resource it names, when it is no pattern.
    pub fn resource_name(&self) -> Option<&str> {
        (!self.resource.ends_with('*')).then_some(&*self.resource)
    }

    /// The same permission on another resource.
    pub fn on_resource(&self, resource: &str) -> String {
        let action = self.text.split_once(':').map_or(EVERY, |(action, _)| action);
        format!("{action}:{resource}")
    }

    /// Whether it permits an operation on a resource.
    pub fn covers(&self, namespace: &Namespace, operation: &Operation, resource: &str) -> bool {
        self.covers_operation(namespace, operation) && self.covers_resource(resource)
    }

    /// Whether it permits an operation on some resource. What one action of policies decides over is permitted together:
    /// who may read may list.
    pub fn covers_operation(&self, namespace: &Namespace, operation: &Operation) -> bool {
        self.namespace.is_none_or(|wanted| wanted == namespace.name)
            && self.operation.is_none_or(|wanted| wanted == decided_as(operation))
    }

    /// Whether it permits something on a resource.
    pub fn covers_resource(&self, resource: &str) -> bool {
        match self.resource.strip_suffix('*') {
            Some(beginning) => resource.starts_with(beginning),
            None => *self.resource == *resource,
        }
    }
}

impl Permission {
    /// Whether it permits everything that `other` permits.
    pub fn includes(&self, other: &Permission) -> bool {
        let resource = match self.resource.strip_suffix('*') {
            Some(beginning) => other.resource.starts_with(beginning),
            None => self.resource == other.resource,
        };
        resource
            && self.namespace.is_none_or(|wanted| other.namespace == Some(wanted))
            && self.operation.is_none_or(|wanted| other.operation == Some(wanted))
    }
}

fn decided_as(operation: &Operation) -> &'static str {
    operation.action.unwrap_or(operation.name)
}

fn has_spaces(text: &str) -> bool {
    text.contains(|character: char| character.is_whitespace() || character.is_control())
}

type Action = (Option<&'static str>, Option<&'static str>);

fn action_of(text: &str) -> Result<Action, PermissionError> {
    let unknown = || PermissionError::OperationUnknown(text.to_owned());
    if text == EVERY {
        return Ok((None, None));
    }
    if let Some(name) = text.strip_suffix(".*") {
        let namespace = NAMESPACES.iter().find(|namespace| namespace.name == name).ok_or_else(unknown)?;
        return Ok((Some(namespace.name), None));
    }
    if let Some((namespace, operation)) = operation(text) {
        return Ok((Some(namespace.name), Some(decided_as(operation))));
    }
    let meanings: Vec<String> =
        operations_named(text).into_iter().map(|(space, it)| format!("{}.{}", space.name, it.name)).collect();
    if meanings.is_empty() {
        return Err(unknown());
    }
    Err(PermissionError::OperationUnclear { name: text.to_owned(), meanings })
}
