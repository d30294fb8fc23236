//! The client: one server, one admin token.

use crate::{address, answer};
use async_trait::async_trait;
use maq_app::{
    AppError, AppResult, DeployPlan, DeployStatus, Deployment, LoadBatch, LoadPhase, LoadPosition, TargetClient,
    TargetConnector, refusals,
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

#[cfg(test)]
mod tests;
