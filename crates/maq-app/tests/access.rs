//! Tokens, keys and tenants of a server: what is revoked or suspended is out with the next request.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use maq_app::{Access, Options, TokenFilter, TokenKind, TokenRequest, TokenState};
use maq_store::StoreKind;
use maq_value::{Actor, Instant};
use std::collections::BTreeMap;
use support::{World, world, world_of};

fn code<T>(result: maq_app::AppResult<T>) -> String {
    let error = result.err().unwrap();
    error.refusal().map(|refusal| refusal.code.clone()).unwrap_or("fault".into())
}

fn title<T>(result: maq_app::AppResult<T>) -> String {
    result.err().unwrap().refusal().unwrap().title.clone()
}

fn request(user: &str, tenants: &[&str]) -> TokenRequest {
    TokenRequest {
        user_id: user.into(),
        roles: vec!["user".into()],
        tenants: tenants.iter().map(|tenant| (*tenant).to_owned()).collect(),
        ..TokenRequest::default()
    }
}

async fn server() -> (World, Access, Actor) {
    let world = world_of(StoreKind::Server, Options::default()).await;
    let access = world.services.access.clone();
    let token = access.init_server().await.unwrap();
    let admin = access.authenticate_admin(&token).await.unwrap();
    (world, access, admin)
}

#[tokio::test]
async fn a_token_opens_its_tenants_until_it_is_revoked() {
    let world = world_of(StoreKind::Server, Options::default()).await;
    let access = &world.services.access;
    let token = access.init_server().await.unwrap();
    let admin = access.authenticate_admin(&token).await.unwrap();
    assert_eq!(code(access.authenticate(&token, None, None).await), "auth/token-invalid");
    assert_eq!(code(access.authenticate_admin("maq_admin_0").await), "auth/token-invalid");
    assert_eq!(code(access.create_token(&admin, request("bob", &["acme"])).await), "access/tenant-not-found");
    access.add_tenant(&admin, "acme", Some("Acme")).await.unwrap();
    assert_eq!(code(access.add_tenant(&admin, "acme", None).await), "access/tenant-exists");
    assert_eq!(code(access.add_tenant(&admin, "a b", None).await), "access/tenant-wrong");
    let (row, secret) = access.create_token(&admin, request("bob", &["acme", "default"])).await.unwrap();
    let secret = secret.expose();
    for (asked, given) in [(None, "acme"), (Some("default"), "default")] {
        let principal = access.authenticate(secret, asked, None).await.unwrap();
        assert_eq!((principal.user_id.as_str(), principal.tenant_id.as_str()), ("bob", given));
    }
    assert_eq!(code(access.authenticate(secret, Some("other"), None).await), "auth/tenant-not-allowed");
    assert_eq!(code(access.authenticate(secret, None, Some("other")).await), "auth/tenant-not-allowed");
    assert_eq!(code(access.authenticate_admin(secret).await), "auth/admin-needed");
    access.suspend_tenant(&admin, "acme", true).await.unwrap();
    assert_eq!(code(access.authenticate(secret, None, None).await), "auth/tenant-suspended");
    access.authenticate(secret, Some("default"), None).await.unwrap();
    access.suspend_tenant(&admin, "acme", false).await.unwrap();
    access.authenticate(secret, None, None).await.unwrap();
    access.revoke_token(&admin, &row.id).await.unwrap();
    assert_eq!(code(access.authenticate(secret, None, None).await), "auth/token-invalid");
    assert_eq!(code(access.revoke_token(&admin, "tok_0").await), "access/token-not-found");
}

#[tokio::test]
async fn only_administrators_administer() {
    let (_world, access, admin) = server().await;
    let publisher = Actor { user_id: "pat".into(), roles: vec!["publisher".into()] };
    let all = TokenFilter::default();
    assert_eq!(code(access.create_token(&publisher, request("bob", &[])).await), "actor/not-allowed");
    assert_eq!(code(access.list_tokens(&publisher, &all).await), "actor/not-allowed");
    assert_eq!(code(access.rotate_token(&publisher, "tok_0", 0).await), "actor/not-allowed");
    assert_eq!(code(access.revoke_token(&publisher, "tok_0").await), "actor/not-allowed");
    assert_eq!(code(access.trust_key(&publisher, "AA").await), "actor/not-allowed");
    assert_eq!(code(access.rename_tenant(&publisher, "default", "x").await), "actor/not-allowed");
    assert_eq!(code(access.trust_key(&admin, "AA").await), "access/key-wrong");
    assert_eq!(code(access.revoke_key(&admin, "00").await), "access/key-not-found");
}

#[tokio::test]
async fn a_mistyped_token_is_told_from_an_unknown_one() {
    let (_world, access, admin) = server().await;
    let (_, secret) = access.create_token(&admin, request("bob", &[])).await.unwrap();
    let mut mistyped = secret.expose().to_owned();
    let last = mistyped.pop().unwrap();
    assert_eq!(code(access.authenticate(&mistyped, None, None).await), "auth/token-mistyped");
    mistyped.push(if last == '0' { '1' } else { '0' });
    assert_eq!(
        title(access.authenticate(&mistyped, None, None).await),
        "the token is not whole: a character is missing or wrong"
    );
    let other = server().await;
    let (_, foreign) = other.1.create_token(&other.2, request("bob", &[])).await.unwrap();
    assert_eq!(code(access.authenticate(foreign.expose(), None, None).await), "auth/token-invalid");
}

