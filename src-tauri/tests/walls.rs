//! The walls around the window, read from the files that build them.
//!
//! `freezePrototype` is not among them: the canvas draws with d3, whose colours write `constructor` on objects of their
//! own, which a frozen `Object.prototype` forbids.

use serde_json::Value as Json;

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn config() -> Json {
    json(include_str!("../../tauri.conf.json"))
}

fn capability() -> Json {
    json(include_str!("../capabilities/main.json"))
}

#[test]
fn the_window_may_ask_only_for_what_the_studio_uses() {
    let capability = capability();
    assert_eq!(capability["windows"], json(r#"["main"]"#));
    assert_eq!(capability["local"], Json::Bool(true));
    assert_eq!(capability.get("remote"), None);
    let expected = r#"["allow-rpc", "allow-cancel", "core:event:allow-listen", "core:event:allow-unlisten",
        "dialog:allow-open"]"#;
    assert_eq!(capability["permissions"], json(expected));
}

#[test]
fn pages_run_only_their_own_scripts() {
    let config = config();
    let policy = config["app"]["security"]["csp"].as_str().unwrap();
    assert!(policy.contains("script-src 'self';"), "{policy}");
    assert!(policy.contains("default-src 'self';"), "{policy}");
    assert!(policy.contains("object-src 'none';") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe-eval"), "{policy}");
}

#[test]
fn styles_written_by_the_code_editor_are_not_voided_by_a_nonce() {
    let config = config();
    let security = &config["app"]["security"];
    assert!(security["csp"].as_str().unwrap().contains("style-src 'self' 'unsafe-inline';"));
    assert_eq!(security["dangerousDisableAssetCspModification"], json(r#"["style-src"]"#));
}

#[test]
fn no_script_reaches_the_shell_but_through_the_module() {
    let config = config();
    assert_eq!(config["app"]["withGlobalTauri"], Json::Bool(false));
}

#[test]
fn the_program_that_is_tested_exists() {
    assert!(std::path::Path::new(env!("CARGO_BIN_EXE_maquette-studio")).is_file());
}
