//! The bundle: the immutable set of versions that a release is.

use crate::ReleaseError;
use maq_doc::{Digest, canonical_json, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// The newest bundle format this program reads; newer ones are refused. A bundle says the oldest that holds it, so one
/// without roles is the same release it has always been, and a program that knows no roles refuses one with them.
pub const FORMAT: u32 = 2;

/// The format before there were roles.
const WITHOUT_ROLES: u32 = 1;

/// One version of one entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BundleEntity {
    /// The entity's stable id.
    pub id: String,
    /// Its name in this version.
    pub name: String,
    /// `v1`, `v2`, ...
    pub version: String,
    /// SHA-256 of the canonical document, in hex.
    pub digest: String,
    /// The document.
    pub document: Json,
}

/// One role. Roles have no versions: what a release says of a role is its document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BundleRole {
    /// The role's stable id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// SHA-256 of the canonical document, in hex.
    pub digest: String,
    /// The document.
    pub document: Json,
}

/// A release's content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleaseBundle {
    /// See [`FORMAT`].
    pub format: u32,
    /// Sorted by name.
    pub entities: Vec<BundleEntity>,
    /// Sorted by name; left out when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<BundleRole>,
}

impl ReleaseBundle {
    /// A bundle of these entities in its one order.
    pub fn new(mut entities: Vec<BundleEntity>) -> ReleaseBundle {
        entities.sort_by(|left, right| left.name.cmp(&right.name));
        ReleaseBundle { format: WITHOUT_ROLES, entities, roles: Vec::new() }
    }

    /// The same bundle with these roles, in their one order.
    #[must_use]
    pub fn with_roles(mut self, mut roles: Vec<BundleRole>) -> ReleaseBundle {
        roles.sort_by(|left, right| left.name.cmp(&right.name));
        self.format = if roles.is_empty() { WITHOUT_ROLES } else { FORMAT };
        self.roles = roles;
        self
    }

    /// SHA-256 over the canonical form: the release's name.
    pub fn digest(&self) -> Digest {
        digest(&self.to_json())
    }

    /// The canonical text, which is what is signed.
    pub fn canonical(&self) -> String {
        canonical_json(&self.to_json())
    }

    fn to_json(&self) -> Json {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Reads a canonical payload and checks that it is whole.
    pub(crate) fn read(payload: &[u8]) -> Result<ReleaseBundle, ReleaseError> {
        let not_a_bundle = |error: serde_json::Error| ReleaseError::NotABundle(error.to_string());
        let json: Json = serde_json::from_slice(payload).map_err(not_a_bundle)?;
        match json.get("format").and_then(Json::as_u64) {
            Some(format) if format > u64::from(FORMAT) => return Err(ReleaseError::FormatNewer { format }),
            Some(_) => {}
            None => return Err(ReleaseError::NotABundle("it has no format".to_owned())),
        }
        if canonical_json(&json).as_bytes() != payload {
            return Err(ReleaseError::NotCanonical);
        }
        let bundle: ReleaseBundle = serde_json::from_value(json).map_err(not_a_bundle)?;
        bundle.check()?;
        Ok(bundle)
    }

    fn check(&self) -> Result<(), ReleaseError> {
        for entity in &self.entities {
            if digest(&entity.document).0 != entity.digest {
                return Err(ReleaseError::EntityDigest { name: entity.name.clone() });
            }
        }
        for role in &self.roles {
            if digest(&role.document).0 != role.digest {
                return Err(ReleaseError::RoleDigest { name: role.name.clone() });
            }
        }
        let not_a_bundle = |what: &str| Err(ReleaseError::NotABundle(what.to_owned()));
        if !self.entities.is_sorted_by(|left, right| left.name < right.name) {
            return not_a_bundle("its entities are not in the order of their names, each once");
        }
        if !self.roles.is_sorted_by(|left, right| left.name < right.name) {
            return not_a_bundle("its roles are not in the order of their names, each once");
        }
        let fitting = if self.roles.is_empty() { WITHOUT_ROLES } else { FORMAT };
        if self.format != fitting {
            return not_a_bundle("its format is not the one of its content");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
