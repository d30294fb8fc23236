//! Tokens, keys and tenants of a server: what is revoked or suspended is out with the next request.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use maq_app::{Options, TokenRequest};
use maq_store::StoreKind;
use maq_value::Actor;
use support::world_of;

fn code<T: std::fmt::Debug>(result: maq_app::AppResult<T>) -> String {
    result.unwrap_err().refusal().map(|refusal| refusal.code.clone()).unwrap_or("fault".into())
}

fn request(user: &str, tenants: &[&str]) -> TokenRequest {
    TokenRequest {
        user_id: user.into(),
        roles: vec!["user".into()],
        tenants: tenants.iter().map(|tenant| (*tenant).to_owned()).collect(),
        realm_id: None,
        attributes: std::collections::BTreeMap::new(),
        expires_in: None,
    }
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
    for (asked, given) in [(None, "acme"), (Some("default"), "default")] {
        let principal = access.authenticate(&secret, asked, None).await.unwrap();
        assert_eq!((principal.user_id.as_str(), principal.tenant_id.as_str()), ("bob", given));
    }
    assert_eq!(code(access.authenticate(&secret, Some("other"), None).await), "auth/tenant-not-allowed");
    assert_eq!(code(access.authenticate(&secret, None, Some("other")).await), "auth/tenant-not-allowed");
    assert_eq!(code(access.authenticate_admin(&secret).await), "auth/admin-needed");
    access.suspend_tenant(&admin, "acme", true).await.unwrap();
    assert_eq!(code(access.authenticate(&secret, None, None).await), "auth/tenant-suspended");
    access.suspend_tenant(&admin, "acme", false).await.unwrap();
    access.authenticate(&secret, None, None).await.unwrap();
    access.revoke_token(&admin, &row.id).await.unwrap();
    assert_eq!(code(access.authenticate(&secret, None, None).await), "auth/token-invalid");
    assert_eq!(code(access.revoke_token(&admin, "tok_0").await), "access/token-not-found");
    let expired = TokenRequest { expires_in: Some(0), ..request("eve", &[]) };
    assert_eq!(code(access.create_token(&admin, expired).await), "auth/token-invalid");
}

#[tokio::test]
async fn only_administrators_administer() {
    let world = world_of(StoreKind::Server, Options::default()).await;
    let access = &world.services.access;
    access.init_server().await.unwrap();
    let publisher = Actor { user_id: "pat".into(), roles: vec!["publisher".into()] };
    assert_eq!(code(access.create_token(&publisher, request("bob", &[])).await), "actor/not-allowed");
    assert_eq!(code(access.list_tokens(&publisher).await), "actor/not-allowed");
    assert_eq!(code(access.trust_key(&publisher, "AA").await), "actor/not-allowed");
    assert_eq!(code(access.trust_key(&Actor::admin("a"), "AA").await), "access/key-wrong");
    assert_eq!(code(access.revoke_key(&Actor::admin("a"), "00").await), "access/key-not-found");
}
