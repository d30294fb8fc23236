//! Members, tokens, tenants, keys and the place of secrets, as commands.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::{Value as Json, json};
use support::{Desk, On};

fn as_user(user: &str) -> [(&'static str, &str); 1] {
    [("MAQUETTE_USER", user)]
}

fn data(ran: &support::Ran) -> Json {
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.json()["data"].clone()
}

#[test]
fn a_workspace_is_shared_by_roles() {
    for store in [On::Sqlite, On::Postgres] {
        shared_by_roles(&Desk::with(store, On::Sqlite));
    }
}

fn shared_by_roles(desk: &Desk) {
    let ws = desk.ws.as_str();
    let ann = as_user("ann");
    let bob = as_user("bob");
    desk.data(&["new", ws, "--sample", "invoicing"]);
    let none = desk.run_with(&["member", "list", ws], &ann, "");
    assert_eq!(none.out, "no members: it belongs to whoever can open it, ann now\n");
    let added = desk.run_with(&["member", "add", ws, "bob", "--role", "designer", "--json"], &ann, "");
    assert_eq!(data(&added)["roles"], json!(["designer"]));
    let listed = desk.run_with(&["member", "list", ws, "--json"], &bob, "");
    assert_eq!(data(&listed)["yourRoles"], json!(["designer"]));

    let made = desk.run_with(&["add", "entity", ws, "Note"], &bob, "");
    assert_eq!(made.code, 0, "{made:?}");
    for (args, title) in [
        (&["publish", ws, "--yes"][..], "`bob` may not publish here"),
        (&["member", "remove", ws, "ann"], "`bob` may not administer here"),
        (&["key", "rotate", ws, "--yes"], "`bob` may not administer here"),
        (&["add", "policies", ws, "standard"], "`bob` may not change policies here"),
    ] {
        let refused = desk.run_with(args, &bob, "");
        assert_eq!(refused.code, 4, "{args:?} {refused:?}");
        assert!(refused.err.starts_with(&format!("error[actor/not-allowed]: {title}\n")), "{}", refused.err);
    }
    let stranger = desk.run_with(&["check", ws], &as_user("eve"), "");
    assert_eq!(stranger.code, 4);
    assert_eq!(
        stranger.err,
        "error[actor/not-a-member]: `eve` is no member of this workspace\n  = help: ask an owner of the workspace to add \
         you; MAQUETTE_USER says who you are\n"
    );

    let role = desk.run_with(&["member", "role", ws, "eve", "--role", "viewer"], &ann, "");
    assert_eq!(role.code, 3, "{role:?}");
    let last = desk.run_with(&["member", "role", ws, "ann", "--role", "viewer"], &ann, "");
    assert_eq!(last.code, 5);
    assert!(
        last.err.starts_with("error[access/last-owner]: the last owner cannot leave, or lose the role"),
        "{last:?}"
    );
    let promoted = desk.run_with(&["member", "role", ws, "bob", "--role", "owner"], &ann, "");
    assert_eq!(promoted.out, "bob: owner\n");
    assert_eq!(desk.run_with(&["member", "remove", ws, "ann"], &bob, "").out, "removed ann\n");
    assert_eq!(desk.run_with(&["check", ws], &ann, "").code, 4);
}

#[test]
fn tokens_and_tenants_of_a_store_are_made_listed_rotated_and_ended() {
    for store in [On::Sqlite, On::Postgres] {
        made_and_ended(&Desk::with(On::Sqlite, store));
    }
}

/// What was used is known after the server has ended, whichever login it serves with.
#[test]
fn a_server_remembers_when_a_token_was_last_used() {
    for store in [On::Sqlite, On::Postgres] {
        let desk = Desk::with(On::Sqlite, store);
        let token = desk.data(&["init", "--server", "--store", &desk.server])["token"].as_str().unwrap().to_owned();
        let used = || desk.data(&["token", "list", "--store", &desk.server])["tokens"][0]["lastUsedAt"].clone();
        assert_eq!(used(), Json::Null);
        let mut server = desk.host(&["serve", "--store", &desk.server, "--listen", "127.0.0.1:0"]);
        let held = [("MAQUETTE_TOKEN", token.as_str())];
        let listed = data(&desk.run_with(&["tenant", "list", "--server", &server.url, "--json"], &held, ""));
        assert_eq!(listed["tenants"][0]["id"], "default");
        server.terminate();
        assert!(used().is_string(), "{store:?}");
    }
}

fn made_and_ended(desk: &Desk) {
    let store = desk.server.as_str();
    desk.data(&["init", "--server", "--store", store]);
    desk.data(&["tenant", "add", "acme", "--name", "Acme", "--store", store]);
    let made = desk.data(&[
        "token",
        "new",
        "--store",
        store,
        "--user",
        "kiosk",
        "--role",
        "sales",
        "--tenant",
        "acme",
        "--org",
        "north",
        "--attribute",
        "region=n",
        "--attribute",
        "limit=5",
        "--expires-in",
        "3600",
    ]);
    let id = made["id"].as_str().unwrap().to_owned();
    assert!(made["expiresAt"].is_string(), "{made}");
    let listed = desk.data(&["token", "list", "--store", store, "--user", "kiosk", "--state", "active"]);
    let grant = &listed["tokens"][0]["grant"];
    assert_eq!((&grant["orgId"], &grant["attributes"]), (&json!("north"), &json!({ "limit": 5, "region": "n" })));
    assert!(!listed.to_string().contains(made["token"].as_str().unwrap()));
    let table = desk.run(&["token", "list", "--store", store, "--kind", "admin"]);
    assert!(table.out.contains("LAST USED") && table.out.contains("admin"), "{}", table.out);

    let rotated = desk.run(&["token", "rotate", &id, "--grace", "60", "--store", store]);
    assert!(rotated.out.starts_with("maq_data_"), "{rotated:?}");
    assert!(rotated.err.contains(&format!("{id} ends in 60 seconds")), "{}", rotated.err);
    assert_eq!(
        desk.data(&["token", "list", "--store", store, "--user", "kiosk"])["tokens"].as_array().unwrap().len(),
        2
    );
    desk.data(&["token", "revoke", &id, "--store", store]);
    let again = desk.run(&["token", "rotate", &id, "--store", store]);
    assert!(again.err.contains("it has ended; make a new one"), "{}", again.err);
    let admin = desk.run(&["token", "new", "--admin", "--user", "ops", "--store", store]);
    assert!(admin.out.starts_with("maq_admin_"), "{admin:?}");

    let words = |args: &[&str]| desk.run(args).out;
    assert_eq!(words(&["tenant", "suspend", "acme", "--store", store]), "acme is suspended\n");
    assert!(desk.data(&["tenant", "list", "--store", store])["tenants"][0]["suspendedAt"].is_string());
    assert_eq!(words(&["tenant", "resume", "acme", "--store", store]), "acme works again\n");
    assert_eq!(words(&["tenant", "rename", "acme", "Acme Ltd", "--store", store]), "acme is called Acme Ltd\n");
}

#[test]
fn secrets_go_to_an_encrypted_file_and_a_wrong_passphrase_is_said() {
    let desk = Desk::new();
    let with = |passphrase: &'static str| [("MAQUETTE_SECRETS_FILE", ""), ("MAQUETTE_SECRETS_PASSPHRASE", passphrase)];
    desk.data(&["new", "a.maquette", "--sample", "invoicing"]);
    let first = data(&desk.run_with(&["key", "show", "a.maquette", "--json"], &with("correct horse"), ""));
    assert!(first["kept"].as_str().unwrap().starts_with("kept in: the encrypted file "), "{first}");
    let path = first["kept"].as_str().unwrap().trim_start_matches("kept in: the encrypted file ").to_owned();
    let again = data(&desk.run_with(&["key", "show", "a.maquette", "--json"], &with("correct horse"), ""));
    assert_eq!(again, first);
    let wrong = desk.run_with(&["key", "show", "a.maquette"], &with("wrong"), "");
    assert_eq!(wrong.code, 6, "{wrong:?}");
    assert_eq!(
        wrong.err,
        format!(
            "error[secrets/unavailable]: secrets cannot be kept: this passphrase does not open the secrets file \
             `{path}`\n  = help: give the passphrase it was made with, in MAQUETTE_SECRETS_PASSPHRASE or when asked\n"
        )
    );
    std::fs::write(&path, "{").unwrap();
    let damaged = desk.run_with(&["key", "show", "a.maquette"], &with("correct horse"), "");
    assert!(damaged.err.contains(&format!("the secrets file `{path}` is damaged")), "{}", damaged.err);
}

#[test]
fn doctor_says_that_a_named_file_is_plain_text() {
    let desk = Desk::new();
    let looked = desk.run(&["doctor"]);
    assert!(looked.out.contains("in plain text, which is for tests: MAQUETTE_SECRETS_FILE names it"), "{}", looked.out);
}
