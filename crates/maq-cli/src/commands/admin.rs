//! Keys, tokens and tenants of a server: through its store while it does not run, over HTTP while it does.

use super::Context;
use crate::args::{KeyCommand, Place, TenantCommand, TokenCommand};
use crate::failure::{CliResult, Failure};
use crate::output::Done;
use crate::session::{Session, admin_store, open_server};
use crate::{prompt, render};
use maq_app::{
    LOCAL, Services, SigningKeyRow, TargetClient, TokenFilter, TokenKind, TokenRequest, TokenRow, TokenState,
};
use maq_keychain::Secret;
use maq_target_http::{HttpConnector, HttpTarget};
use maq_value::{Actor, Instant};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

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
                let services = open_server(store, admin_store().as_deref()).await?;
                Ok(Server::Store(Box::new(services), Actor::admin(maq_host::person_id())))
            }
            (None, Some(url)) => {
                let token = prompt::token(context.no_input)?;
                Ok(Server::Http(HttpConnector::default().target(url, &token)?))
            }
            (None, None) => Err(Failure::usage("usage/no-server", "no server is named", "say --store or --server")),
        }
    }

    /// The same questions, wherever it is.
    async fn client(&self) -> CliResult<Arc<dyn TargetClient>> {
        match self {
            Server::Store(services, actor) => Ok(services.targets.administered(actor, LOCAL).await?),
            Server::Http(http) => Ok(Arc::new(http.clone())),
        }
    }

    /// Closes the store.
    pub async fn close(&self) {
        if let Server::Store(services, _) = self {
            services.close().await;
        }
    }
}

/// Does `work` on the server and closes it, whatever came of it.
async fn with<T>(
    place: &Place,
    context: Context<'_>,
    work: impl AsyncFnOnce(&dyn TargetClient) -> CliResult<T>,
) -> CliResult<T> {
    let server = Server::open(place.store.as_deref(), place.server.as_deref(), context).await?;
    let result = match server.client().await {
        Ok(client) => work(&*client).await,
        Err(failure) => Err(failure),
    };
    server.close().await;
    result
}

pub async fn key(command: KeyCommand, context: Context<'_>) -> CliResult<Done> {
    match command {
        KeyCommand::New { ws } | KeyCommand::Show { ws } => {
            let session = Session::open(&ws).await?;
            session
                .finish(async |session| {
                    let key = session.services.access.signing_key(&session.actor).await?;
                    Ok(signing(&key, context))
                })
                .await
        }
        KeyCommand::Rotate { ws, yes } => {
            let question = "Servers refuse releases of the new key until they trust it. Make one?";
            prompt::confirm(question, yes, context.no_input)?;
            let session = Session::open(&ws).await?;
            session
                .finish(async |session| {
                    let key = session.services.access.rotate_signing_key(&session.actor).await?;
                    Ok(signing(&key, context))
                })
                .await
        }
        KeyCommand::List { place } => {
            let keys = with(&place, context, async |server| json_of(&server.list_keys().await?)).await?;
            let text =
                listed(["KEY", "SINCE", "BY", "REVOKED"], ["keyId", "createdAt", "createdBy", "revokedAt"], &keys);
            Ok(Done::new(json!({ "keys": keys }), text))
        }
        KeyCommand::Trust { public_key, place } => {
            let key = with(&place, context, async |server| {
                server.trust_key(&public_key).await?;
                let keys = server.list_keys().await?;
                let key = keys.into_iter().find(|key| key.public_key == public_key.trim());
                key.ok_or_else(|| Failure::from(maq_app::refusals::KEY_NOT_FOUND.with(&[("id", public_key.as_str())])))
            });
            let key = key.await?;
            let text = format!("trusts {}", key.key_id);
            Ok(Done::new(json_of(&key)?, text))
        }
        KeyCommand::Revoke { id, place } => {
            with(&place, context, async |server| Ok(server.revoke_key(&id).await?)).await?;
            Ok(Done::new(json!({ "revoked": id }), format!("revoked {id}")))
        }
    }
}

fn signing(key: &SigningKeyRow, context: Context<'_>) -> Done {
    let kept = format!("kept in: {}", key.kept_in);
    context.output.say(format!("the private half is {kept}; this is the public half:"));
    Done::new(json!({ "keyId": key.key_id, "publicKey": key.public_key, "kept": kept }), key.public_key.clone())
}