#[tokio::test]
async fn a_rotated_token_keeps_its_grant_and_the_old_secret_ends() {
    let (_world, access, admin) = server().await;
    let asked = TokenRequest {
        org_id: Some("north".into()),
        attributes: BTreeMap::from([("region".to_owned(), "n".into())]),
        expires_in: Some(3600),
        ..request("bob", &[])
    };
    let (row, first) = access.create_token(&admin, asked).await.unwrap();
    let (again, second) = access.rotate_token(&admin, &row.id, 600).await.unwrap();
    assert_eq!((again.grant.clone(), again.kind), (row.grant.clone(), TokenKind::Data));
    assert_ne!(again.id, row.id);
    for secret in [&first, &second] {
        let principal = access.authenticate(secret.expose(), None, None).await.unwrap();
        assert_eq!((principal.user_id.as_str(), principal.org_id.as_deref()), ("bob", Some("north")));
        assert_eq!(principal.attributes["region"], "n");
    }
    let all = access.list_tokens(&admin, &TokenFilter::default()).await.unwrap();
    let old = all.iter().find(|token| token.id == row.id).unwrap();
    // The grace is shorter than its life was, so it ends with the grace.
    assert!(old.expires_at.unwrap() < row.expires_at.unwrap());
    assert_eq!(old.state(old.expires_at.unwrap()), TokenState::Expired);
    let (_, third) = access.rotate_token(&admin, &again.id, 0).await.unwrap();
    assert_eq!(code(access.authenticate(second.expose(), None, None).await), "auth/token-invalid");
    access.authenticate(third.expose(), None, None).await.unwrap();
    assert_eq!(
        title(access.rotate_token(&admin, &again.id, 0).await),
        "the token cannot be made: it has ended; make a new one"
    );
    assert_eq!(code(access.rotate_token(&admin, "tok_0", 0).await), "access/token-not-found");
}

#[tokio::test]
async fn an_admin_token_is_made_apart_and_is_nobodys_principal() {
    let (_world, access, admin) = server().await;
    let asked = TokenRequest { kind: TokenKind::Admin, user_id: "ops".into(), ..TokenRequest::default() };
    let (row, secret) = access.create_token(&admin, asked.clone()).await.unwrap();
    assert!(secret.expose().starts_with("maq_admin_"));
    assert_eq!(row.kind, TokenKind::Admin);
    assert_eq!(access.authenticate_admin(secret.expose()).await.unwrap().user_id, "ops");
    assert_eq!(code(access.authenticate(secret.expose(), None, None).await), "auth/token-invalid");
    let with_roles = TokenRequest { roles: vec!["sales".into()], ..asked };
    assert_eq!(
        title(access.create_token(&admin, with_roles).await),
        "the token cannot be made: an admin token has neither roles nor tenants; it administers the server"
    );
}

#[tokio::test]
async fn every_limit_of_a_token_is_a_refusal() {
    let (_world, access, admin) = server().await;
    let many = vec!["x".to_owned(); 1_001];
    for wrong in [
        request("", &[]),
        request(&"a".repeat(201), &[]),
        TokenRequest { roles: vec![" ".into()], ..request("bob", &[]) },
        TokenRequest { roles: many, ..request("bob", &[]) },
        TokenRequest { realm_id: Some("a b".into()), ..request("bob", &[]) },
        TokenRequest { org_id: Some(String::new()), ..request("bob", &[]) },
        TokenRequest { expires_in: Some(0), ..request("bob", &[]) },
        TokenRequest { expires_in: Some(u64::MAX), ..request("bob", &[]) },
        TokenRequest {
            attributes: BTreeMap::from([("a".to_owned(), "x".repeat(17_000).into())]),
            ..request("bob", &[])
        },
    ] {
        assert_eq!(code(access.create_token(&admin, wrong.clone()).await), "access/token-wrong", "{wrong:?}");
    }
}

#[tokio::test]
async fn tokens_are_listed_by_what_they_are() {
    let (_world, access, admin) = server().await;
    access.add_tenant(&admin, "acme", None).await.unwrap();
    let (bob, _) = access.create_token(&admin, request("bob", &["acme"])).await.unwrap();
    let (eve, _) = access.create_token(&admin, request("eve", &[])).await.unwrap();
    access.revoke_token(&admin, &eve.id).await.unwrap();
    let listed = async |filter: TokenFilter| -> Vec<String> {
        let rows = access.list_tokens(&admin, &filter).await.unwrap();
        rows.into_iter().map(|row| row.grant.user_id).collect()
    };
    let any = TokenFilter::default;
    assert_eq!(listed(any()).await, ["admin", "bob", "eve"]);
    assert_eq!(listed(TokenFilter { user: Some("bob".into()), ..any() }).await, ["bob"]);
    assert_eq!(listed(TokenFilter { tenant: Some("acme".into()), ..any() }).await, ["bob"]);
    assert_eq!(listed(TokenFilter { kind: Some(TokenKind::Admin), ..any() }).await, ["admin"]);
    assert_eq!(listed(TokenFilter { state: Some(TokenState::Revoked), ..any() }).await, ["eve"]);
    let both = TokenFilter { tenant: Some("default".into()), state: Some(TokenState::Active), ..any() };
    assert!(listed(both).await.is_empty());
    assert_eq!(bob.state(Instant::now()), TokenState::Active);
}

