//! Keys, tokens and tenants of a server: through its store while it does not run, over HTTP while it does.

use super::Context;
use crate::args::{KeyCommand, Place, TenantCommand, TokenCommand};
use crate::failure::{CliResult, Failure};
use crate::output::Done;
use crate::session::{Session, open_server};
use crate::{answer, prompt, render};
use maq_app::{Services, TokenRequest};
use maq_target_http::{HttpConnector, HttpTarget};
use maq_value::Actor;
use serde_json::{Value as Json, json};

/// A server to administer.
pub enum Server {
    /// Its store.
    Store(Box<Services>, Actor),
    /// Its address.
    Http(HttpTarget),
}

impl Server {
    /// Opens the store, or makes a client with the admin token.
    pub async fn open(store: Option<&str>, server: Option<&str>, context: Context<'_>) -> CliResult<Server> {
        match (store, server) {
            (Some(store), _) => {
                let services = open_server(store).await?;
                Ok(Server::Store(Box::new(services), Actor::admin(maq_host::person().user_id)))
            }
            (None, Some(url)) => {
                let token = prompt::token(context.no_input)?;
                Ok(Server::Http(HttpConnector::default().target(url, &token)?))
            }
            (None, None) => Err(Failure::usage("usage/no-server", "no server is named", "say --store or --server")),
        }
    }

    async fn at(place: &Place, context: Context<'_>) -> CliResult<Server> {
        Server::open(place.store.as_deref(), place.server.as_deref(), context).await
    }

    /// Closes the store.
    pub async fn close(&self) {
        if let Server::Store(services, _) = self {
            services.close().await;
        }
    }
}

/// Does `work` on the server and closes it, whatever came of it.
async fn with<T>(place: &Place, context: Context<'_>, work: impl AsyncFnOnce(&Server) -> CliResult<T>) -> CliResult<T> {
    let server = Server::at(place, context).await?;
    let result = work(&server).await;
    server.close().await;
    result
}

pub async fn key(command: KeyCommand, context: Context<'_>) -> CliResult<Done> {
    match command {
        KeyCommand::New { ws } => {
            let session = Session::open(&ws).await?;
            session
                .finish(async |session| {
                    let key = session.services.releases.public_key().await?;
                    let kept = session.services.secrets_kept_in();
                    context.output.say(format!("the private half is {kept}; this is the public half:"));
                    Ok(Done::new(json!({ "publicKey": key, "kept": kept }), key))
                })
                .await
        }
        KeyCommand::List { place } => {
            let keys = with(&place, context, async |server| match server {
                Server::Store(services, actor) => rows(&services.access.list_keys(actor).await?),
                Server::Http(http) => data(http.get("/api/admin/keys", &[]).await?),
            });
            let keys = keys.await?;
            let text =
                listed(["KEY", "SINCE", "BY", "REVOKED"], ["keyId", "createdAt", "createdBy", "revokedAt"], &keys);
            Ok(Done::new(json!({ "keys": keys }), text))
        }
        KeyCommand::Trust { public_key, place } => {
            let key = with(&place, context, async |server| match server {
                Server::Store(services, actor) => json_of(&services.access.trust_key(actor, &public_key).await?),
                Server::Http(http) => data(http.post("/api/admin/keys", &json!({ "publicKey": public_key })).await?),
            });
            let key = key.await?;
            let text = format!("trusts {}", answer::text(&key, "/keyId"));
            Ok(Done::new(key, text))
        }
        KeyCommand::Revoke { id, place } => {
            with(&place, context, async |server| match server {
                Server::Store(services, actor) => Ok(services.access.revoke_key(actor, &id).await?),
                Server::Http(http) => Ok(http.delete::<()>(&format!("/api/admin/keys/{id}")).await?),
            })
            .await?;
            Ok(Done::new(json!({ "revoked": id }), format!("revoked {id}")))
        }
    }
}

