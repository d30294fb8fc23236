//! The built page: files below one folder, read as they are asked for. A path that is no file shows the page itself.

use super::Studied;
use crate::problem::{Answer, Problem};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// What the page may load and do: itself and nothing else. Styles may stand in elements, as the editor needs.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; \
base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The file at the path, or the page.
pub(super) async fn page(State(studied): State<Arc<Studied>>, uri: Uri) -> Answer {
    let Some(folder) = &studied.ui else {
        return Ok(html(NO_PAGE));
    };
    let path = uri.path();
    let Some(file) = below(folder, path) else { return Err(missing(path)) };
    if let Ok(bytes) = tokio::fs::read(&file).await {
        return Ok(answer(&file, bytes));
    }
    // An asset that is not there must not answer with a page.
    if Path::new(path).extension().is_some() {
        return Err(missing(path));
    }
    let index = folder.join("index.html");
    match tokio::fs::read(&index).await {
        Ok(bytes) => Ok(answer(&index, bytes)),
        Err(_) => Ok(html(NO_PAGE)),
    }
}

/// The file a path names, which never leaves the folder.
fn below(folder: &Path, path: &str) -> Option<PathBuf> {
    let relative = Path::new(path.trim_start_matches('/'));
    let plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
    let odd = path.contains(['\\', '%', '\0']);
    (plain && !odd).then(|| if path == "/" { folder.join("index.html") } else { folder.join(relative) })
}

fn answer(file: &Path, bytes: Vec<u8>) -> Response {
    let kind = match file.extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    };
    // Built assets carry a digest in their name; the page itself does not.
    let in_assets = file.components().any(|part| part.as_os_str() == "assets");
    let cache = if in_assets { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), bytes).into_response()
}

pub(super) fn html(text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), text).into_response()
}

fn missing(path: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "http/no-route", format!("there is nothing at `{path}`"), "open /")
}

const NO_PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Maquette</title>\
<body style=\"font: 16px/1.5 system-ui; max-width: 40em; margin: 4em auto; padding: 0 1em\">\
<h1>The studio's page is not built</h1><p>Run <code>npm run build</code> in <code>ui/</code>, or start the studio with \
<code>./dev studio</code>, which builds it.</p></body></html>";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leaves_the_folder() {
        let folder = Path::new("/ui");
        assert_eq!(below(folder, "/"), Some("/ui/index.html".into()));
        assert_eq!(below(folder, "/assets/a.js"), Some("/ui/assets/a.js".into()));
        for bad in ["/../x", "/assets/../../x", "//etc/../x", "/a%2f..", "/a\\b"] {
            assert_eq!(below(folder, bad), None, "{bad}");
        }
    }
}
