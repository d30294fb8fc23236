//! Which addresses a token may be sent to: https anywhere, http on this machine only.

use maq_app::{AppResult, refusals};
use reqwest::Url;
use std::net::IpAddr;

/// Set to `1`, it lets http go to other machines too: for a network that is private by other means.
pub const ALLOW_HTTP_VARIABLE: &str = "MAQUETTE_ALLOW_HTTP";

/// Reads an address; `allow_http` lets http leave this machine.
pub(crate) fn read(text: &str, allow_http: bool) -> AppResult<Url> {
    let wrong = || refusals::TARGET_URL_WRONG.with(&[("url", &without_secrets(text))]);
    let url = Url::parse(text.trim()).map_err(|_| wrong())?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let safe = match url.scheme() {
        "https" => true,
        "http" => allow_http || is_loopback(&url),
        _ => false,
    };
    if plain && safe && url.host_str().is_some() { Ok(url) } else { Err(wrong()) }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The address as it may be shown: what stands before an `@` is left out.
fn without_secrets(text: &str) -> String {
    match (text.split_once("://"), text.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://…@{rest}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_stays_on_this_machine_unless_it_is_allowed_to_leave() {
        for good in ["https://erp.example.com", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9/x"] {
            assert!(read(good, false).is_ok(), "{good}");
        }
        for bad in ["http://erp.example.com", "http://127.0.0.1.example.com", "ftp://127.0.0.1", "erp", "https://u:p@h"]
        {
            let error = read(bad, false).unwrap_err();
            assert_eq!(error.refusal().unwrap().code, "target/url-wrong", "{bad}");
        }
        assert!(read("http://erp.example.com", true).is_ok());
    }

    #[test]
    fn a_password_in_an_address_is_not_repeated() {
        let error = read("https://ann:secret@host", false).unwrap_err();
        assert_eq!(error.refusal().unwrap().title, "`https://…@host` is not an address a target can have");
    }
}