pub async fn token(command: TokenCommand, context: Context<'_>) -> CliResult<Done> {
    match command {
        TokenCommand::New { place, user, roles, tenants, realm, expires_in } => {
            let request = TokenRequest {
                user_id: user,
                roles,
                tenants,
                realm_id: realm,
                attributes: std::collections::BTreeMap::new(),
                expires_in,
            };
            let made = with(&place, context, async |server| match server {
                Server::Store(services, actor) => {
                    let (row, secret) = services.access.create_token(actor, request).await?;
                    Ok(json!({ "data": row, "token": secret }))
                }
                Server::Http(http) => {
                    let request = serde_json::to_value(&request).map_err(maq_app::AppError::fault)?;
                    Ok(http.post("/api/admin/tokens", &request).await?)
                }
            });
            let made: Json = made.await?;
            let secret = answer::text(&made, "/token").to_owned();
            context.output.say("the token is shown this once:");
            Ok(Done::new(json!({ "id": answer::at(&made, "/data/id"), "token": secret }), secret))
        }
        TokenCommand::List { place } => {
            let tokens = with(&place, context, async |server| match server {
                Server::Store(services, actor) => rows(&services.access.list_tokens(actor).await?),
                Server::Http(http) => data(http.get("/api/admin/tokens", &[]).await?),
            });
            let tokens = tokens.await?;
            let text = listed(["TOKEN", "KIND", "SINCE", "REVOKED"], ["id", "kind", "createdAt", "revokedAt"], &tokens);
            Ok(Done::new(json!({ "tokens": tokens }), text))
        }
        TokenCommand::Revoke { id, place } => {
            with(&place, context, async |server| match server {
                Server::Store(services, actor) => Ok(services.access.revoke_token(actor, &id).await?),
                Server::Http(http) => Ok(http.delete::<()>(&format!("/api/admin/tokens/{id}")).await?),
            })
            .await?;
            Ok(Done::new(json!({ "revoked": id }), format!("revoked {id}")))
        }
    }
}

pub async fn tenant(command: TenantCommand, context: Context<'_>) -> CliResult<Done> {
    match command {
        TenantCommand::Add { id, name, place } => {
            let tenant = with(&place, context, async |server| match server {
                Server::Store(services, actor) => {
                    json_of(&services.access.add_tenant(actor, &id, name.as_deref()).await?)
                }
                Server::Http(http) => data(http.post("/api/admin/tenants", &json!({ "id": id, "name": name })).await?),
            });
            Ok(Done::new(tenant.await?, format!("added {id}")))
        }
        TenantCommand::List { place } => {
            let tenants = with(&place, context, async |server| match server {
                Server::Store(services, actor) => rows(&services.access.list_tenants(actor).await?),
                Server::Http(http) => data(http.get("/api/admin/tenants", &[]).await?),
            });
            let tenants = tenants.await?;
            let text =
                listed(["TENANT", "NAME", "SINCE", "SUSPENDED"], ["id", "name", "createdAt", "suspendedAt"], &tenants);
            Ok(Done::new(json!({ "tenants": tenants }), text))
        }
        TenantCommand::Suspend { id, resume, place } => {
            let tenant = with(&place, context, async |server| match server {
                Server::Store(services, actor) => json_of(&services.access.suspend_tenant(actor, &id, !resume).await?),
                Server::Http(http) => {
                    let act = if resume { "resume" } else { "suspend" };
                    data(http.post(&format!("/api/admin/tenants/{id}/{act}"), &json!({})).await?)
                }
            });
            let text = if resume { format!("{id} works again") } else { format!("{id} is suspended") };
            Ok(Done::new(tenant.await?, text))
        }
    }
}

fn json_of(value: &impl serde::Serialize) -> CliResult<Json> {
    Ok(serde_json::to_value(value).map_err(maq_app::AppError::fault)?)
}

fn rows(value: &impl serde::Serialize) -> CliResult<Json> {
    json_of(value)
}

fn data(mut answer: Json) -> CliResult<Json> {
    Ok(answer::take(&mut answer, "/data"))
}

/// A table of a JSON list.
fn listed<const N: usize>(head: [&str; N], keys: [&str; N], list: &Json) -> String {
    let rows = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let cell = |row: &Json, key: &str| row.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let rows: Vec<[String; N]> = rows.iter().map(|row| keys.map(|key| cell(row, key))).collect();
    render::table(head, &rows)
}
