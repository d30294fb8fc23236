//! The client: one server, one admin token.

use crate::{address, answer};
use async_trait::async_trait;
use maq_app::{
    AppError, AppResult, DeployPlan, DeployStatus, Deployment, KeyRow, LoadBatch, LoadPhase, LoadPosition,
    TargetClient, TargetConnector, TenantRow, TokenFilter, TokenRequest, TokenRow, refusals,
};
use maq_keychain::Secret;
use reqwest::{Client, Method, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::time::Duration;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a question may take.
const ASK: Duration = Duration::from_secs(60);
/// How long a change may take: a deployment over many rows, a batch of rows.
const CHANGE: Duration = Duration::from_secs(600);

/// Connects to servers over HTTP.
#[derive(Debug, Clone)]
pub struct HttpConnector {
    allow_http: bool,
}

impl Default for HttpConnector {
    /// As the environment says: see [`crate::ALLOW_HTTP_VARIABLE`].
    fn default() -> Self {
        HttpConnector { allow_http: std::env::var(crate::ALLOW_HTTP_VARIABLE).is_ok_and(|value| value == "1") }
    }
}

impl HttpConnector {
    /// A client of the server at `url`; nothing is sent yet.
    ///
    /// # Errors
    /// `target/url-wrong`.
    pub fn target(&self, url: &str, token: &Secret) -> AppResult<HttpTarget> {
        let url = address::read(url, self.allow_http)?;
        // A redirect would carry the token to an address nobody named.
        let built = Client::builder()
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("maquette/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(HttpTarget { client: built.map_err(AppError::fault)?, url, token: token.clone() })
    }
}

#[async_trait]
impl TargetConnector for HttpConnector {
    async fn connect(&self, url: &str, token: &Secret) -> AppResult<Arc<dyn TargetClient>> {
        Ok(Arc::new(self.target(url, token)?))
    }
}

/// One server.
#[derive(Debug, Clone)]
pub struct HttpTarget {
    client: Client,
    url: Url,
    token: Secret,
}

#[derive(Deserialize)]
struct Deployed {
    deployment: Option<Deployment>,
}

/// What most answers are wrapped in.
#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

/// A token with its secret. No `Debug`: the secret must reach no log.
#[derive(Deserialize)]
struct Made {
    data: TokenRow,
    token: String,
}

impl Made {
    fn parts(self) -> (TokenRow, Secret) {
        (self.data, Secret::new(self.token))
    }
}

impl HttpTarget {
    /// Asks for `path` (`/api/admin/…`).
    ///
    /// # Errors
    /// The server's refusal, or `target/unreachable`.
    pub async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> AppResult<T> {
        let mut url = self.at(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.send(Method::GET, url, None, ASK).await
    }

    /// Posts `body` to `path`.
    ///
    /// # Errors
    /// The server's refusal, or `target/unreachable`.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &Json) -> AppResult<T> {
        self.send(Method::POST, self.at(path), Some(body), CHANGE).await
    }

    /// Deletes what is at `path`.
    ///
    /// # Errors
    /// The server's refusal, or `target/unreachable`.
    pub async fn delete<T: DeserializeOwned>(&self, path: &str) -> AppResult<T> {
        self.send(Method::DELETE, self.at(path), None, ASK).await
    }

    /// The server may live below a path of its address.
    fn at(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        let whole = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&whole);
        url
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        url: Url,
        body: Option<&Json>,
        patience: Duration,
    ) -> AppResult<T> {
        let shown = self.url.as_str().trim_end_matches('/');
        let mut request = self.client.request(method, url).bearer_auth(self.token.expose()).timeout(patience);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(|error| answer::unreachable(shown, &error))?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(|error| answer::unreachable(shown, &error))?;
        if !status.is_success() {
            return Err(answer::refusal(shown, status.as_u16(), &bytes));
        }
        let bytes: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
        serde_json::from_slice(bytes).map_err(|_| {
            let reason = "its answer is none of a Maquette server of this version";
            refusals::TARGET_UNREACHABLE.with(&[("url", shown), ("reason", reason)])
        })
    }
}

#[async_trait]
impl TargetClient for HttpTarget {
    async fn status(&self) -> AppResult<DeployStatus> {
        self.get("/api/admin/status", &[]).await
    }

    async fn plan(&self, envelope: &str) -> AppResult<DeployPlan> {
        self.post("/api/admin/plan", &json!({ "envelope": envelope })).await
    }

    async fn apply(&self, envelope: &str, plan_digest: &str) -> AppResult<Option<Deployment>> {
        let body = json!({ "envelope": envelope, "plan": plan_digest });
        Ok(self.post::<Deployed>("/api/admin/apply", &body).await?.deployment)
    }

    async fn roll_back(&self) -> AppResult<Deployment> {
        self.post("/api/admin/rollback", &json!({})).await
    }

    async fn trust_key(&self, public_key: &str) -> AppResult<()> {
        self.post::<Json>("/api/admin/keys", &json!({ "publicKey": public_key })).await.map(drop)
    }

    async fn list_keys(&self) -> AppResult<Vec<KeyRow>> {
        Ok(self.get::<Data<_>>("/api/admin/keys", &[]).await?.data)
    }

    async fn revoke_key(&self, key_id: &str) -> AppResult<()> {
        self.delete(&format!("/api/admin/keys/{}", part(key_id))).await
    }

    async fn list_tokens(&self, filter: &TokenFilter) -> AppResult<Vec<TokenRow>> {
        let asked = serde_json::to_value(filter).map_err(AppError::fault)?;
        let asked = asked.as_object().into_iter().flatten();
        let query: Vec<(&str, &str)> =
            asked.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect();
        Ok(self.get::<Data<_>>("/api/admin/tokens", &query).await?.data)
    }

    async fn create_token(&self, request: TokenRequest) -> AppResult<(TokenRow, Secret)> {
        let body = serde_json::to_value(&request).map_err(AppError::fault)?;
        Ok(self.post::<Made>("/api/admin/tokens", &body).await?.parts())
    }

    async fn rotate_token(&self, id: &str, grace: u64) -> AppResult<(TokenRow, Secret)> {
        let path = format!("/api/admin/tokens/{}/rotate", part(id));
        Ok(self.post::<Made>(&path, &json!({ "graceSeconds": grace })).await?.parts())
    }

    async fn revoke_token(&self, id: &str) -> AppResult<()> {
        self.delete(&format!("/api/admin/tokens/{}", part(id))).await
    }

    async fn list_tenants(&self) -> AppResult<Vec<TenantRow>> {
        Ok(self.get::<Data<_>>("/api/admin/tenants", &[]).await?.data)
    }

    async fn add_tenant(&self, id: &str, name: Option<&str>) -> AppResult<TenantRow> {
        let body = json!({ "id": id, "name": name });
        Ok(self.post::<Data<_>>("/api/admin/tenants", &body).await?.data)
    }

    async fn suspend_tenant(&self, id: &str, suspended: bool) -> AppResult<TenantRow> {
        let act = if suspended { "suspend" } else { "resume" };
        let path = format!("/api/admin/tenants/{}/{act}", part(id));
        Ok(self.post::<Data<_>>(&path, &json!({})).await?.data)
    }

    async fn rename_tenant(&self, id: &str, name: &str) -> AppResult<TenantRow> {
        let path = format!("/api/admin/tenants/{}/rename", part(id));
        Ok(self.post::<Data<_>>(&path, &json!({ "name": name })).await?.data)
    }

    async fn load_position(&self, release: &str, entity: &str, phase: LoadPhase) -> AppResult<LoadPosition> {
        let phase = match phase {
            LoadPhase::Insert => "insert",
            LoadPhase::Link => "link",
        };
        self.get("/api/admin/load", &[("release", release), ("entity", entity), ("phase", phase)]).await
    }

    async fn load(&self, batch: LoadBatch) -> AppResult<LoadPosition> {
        let body = serde_json::to_value(&batch).map_err(AppError::fault)?;
        self.post("/api/admin/load", &body).await
    }
}

/// An id as one part of a path: what could end the part is left out, and the server then finds no such id.
fn part(id: &str) -> String {
    id.chars()
        .map(|character| if character.is_ascii_alphanumeric() || "-_.".contains(character) { character } else { '_' })
        .collect()
}

#[cfg(test)]
mod tests;
