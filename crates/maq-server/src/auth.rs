//! Who asks: a bearer token opens the admin API as an actor or the data API as a principal, never both.

use crate::api::App;
use crate::limits::MAX_TOKEN_BYTES;
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use maq_app::refusals;
use maq_value::{Actor, Principal};
use std::sync::Arc;

/// Chooses among the token's tenants.
pub(crate) const TENANT_HEADER: &str = "x-tenant";
/// Must name the token's realm when it is sent.
pub(crate) const REALM_HEADER: &str = "x-realm";

/// Whoever holds an admin token.
pub(crate) struct Admin(pub Actor);

/// Whoever holds a data token, in one of its tenants.
pub(crate) struct Data(pub Principal);

/// Whoever holds a token of either kind.
pub(crate) enum Caller {
    /// An admin token.
    Admin,
    /// A data token.
    Data(Principal),
}

impl FromRequestParts<Arc<App>> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        Ok(Admin(app.services.access.authenticate_admin(bearer(&parts.headers)?).await?))
    }
}

impl FromRequestParts<Arc<App>> for Data {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        principal(app, &parts.headers).await.map(Data)
    }
}

/// The principal of the data token in `headers`, now.
pub(crate) async fn principal(app: &App, headers: &HeaderMap) -> Result<Principal, Problem> {
    let (tenant, realm) = (text(headers, TENANT_HEADER)?, text(headers, REALM_HEADER)?);
    Ok(app.services.access.authenticate(bearer(headers)?, tenant, realm).await?)
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        match app.services.access.authenticate_admin(bearer(&parts.headers)?).await {
            Ok(_) => Ok(Caller::Admin),
            Err(error) if error.refusal().is_some_and(|refusal| refusal.code == refusals::AUTH_NOT_ADMIN.code) => {
                Data::from_request_parts(parts, app).await.map(|Data(principal)| Caller::Data(principal))
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let needed = || Problem::from(refusals::AUTH_NEEDED.with(&[]));
    let value = headers.get(header::AUTHORIZATION).ok_or_else(needed)?.to_str().map_err(|_| needed())?;
    if value.len() > MAX_TOKEN_BYTES + "Bearer ".len() {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Problem::new(
            status,
            "http/token-too-long",
            "the token is too long",
            "a token has at most 512 bytes",
        ));
    }
    let (scheme, token) = value.split_once(' ').ok_or_else(needed)?;
    let token = token.trim();
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() { Ok(token) } else { Err(needed()) }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Problem> {
    match headers.get(name).map(|value| value.to_str()) {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value.trim())),
        Some(Err(_)) => Err(refusals::AUTH_TENANT.with(&[("tenant", "?")]).into()),
    }
}
