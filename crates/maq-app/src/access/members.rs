//! Who works on a shared workspace, in which roles.
//!
//! A workspace without members belongs to whoever can open it: a local file's person is its owner. With the first
//! member it belongs to its members. Who somebody is, the host says; a person who can write to the file or database by
//! other means is not kept out by this.

use super::Access;
use super::cache::Members;
use crate::authorise::{Permission, ROLES, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use crate::services::Act;
use crate::{AppError, AppResult};
use maq_query::{SqlValue, Statement, meta};
use maq_store::{Guard, Refused, Rows, StoreError, StoreKind, UnitOfWork};
use maq_value::{Actor, Instant};
use serde_json::json;
use std::sync::Arc;

/// The role that manages members.
const OWNER: &str = "owner";

/// How often a change is tried when somebody else changes the members in the same moment.
const TRIES: usize = 5;

/// A member of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// The person.
    pub user_id: String,
    /// viewer, designer, policyOwner, publisher, owner.
    pub roles: Vec<String>,
    /// Since when.
    pub created_at: Instant,
    /// Who brought them in.
    pub created_by: String,
}

impl MemberRow {
    fn is_owner(&self) -> bool {
        self.roles.iter().any(|role| role == OWNER)
    }
}

impl Access {
    /// The actor that a person is here: a member with the roles of its row; the owner of a workspace without members.
    ///
    /// # Errors
    /// `actor/not-a-member`.
    pub async fn actor_of(&self, user_id: &str) -> AppResult<Actor> {
        let members = self.members().await?;
        if members.is_empty() {
            return Ok(Actor::owner(user_id));
        }
        match members.iter().find(|member| member.user_id == user_id) {
            Some(member) => Ok(Actor { user_id: member.user_id.clone(), roles: member.roles.clone() }),
            None => Err(refusals::ACTOR_NOT_A_MEMBER.with(&[("user", user_id)])),
        }
    }

    /// The members, oldest first.
    ///
    /// # Errors
    /// Faults.
    pub async fn list_members(&self, actor: &Actor) -> AppResult<Vec<MemberRow>> {
        authorise(actor, Permission::View)?;
        Ok(self.members().await?.to_vec())
    }

    /// Brings somebody in, or gives a member other roles. With the first one, whoever does this becomes an owner too.
    ///
    /// # Errors
    /// `access/member-wrong`; `access/last-owner` when nobody would be left who manages members.
    pub async fn put_member(&self, actor: &Actor, user_id: &str, roles: &[String]) -> AppResult<MemberRow> {
        authorise(actor, Permission::Administer)?;
        let user_id = checked_user(user_id)?;
        let roles = checked_roles(roles)?;
        let written = serde_json::to_string(&roles).map_err(AppError::fault)?;
        let (dialect, now, by) = (self.inner.dialect(), self.inner.now().0, actor.user_id.as_str());
        let act = ("access.member.put", "put", user_id);
        self.change_members(actor, act, Some(json!({"roles": roles})), |members| {
            let others = |member: &&MemberRow| member.user_id != user_id;
            let mut statements = Vec::new();
            if members.is_empty() && user_id != actor.user_id {
                statements.push(meta::put_member(dialect, by, format!("[\"{OWNER}\"]"), now, by));
            } else if !roles.contains(&OWNER) && !members.iter().filter(others).any(MemberRow::is_owner) {
                return Err(refusals::LAST_OWNER.with(&[]));
            }
            statements.push(meta::put_member(dialect, user_id, written.as_str(), now, by));
            Ok(statements)
        })
        .await?;
        let row = self.members().await?.iter().find(|member| member.user_id == user_id).cloned();
        row.ok_or_else(|| refusals::MEMBER_NOT_FOUND.with(&[("user", user_id)]))
    }

