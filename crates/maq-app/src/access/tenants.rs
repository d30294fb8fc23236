//! Tenants: added, named, suspended.

use super::cache::Tenants;
use super::{Access, is_id};
use crate::AppResult;
use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use crate::services::Act;
use maq_query::{SqlValue, meta};
use maq_store::{Refused, StoreError, StoreKind, UnitOfWork};
use maq_value::{Actor, Instant, Scope};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantRow {
    /// Its id, which every record is bound to; it never changes.
    pub id: String,
    /// For people.
    pub name: String,
    /// Since when.
    pub created_at: Instant,
    /// When it was suspended.
    pub suspended_at: Option<Instant>,
}

impl Access {
    /// Adds a tenant.
    ///
    /// # Errors
    /// `access/tenant-wrong`, `access/tenant-exists`.
    pub async fn add_tenant(&self, actor: &Actor, id: &str, name: Option<&str>) -> AppResult<TenantRow> {
        authorise(actor, Permission::Administer)?;
        let exists = || refusals::TENANT_EXISTS.with(&[("id", id)]);
        if !is_id(id) {
            return Err(refusals::TENANT_NAME_WRONG.with(&[("id", id)]));
        }
        if self.tenants().await?.contains_key(id) {
            return Err(exists());
        }
        let name = readable(name.unwrap_or(id))?;
        let statement = meta::insert_tenant(self.inner.dialect(), id, name, self.inner.now().0);
        let mut work = UnitOfWork::of([statement]);
        work.topics.push("access");
        let act = Act { event_type: "access.tenant.add", action: "add", resource: id, details: None };
        work.audit.push(self.inner.audit_actor(actor, act));
        match self.inner.store.commit(work).await {
            Err(StoreError::Refused(Refused::Unique(_))) => return Err(exists()),
            other => other?,
        };
        self.changed();
        self.tenant(id).await
    }

    /// All tenants, by id.
    ///
    /// # Errors
    /// Faults.
    pub async fn list_tenants(&self, actor: &Actor) -> AppResult<Vec<TenantRow>> {
        authorise(actor, Permission::Administer)?;
        Ok(self.tenants().await?.values().cloned().collect())
    }

    /// Suspends a tenant, so that every request of its tokens is refused from now on, or lets it work again.
    ///
    /// # Errors
    /// `access/tenant-not-found`.
    pub async fn suspend_tenant(&self, actor: &Actor, id: &str, suspended: bool) -> AppResult<TenantRow> {
        authorise(actor, Permission::Administer)?;
        let tenant = self.tenant(id).await?;
        if tenant.suspended_at.is_some() == suspended {
            return Ok(tenant);
        }
        let at = suspended.then(|| self.inner.now().0);
        let statement = meta::suspend_tenant(self.inner.dialect(), id, at);
        let act = if suspended { "suspend" } else { "resume" };
        self.on_tenant(actor, &tenant, statement, (&format!("access.tenant.{act}"), act), None).await
    }

    /// Gives a tenant another name; its id stays.
    ///
    /// # Errors
    /// `access/tenant-not-found`, `access/tenant-name-wrong`.
    pub async fn rename_tenant(&self, actor: &Actor, id: &str, name: &str) -> AppResult<TenantRow> {
        authorise(actor, Permission::Administer)?;
        let tenant = self.tenant(id).await?;
        let name = readable(name)?;
        let statement = meta::rename_tenant(self.inner.dialect(), id, name);
        let details = Some(json!({"before": tenant.name, "after": name}));
        self.on_tenant(actor, &tenant, statement, ("access.tenant.rename", "rename"), details).await
    }

    async fn on_tenant(
        &self,
        actor: &Actor,
        tenant: &TenantRow,
        statement: maq_query::Statement,
        (event_type, action): (&str, &str),
        details: Option<serde_json::Value>,
    ) -> AppResult<TenantRow> {
        let (id, dialect) = (tenant.id.as_str(), self.inner.dialect());
        let there = meta::ensure_tenant(dialect, id, tenant.name.as_str(), tenant.created_at.0);
        self.administer(actor, vec![there, statement], (event_type, action, id), details).await?;
        self.tenant(id).await
    }

    pub(super) async fn tenants(&self) -> AppResult<Tenants> {
        let now = self.inner.now();
        if let Some(known) = self.inner.access.tenants(now) {
            return Ok(known);
        }
        let reading = self.inner.access.reading(now);
        let rows = self.inner.read(meta::list_tenants(self.inner.dialect())).await?;
        let row = |row: &Vec<SqlValue>| {
            let cells = Cells(row);
            let (id, name) = (cells.text(0), cells.text(1));
            let (created_at, suspended_at) = (cells.instant(2), cells.optional_instant(3));
            (id.clone(), TenantRow { id, name, created_at, suspended_at })
        };
        let mut tenants: BTreeMap<String, TenantRow> = rows.0.iter().map(row).collect();
        if self.inner.store.info().kind == StoreKind::Workspace {
            // A workspace's own records stand in the default tenant, which nobody had to add.
            let id = Scope::default().tenant_id;
            let fresh = TenantRow { id: id.clone(), name: "Default".into(), created_at: now, suspended_at: None };
            tenants.entry(id).or_insert(fresh);
        }
        let tenants = Arc::new(tenants);
        self.inner.access.keep_tenants(reading, tenants.clone());
        Ok(tenants)
    }

    async fn tenant(&self, id: &str) -> AppResult<TenantRow> {
        let found = self.tenants().await?.get(id).cloned();
        found.ok_or_else(|| refusals::TENANT_NOT_FOUND.with(&[("id", id)]))
    }
}

fn readable(name: &str) -> AppResult<&str> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(refusals::TENANT_LABEL_WRONG.with(&[]));
    }
    Ok(name)
}
