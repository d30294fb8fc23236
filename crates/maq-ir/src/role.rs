//! Roles, resolved: what can be understood of them.

use std::sync::Arc;

/// A role: permissions under a name that principals carry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Role {
    /// Stable id.
    pub id: Arc<str>,
    /// Name, as it stands among the roles of a principal.
    pub name: Arc<str>,
    /// Its own permissions, `action:resource`, those that can be understood.
    pub permissions: Vec<Arc<str>>,
    /// Names of the roles whose permissions and policies it has too: those that are there. Never itself, not even
    /// through others.
    pub inherits: Vec<Arc<str>>,
}
