//! Who may come in: Host, Origin, one-time token, cookie.

use super::files;
use crate::problem::Problem;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, PoisonError};

/// The header every call carries.
const CLIENT: (&str, &str) = ("maquette-client", "studio");

/// What the studio lets in.
pub(crate) struct Gate {
    port: u16,
    /// Hash of the one-time token; none once it was used.
    token: Mutex<Option<[u8; 32]>>,
    /// Hash of the session the cookie must hold.
    session: [u8; 32],
    cookie: String,
}

impl Gate {
    /// A gate for the studio on `port`, and the one-time token that opens it.
    pub fn new(port: u16) -> (Gate, String) {
        let (token, session) = (random(), random());
        // Cookies do not know ports: two studios on one machine must not take each other's.
        let cookie = format!("maquette_studio_{port}={session}");
        let gate = Gate { port, token: Mutex::new(Some(hash(&token))), session: hash(&session), cookie };
        (gate, token)
    }

    fn is_ours(&self, host: &str) -> bool {
        ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| host == format!("{name}:{}", self.port))
    }

    fn host_is_ours(&self, headers: &HeaderMap) -> bool {
        headers.get(header::HOST).and_then(|host| host.to_str().ok()).is_some_and(|host| self.is_ours(host))
    }

    fn origin_is_ours(&self, headers: &HeaderMap) -> bool {
        match headers.get(header::ORIGIN) {
            // A page asked for by address, and programs, send none.
            None => true,
            Some(origin) => {
                let origin = origin.to_str().unwrap_or_default();
                origin.strip_prefix("http://").is_some_and(|host| self.is_ours(host))
            }
        }
    }

    fn has_cookie(&self, headers: &HeaderMap) -> bool {
        let name = format!("maquette_studio_{}=", self.port);
        let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = values.flat_map(|value| value.split(';')).map(str::trim);
        pairs.any(|pair| pair.strip_prefix(name.as_str()).is_some_and(|value| hash(value) == self.session))
    }

    /// Takes the token, once.
    fn redeem(&self, given: &str) -> bool {
        let mut token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = token.is_some_and(|token| token == hash(given));
        if fits {
            *token = None;
        }
        fits
    }
}

fn random() -> String {
    let mut bytes = [0_u8; 32];
    rand::RngCore::fill_bytes(&mut rand::rngs::OsRng, &mut bytes);
    hex::encode(bytes)
}

/// Hashes are compared, so that the time it takes tells nothing of the secret.
fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Lets a request in, or answers it.
pub(crate) async fn admit(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !gate.host_is_ours(headers) || !gate.origin_is_ours(headers) {
        // A page elsewhere, or a name elsewhere that points here.
        return Problem::new(
            StatusCode::FORBIDDEN,
            "studio/other-origin",
            "the studio answers its own page only",
            "open the address that `maquette studio` printed",
        )
        .into_response();
    }
    let token = request
        .uri()
        .query()
        .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("token=")).map(str::to_owned));
    if let Some(token) = token.filter(|_| request.method() == Method::GET) {
        return sign_in(&gate, &token, gate.has_cookie(headers));
    }
    if !gate.has_cookie(headers) {
        return signed_out(request.uri().path());
    }
    let guarded = ["/rpc/", "/jobs/"].iter().any(|path| request.uri().path().starts_with(path));
    let client = headers.get(CLIENT.0).is_some_and(|value| value == CLIENT.1);
    if guarded && !client {
        return Problem::new(
            StatusCode::FORBIDDEN,
            "studio/client-header-missing",
            "a call needs the header `Maquette-Client: studio`",
            "send the header",
        )
        .into_response();
    }
    next.run(request).await
}

/// The token is taken out of the address at once, so that it stays in no history.
fn sign_in(gate: &Gate, token: &str, signed_in: bool) -> Response {
    let to_page = [(header::LOCATION, HeaderValue::from_static("/"))];
    if gate.redeem(token) {
        let cookie = format!("{}; Path=/; HttpOnly; SameSite=Strict", gate.cookie);
        let mut response = (StatusCode::SEE_OTHER, to_page).into_response();
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        return response;
    }
    if signed_in {
        return (StatusCode::SEE_OTHER, to_page).into_response();
    }
    signed_out("/")
}

fn signed_out(path: &str) -> Response {
    if path == "/" {
        return (StatusCode::UNAUTHORIZED, files::html(SIGNED_OUT)).into_response();
    }
    let help = "open the address that `maquette studio` printed; it signs one browser in";
    Problem::new(StatusCode::UNAUTHORIZED, "studio/signed-out", "this browser is not signed in", help).into_response()
}

const SIGNED_OUT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Maquette</title>\
<body style=\"font: 16px/1.5 system-ui; max-width: 40em; margin: 4em auto; padding: 0 1em\">\
<h1>This browser is not signed in</h1><p>The address that <code>maquette studio</code> prints opens the studio once, \
in one browser. Start it again for a new one.</p></body></html>";
