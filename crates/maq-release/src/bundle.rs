//! The bundle: the immutable set of versions that a release is.

use crate::ReleaseError;
use maq_doc::{Digest, canonical_json, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// The bundle format this program writes; newer ones are refused.
pub const FORMAT: u32 = 1;

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

/// A release's content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleaseBundle {
    /// See [`FORMAT`].
    pub format: u32,
    /// Sorted by name.
    pub entities: Vec<BundleEntity>,
}

impl ReleaseBundle {
    /// A bundle of these entities in its one order.
    pub fn new(mut entities: Vec<BundleEntity>) -> ReleaseBundle {
        entities.sort_by(|left, right| left.name.cmp(&right.name));
        ReleaseBundle { format: FORMAT, entities }
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
        let ascending = |pair: &[BundleEntity]| matches!(pair, [left, right] if left.name < right.name);
        if self.entities.windows(2).all(ascending) {
            Ok(())
        } else {
            Err(ReleaseError::NotABundle("its entities are not in the order of their names, each once".to_owned()))
        }
    }
}
