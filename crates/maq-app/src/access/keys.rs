//! Keys: those of publishers that this store trusts, and the one that signs this person's releases.

use super::Access;
use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use crate::{AppError, AppResult, Releases};
use maq_query::{SqlValue, meta};
use maq_release::{PublicKey, SigningKey};
use maq_value::{Actor, Instant};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A publisher's key that this server trusts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyRow {
    /// Its id.
    pub key_id: String,
    /// The key in base64.
    pub public_key: String,
    /// Since when.
    pub created_at: Instant,
    /// Who trusted it.
    pub created_by: String,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// The key that signs this person's releases; its private half stays where secrets are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// Its id.
    pub key_id: String,
    /// The public half in base64.
    pub public_key: String,
    /// Where the private half is, for people.
    pub kept_in: String,
    /// Whether whoever reads that place reads the key.
    pub plain_text: bool,
}

impl Access {
    /// Trusts a publisher's public key, given in base64.
    ///
    /// # Errors
    /// `access/key-wrong`.
    pub async fn trust_key(&self, actor: &Actor, public_key: &str) -> AppResult<KeyRow> {
        authorise(actor, Permission::Administer)?;
        let key = PublicKey::from_base64(public_key.trim()).ok_or_else(|| refusals::KEY_WRONG.with(&[]))?;
        let key_id = key.key_id();
        let now = self.inner.now().0;
        let statement =
            meta::trust_key(self.inner.dialect(), key_id.as_str(), key.to_base64(), now, actor.user_id.as_str());
        self.administer(actor, vec![statement], ("access.key.trust", "trust", &key_id), None).await?;
        let row = self.keys().await?.into_iter().find(|row| row.key_id == key_id);
        row.ok_or_else(|| refusals::KEY_NOT_FOUND.with(&[("id", &key_id)]))
    }

    /// All keys, revoked ones included.
    ///
    /// # Errors
    /// Faults.
    pub async fn list_keys(&self, actor: &Actor) -> AppResult<Vec<KeyRow>> {
        authorise(actor, Permission::Administer)?;
        self.keys().await
    }

    /// Trusts a key no longer.
    ///
    /// # Errors
    /// `access/key-not-found`.
    pub async fn revoke_key(&self, actor: &Actor, key_id: &str) -> AppResult<()> {
        authorise(actor, Permission::Administer)?;
        if !self.keys().await?.iter().any(|row| row.key_id == key_id) {
            return Err(refusals::KEY_NOT_FOUND.with(&[("id", key_id)]));
        }
        let statement = meta::revoke_key(self.inner.dialect(), key_id, self.inner.now().0);
        self.administer(actor, vec![statement], ("access.key.revoke", "revoke", key_id), None).await
    }

    /// The key that signs releases; made on first use. One key signs for all workspaces of a person on a machine.
    ///
    /// # Errors
    /// `secrets/unavailable`.
    pub async fn signing_key(&self, actor: &Actor) -> AppResult<SigningKeyRow> {
        authorise(actor, Permission::Publish)?;
        let key = Releases::new(self.inner.clone()).signing_key().await?;
        Ok(self.signing_row(&key))
    }

    /// Makes a new key to sign with. Releases that the old one signed stay good here; servers must be told to trust
    /// the new one.
    ///
    /// # Errors
    /// `secrets/unavailable`.
    pub async fn rotate_signing_key(&self, actor: &Actor) -> AppResult<SigningKeyRow> {
        authorise(actor, Permission::Administer)?;
        let releases = Releases::new(self.inner.clone());
        let old = releases.signing_key().await?;
        let seed = self.inner.ids.random(32);
        let seed = seed.try_into().map_err(|_| AppError::fault("no 32 random bytes for a key"))?;
        let key = SigningKey::from_seed(seed);
        releases.keep_signing_key(&key).await?;
        let (key_id, now) = (key.key_id(), self.inner.now().0);
        let public = key.public().to_base64();
        let statement = meta::trust_key(self.inner.dialect(), key_id.as_str(), public, now, actor.user_id.as_str());
        let details = Some(json!({"before": old.key_id()}));
        let act = ("access.signing-key.rotate", "rotate", key_id.as_str());
        if let Err(error) = self.administer(actor, vec![statement], act, details).await {
            // What was not audited did not happen.
            releases.keep_signing_key(&old).await?;
            return Err(error);
        }
        Ok(self.signing_row(&key))
    }

    fn signing_row(&self, key: &SigningKey) -> SigningKeyRow {
        let described = self.inner.secrets.describe();
        SigningKeyRow {
            key_id: key.key_id(),
            public_key: key.public().to_base64(),
            kept_in: described.strip_prefix("kept in: ").map(str::to_owned).unwrap_or(described),
            plain_text: self.inner.secrets.is_plain_text(),
        }
    }

    /// Keys trusted now.
    pub(crate) async fn trusted_keys(&self) -> AppResult<Vec<PublicKey>> {
        let keys = self.keys().await?.into_iter().filter(|row| row.revoked_at.is_none());
        Ok(keys.filter_map(|row| PublicKey::from_base64(&row.public_key)).collect())
    }

    async fn keys(&self) -> AppResult<Vec<KeyRow>> {
        let rows = self.inner.read(meta::list_keys(self.inner.dialect())).await?;
        let row = |row: &Vec<SqlValue>| {
            let cells = Cells(row);
            KeyRow {
                key_id: cells.text(0),
                public_key: cells.text(1),
                created_at: cells.instant(2),
                created_by: cells.text(3),
                revoked_at: cells.optional_instant(4),
            }
        };
        Ok(rows.0.iter().map(row).collect())
    }
}