#[tokio::test]
async fn the_last_use_is_written_beside_the_request() {
    let (_world, access, admin) = server().await;
    let (row, secret) = access.create_token(&admin, request("bob", &[])).await.unwrap();
    let used = async || {
        let rows = access.list_tokens(&admin, &TokenFilter::default()).await.unwrap();
        rows.into_iter().find(|token| token.id == row.id).unwrap().last_used_at
    };
    access.authenticate(secret.expose(), None, None).await.unwrap();
    assert_eq!(used().await, None, "a request writes nothing");
    access.write_uses().await.unwrap();
    let first = used().await.unwrap();
    assert!(first >= row.created_at);
    access.write_uses().await.unwrap();
    assert_eq!(used().await, Some(first), "nothing was used since");
    access.authenticate(secret.expose(), None, None).await.unwrap();
    access.write_uses().await.unwrap();
    assert!(used().await.unwrap() >= first);
}

#[tokio::test]
async fn a_tenant_is_renamed_and_keeps_its_id() {
    let (_world, access, admin) = server().await;
    let renamed = access.rename_tenant(&admin, "default", " House ").await.unwrap();
    assert_eq!((renamed.id.as_str(), renamed.name.as_str()), ("default", "House"));
    assert_eq!(access.list_tenants(&admin).await.unwrap(), [renamed]);
    assert_eq!(code(access.rename_tenant(&admin, "default", " ").await), "access/tenant-name-wrong");
    assert_eq!(code(access.rename_tenant(&admin, "nobody", "x").await), "access/tenant-not-found");
}

#[tokio::test]
async fn a_workspace_has_the_default_tenant_without_a_row() {
    let world = world().await;
    let (access, owner) = (&world.services.access, &world.owner);
    assert_eq!(access.list_tenants(owner).await.unwrap().len(), 1);
    let suspended = access.suspend_tenant(owner, "default", true).await.unwrap();
    assert!(suspended.suspended_at.is_some());
    let (_, secret) = access.create_token(owner, request("bob", &[])).await.unwrap();
    assert_eq!(code(access.authenticate(secret.expose(), None, None).await), "auth/tenant-suspended");
}

#[tokio::test]
async fn the_signing_key_is_rotated_and_releases_of_the_old_one_stay_good() {
    let world = world().await;
    let (services, owner) = (&world.services, &world.owner);
    let first = services.access.signing_key(owner).await.unwrap();
    assert_eq!(services.access.signing_key(owner).await.unwrap(), first);
    assert_eq!((first.kept_in.as_str(), first.plain_text), ("memory, until this program ends", false));
    let second = services.access.rotate_signing_key(owner).await.unwrap();
    assert_ne!(second.key_id, first.key_id);
    assert_eq!(services.access.signing_key(owner).await.unwrap(), second);
    let trusted: Vec<String> =
        services.access.list_keys(owner).await.unwrap().into_iter().map(|key| key.key_id).collect();
    assert!(trusted.contains(&second.key_id));
    let viewer = Actor { user_id: "vic".into(), roles: vec!["viewer".into()] };
    let publisher = Actor { user_id: "pat".into(), roles: vec!["publisher".into()] };
    assert_eq!(code(services.access.signing_key(&viewer).await), "actor/not-allowed");
    services.access.signing_key(&publisher).await.unwrap();
    assert_eq!(code(services.access.rotate_signing_key(&publisher).await), "actor/not-allowed");
}

#[tokio::test]
async fn no_secret_stands_in_an_answer_that_is_printed_or_in_the_audit() {
    let (world, access, admin) = server().await;
    let made = access.create_token(&admin, request("bob", &[])).await.unwrap();
    let secret = made.1.expose().to_owned();
    let body = secret.trim_start_matches("maq_data_");
    let listed = access.list_tokens(&admin, &TokenFilter::default()).await.unwrap();
    let recent = world.services.audit_log.get_recent(&admin, 50).await.unwrap();
    let refused = access.authenticate(&format!("{secret}0"), None, None).await.unwrap_err();
    for text in [
        format!("{made:?}"),
        format!("{listed:?} {}", serde_json::to_string(&listed).unwrap()),
        serde_json::to_string(&recent.data).unwrap(),
        format!("{refused} {refused:?}"),
    ] {
        assert!(!text.contains(body), "{text}");
    }
}