pub async fn token(command: TokenCommand, context: Context<'_>) -> CliResult<Done> {
    match command {
        TokenCommand::New { place, admin, user, roles, tenants, realm, org, attributes, expires_in } => {
            let request = TokenRequest {
                kind: if admin { TokenKind::Admin } else { TokenKind::Data },
                user_id: user,
                roles,
                tenants,
                realm_id: realm,
                org_id: org,
                attributes: read_attributes(&attributes)?,
                expires_in,
            };
            let made = with(&place, context, async |server| Ok(server.create_token(request).await?)).await?;
            Ok(shown_once(made, context))
        }
        TokenCommand::List { place, user, tenant, kind, state } => {
            let filter = TokenFilter { user, tenant, kind: word(kind)?, state: word(state)? };
            let tokens = with(&place, context, async |server| Ok(server.list_tokens(&filter).await?)).await?;
            let now = Instant::now();
            let rows: Vec<[String; 7]> = tokens.iter().map(|token| token_cells(token, now)).collect();
            let head = ["TOKEN", "KIND", "USER", "TENANTS", "ROLES", "ENDS", "LAST USED"];
            Ok(Done::new(json!({ "tokens": json_of(&tokens)? }), render::table(head, &rows)))
        }
        TokenCommand::Rotate { id, grace, place } => {
            let made = with(&place, context, async |server| Ok(server.rotate_token(&id, grace).await?)).await?;
            context.output.say(match grace {
                0 => format!("{id} has ended"),
                grace => format!("{id} ends in {grace} seconds"),
            });
            Ok(shown_once(made, context))
        }
        TokenCommand::Revoke { id, place } => {
            with(&place, context, async |server| Ok(server.revoke_token(&id).await?)).await?;
            Ok(Done::new(json!({ "revoked": id }), format!("revoked {id}")))
        }
    }
}

fn shown_once((row, secret): (TokenRow, Secret), context: Context<'_>) -> Done {
    context.output.say("the token is shown this once:");
    let data = json!({ "id": row.id, "token": secret.expose(), "expiresAt": row.expires_at });
    Done::new(data, secret.expose().to_owned())
}

fn token_cells(token: &TokenRow, now: Instant) -> [String; 7] {
    let text = |instant: Option<Instant>| instant.map(|instant| instant.to_string()).unwrap_or_default();
    let ends = match token.state(now) {
        TokenState::Revoked => format!("revoked {}", text(token.revoked_at)),
        TokenState::Expired => format!("expired {}", text(token.expires_at)),
        TokenState::Active => token.expires_at.map_or("never".to_owned(), |at| at.to_string()),
    };
    let kind = if token.kind == TokenKind::Admin { "admin" } else { "data" };
    let (tenants, roles) = (token.grant.tenants.join(", "), token.grant.roles.join(", "));
    [token.id.clone(), kind.to_owned(), token.grant.user_id.clone(), tenants, roles, ends, text(token.last_used_at)]
}

/// `NAME=VALUE`, where a value that is JSON is taken as that.
fn read_attributes(given: &[String]) -> CliResult<BTreeMap<String, Json>> {
    let read = |text: &String| match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            let value = serde_json::from_str(value).unwrap_or_else(|_| Json::String(value.to_owned()));
            Ok((name.trim().to_owned(), value))
        }
        _ => Err(Failure::usage(
            "usage/attribute",
            format!("`{text}` is no attribute"),
            "write --attribute region=north, or --attribute 'limit=5'",
        )),
    };
    given.iter().map(read).collect()
}

fn word<T: serde::de::DeserializeOwned>(text: Option<String>) -> CliResult<Option<T>> {
    let Some(text) = text else { return Ok(None) };
    Ok(Some(serde_json::from_value(Json::String(text)).map_err(maq_app::AppError::fault)?))
}

pub async fn tenant(command: TenantCommand, context: Context<'_>) -> CliResult<Done> {
    match command {
        TenantCommand::Add { id, name, place } => {
            let add = async |server: &dyn TargetClient| Ok(server.add_tenant(&id, name.as_deref()).await?);
            let tenant = with(&place, context, add).await?;
            Ok(Done::new(json_of(&tenant)?, format!("added {id}")))
        }
        TenantCommand::List { place } => {
            let tenants = with(&place, context, async |server| json_of(&server.list_tenants().await?)).await?;
            let text =
                listed(["TENANT", "NAME", "SINCE", "SUSPENDED"], ["id", "name", "createdAt", "suspendedAt"], &tenants);
            Ok(Done::new(json!({ "tenants": tenants }), text))
        }
        TenantCommand::Suspend { id, place } => {
            let tenant = with(&place, context, async |server| Ok(server.suspend_tenant(&id, true).await?)).await?;
            Ok(Done::new(json_of(&tenant)?, format!("{id} is suspended")))
        }
        TenantCommand::Resume { id, place } => {
            let tenant = with(&place, context, async |server| Ok(server.suspend_tenant(&id, false).await?)).await?;
            Ok(Done::new(json_of(&tenant)?, format!("{id} works again")))
        }
        TenantCommand::Rename { id, name, place } => {
            let tenant = with(&place, context, async |server| Ok(server.rename_tenant(&id, &name).await?)).await?;
            let text = format!("{id} is called {}", tenant.name);
            Ok(Done::new(json_of(&tenant)?, text))
        }
    }
}

fn json_of(value: &impl Serialize) -> CliResult<Json> {
    Ok(serde_json::to_value(value).map_err(maq_app::AppError::fault)?)
}

/// A table of a JSON list.
fn listed<const N: usize>(head: [&str; N], keys: [&str; N], list: &Json) -> String {
    let rows = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let cell = |row: &Json, key: &str| row.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let rows: Vec<[String; N]> = rows.iter().map(|row| keys.map(|key| cell(row, key))).collect();
    render::table(head, &rows)
}