    /// Takes somebody out.
    ///
    /// # Errors
    /// `access/member-not-found`, `access/last-owner`.
    pub async fn remove_member(&self, actor: &Actor, user_id: &str) -> AppResult<()> {
        authorise(actor, Permission::Administer)?;
        let dialect = self.inner.dialect();
        self.change_members(actor, ("access.member.remove", "remove", user_id), None, |members| {
            if !members.iter().any(|member| member.user_id == user_id) {
                return Err(refusals::MEMBER_NOT_FOUND.with(&[("user", user_id)]));
            }
            let mut others = members.iter().filter(|member| member.user_id != user_id);
            if !others.any(MemberRow::is_owner) {
                return Err(refusals::LAST_OWNER.with(&[]));
            }
            Ok(vec![meta::delete_member(dialect, user_id)])
        })
        .await
    }

    /// Decides over the members as they stand, and commits only if they still stand so: two owners who take each
    /// other out in the same moment do not leave a workspace without one.
    async fn change_members(
        &self,
        actor: &Actor,
        (event_type, action, resource): (&str, &str, &str),
        details: Option<serde_json::Value>,
        decide: impl Fn(&[MemberRow]) -> AppResult<Vec<Statement>>,
    ) -> AppResult<()> {
        if self.inner.store.info().kind == StoreKind::Server {
            return Err(refusals::MEMBER_WRONG.with(&[("reason", "a server has tokens, not members")]));
        }
        for _ in 0..TRIES {
            let rows = self.inner.read(meta::list_members(self.inner.dialect())).await?;
            let members = member_rows(&rows);
            // The actor's roles may be older than this list.
            if !members.is_empty() && !members.iter().any(|row| row.user_id == actor.user_id && row.is_owner()) {
                self.changed();
                return Err(refusals::ACTOR_NOT_ALLOWED
                    .with(&[("user", &actor.user_id), ("permission", Permission::Administer.words())]));
            }
            let mut work = UnitOfWork::of(decide(&members)?);
            work.guards.push(Guard {
                statement: meta::list_members(self.inner.dialect()),
                expect: Some(rows.0),
                otherwise: Refused::Guard("members"),
            });
            work.topics.push("access");
            let act = Act { event_type, action, resource, details: details.clone() };
            work.audit.push(self.inner.audit_actor(actor, act));
            match self.inner.store.commit(work).await {
                Err(StoreError::Refused(Refused::Guard("members"))) => continue,
                other => other?,
            };
            self.changed();
            return Ok(());
        }
        Err(refusals::STORE_UNAVAILABLE.with(&[]))
    }

    async fn members(&self) -> AppResult<Members> {
        let now = self.inner.now();
        if let Some(known) = self.inner.access.members(now) {
            return Ok(known);
        }
        let reading = self.inner.access.reading(now);
        let rows = self.inner.read(meta::list_members(self.inner.dialect())).await?;
        let members = Arc::new(member_rows(&rows));
        self.inner.access.keep_members(reading, members.clone());
        Ok(members)
    }
}

fn member_rows(rows: &Rows) -> Vec<MemberRow> {
    let row = |row: &Vec<SqlValue>| {
        let cells = Cells(row);
        MemberRow {
            user_id: cells.text(0),
            // Roles that cannot be read are no roles: the member is there and may do nothing.
            roles: serde_json::from_str(&cells.text(1)).unwrap_or_default(),
            created_at: cells.instant(2),
            created_by: cells.text(3),
        }
    };
    rows.0.iter().map(row).collect()
}

fn checked_user(user_id: &str) -> AppResult<&str> {
    let user_id = user_id.trim();
    if user_id.is_empty() || user_id.len() > 200 || user_id.chars().any(char::is_control) {
        return Err(refusals::MEMBER_WRONG.with(&[("reason", "a person's id has 1 to 200 characters")]));
    }
    Ok(user_id)
}

/// The roles in the order of the catalogue, each once.
fn checked_roles(roles: &[String]) -> AppResult<Vec<&'static str>> {
    if let Some(unknown) = roles.iter().find(|role| !ROLES.contains(&role.as_str())) {
        let reason = format!("`{unknown}` is no role; the roles are {}", ROLES.join(", "));
        return Err(refusals::MEMBER_WRONG.with(&[("reason", &reason)]));
    }
    let held: Vec<&'static str> = ROLES.iter().copied().filter(|role| roles.iter().any(|held| held == role)).collect();
    if held.is_empty() {
        return Err(refusals::MEMBER_WRONG.with(&[("reason", "a member needs a role")]));
    }
    Ok(held)
}
