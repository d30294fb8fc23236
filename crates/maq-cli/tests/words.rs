//! Exit codes, streams and words of single commands.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::json;
use support::Desk;

#[test]
fn a_sample_has_nothing_to_mend_and_is_published_at_once() {
    let desk = Desk::new();
    for sample in ["invoicing", "shop"] {
        let ws = format!("{sample}.maquette");
        desk.data(&["new", &ws, "--sample", sample]);
        let ran = desk.run(&["check", &ws, "--strict", "--json"]);
        assert_eq!((ran.code, ran.json()["data"].clone()), (0, json!({ "errors": 0, "warnings": 0 })), "{sample}");
        desk.data(&["publish", &ws, "--yes"]);
    }
}

#[test]
fn data_goes_to_stdout_and_messages_to_stderr() {
    let desk = Desk::new();
    let made = desk.run(&["new", "a.maquette", "--sample", "invoicing"]);
    assert_eq!((made.code, made.out.as_str()), (0, "a.maquette\n"));
    assert_eq!(made.err, "made a.maquette with 5 documents\n");
    let token = desk.run(&["init", "--server", "--store", "s.db"]);
    assert!(token.out.starts_with("maq_admin_") && token.out.lines().count() == 1);
    assert!(!token.err.contains("maq_admin_"));
    let missing = desk.run(&["check", "none.maquette"]);
    assert_eq!((missing.code, missing.out.as_str()), (3, ""));
    assert!(missing.err.starts_with("error[store/not-found]: there is no `"), "{}", missing.err);
    assert!(missing.err.contains("= help: "));
}

#[test]
fn each_kind_of_trouble_has_its_exit_code() {
    let desk = Desk::new();
    desk.data(&["new", "a.maquette", "--sample", "invoicing"]);
    let cases: &[(&[&str], i32, &str)] = &[
        (&["new", "a.maquette"], 5, "store/exists"),
        (&["new", "b.maquette", "--sample", "none"], 2, "usage/sample-unknown"),
        (&["check", "none.maquette"], 3, "store/not-found"),
        (&["check", "mysql://host/db"], 2, "usage/store-not-supported"),
        (&["check", "postgres://host/db"], 1, "store/not-a-store"),
        (&["serve", "--store", "a.maquette"], 5, "store/wrong-kind"),
        (&["undo", "none.maquette"], 3, "store/not-found"),
        (&["redo", "a.maquette"], 5, "edit/nothing-to-redo"),
        (&["rename", "a.maquette", "Customr", "X"], 3, "registry/entity-not-found"),
        (&["rename", "a.maquette", "Customer.nam", "x"], 3, "registry/field-not-found"),
        (&["records", "list", "a.maquette", "Customer"], 3, "data/entity-unknown"),
        (&["records", "list", "a.maquette", "Customer", "--filter", "{"], 2, "usage/not-json"),
        (&["publish", "a.maquette", "--no-input"], 2, "usage/confirmation-needed"),
        (&["plan", "a.maquette", "--target", "prod"], 3, "target/not-found"),
        (&["rollback", "a.maquette", "--yes"], 5, "publish/no-previous-release"),
        (&["target", "add", "a.maquette", "p", "--url", "http://127.0.0.1:1", "--no-input"], 2, "usage/token-missing"),
        (&["import", "none.sqlite", "--into", "c.maquette"], 3, "import/source-not-found"),
        (&["explain", "entity/name-invalit"], 3, "findings/code-unknown"),
        (&["records", "lst"], 2, "usage/arguments"),
    ];
    for (args, exit, code) in cases {
        assert_eq!(desk.refused(args), (*exit, (*code).to_owned()), "{args:?}");
    }
    assert!(!desk.path("c.maquette").exists(), "an import that fails leaves nothing behind");
}

#[test]
fn a_failed_import_leaves_no_workspace_behind() {
    let desk = Desk::new();
    desk.write("text.sqlite", "this is no database at all, only some text that is long enough to be one");
    let refused = desk.refused(&["import", "text.sqlite", "--into", "new.maquette"]);
    assert_eq!(refused, (1, "import/source-unreadable".into()));
    let left: Vec<_> = std::fs::read_dir(desk.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with("new.maquette")), "{left:?}");
}

#[test]
fn a_secret_in_an_argument_is_refused() {
    let desk = Desk::new();
    desk.data(&["new", "a.maquette"]);
    let args = ["target", "add", "a.maquette", "p", "--url", "http://127.0.0.1:1", "--token=maq_admin_0123"];
    let ran = desk.run(&args);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("usage/secret-in-argument") && !ran.err.contains("0123"), "{}", ran.err);
}

#[test]
fn a_token_comes_from_standard_input_too_and_nothing_answers_is_the_network() {
    let desk = Desk::new();
    desk.data(&["new", "a.maquette"]);
    let args = ["target", "add", "a.maquette", "p", "--url", "http://127.0.0.1:1", "--json"];
    let ran = desk.run_with(&args, &[], "maq_admin_piped\n");
    assert_eq!((ran.code, ran.json()["error"]["code"].as_str()), (6, Some("target/unreachable")));
    assert_eq!(ran.json()["error"]["retry"], true);
    let args = ["target", "add", "a.maquette", "p", "--url", "http://erp.example.com", "--json"];
    let ran = desk.run_with(&args, &[("MAQUETTE_TOKEN", "maq_admin_env")], "");
    assert_eq!((ran.code, ran.json()["error"]["code"].as_str()), (1, Some("target/url-wrong")));
}

#[test]
fn documents_go_out_into_a_folder_and_come_back_the_same() {
    let desk = Desk::new();
    desk.data(&["new", "a.maquette", "--sample", "shop"]);
    let files = desk.data(&["export", "a.maquette", "--out", "docs"]);
    assert!(files["files"].as_array().unwrap().contains(&json!("entities/Product.json")), "{files}");
    assert_eq!(desk.data(&["check", "docs"])["errors"], 0);
    desk.data(&["import", "docs", "--into", "b.maquette"]);
    assert_eq!(desk.run(&["diff", "a.maquette", "b.maquette", "--exit-code"]).code, 0);
    desk.data(&["rename", "b.maquette", "Product.price", "cost"]);
    let differing = desk.run(&["diff", "a.maquette", "b.maquette", "--exit-code"]);
    assert_eq!((differing.code, differing.out.trim()), (1, "~ Product.fields.cost.name: \"price\" -> \"cost\""));
    desk.write("docs/entities/Broken.json", "{ \"kind\": \"entity\", ");
    let ran = desk.run(&["check", "docs", "--json"]);
    assert_eq!((ran.code, ran.json()["findings"][0]["code"].as_str()), (1, Some("document/not-json")));
    assert_eq!(desk.refused(&["undo", "docs"]), (2, "usage/folder-not-file".into()));
}

#[test]
fn findings_read_like_a_compilers() {
    let desk = Desk::new();
    desk.data(&["new", "a.maquette", "--sample", "shop"]);
    desk.data(&["add", "field", "a.maquette", "Product", "size", "strin"]);
    let ran = desk.run(&["check", "a.maquette"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("error[") && ran.err.contains("--> Product/fields/size"), "{}", ran.err);
    assert!(ran.err.contains("= help: ") && ran.err.contains("1 error"), "{}", ran.err);
    assert_eq!(desk.refused(&["publish", "a.maquette", "--yes"]), (1, "publish/has-errors".into()));
}

#[test]
fn an_edit_group_is_applied_from_a_file() {
    let desk = Desk::new();
    desk.data(&["new", "a.maquette"]);
    let edits = json!({ "label": "Add A", "edits": [{
        "op": "addDocument",
        "document": { "kind": "entity", "format": 1, "id": "ent_a", "name": "A", "fields": [] },
    }] });
    desk.write("edits.json", &edits.to_string());
    assert_eq!(desk.data(&["edit", "a.maquette", "edits.json"])["undo"], "Add A");
    assert_eq!(desk.refused(&["edit", "a.maquette", "edits.json"]), (5, "edit/does-not-fit".into()));
    desk.write("bad.json", "{ \"label\": 1 }");
    assert_eq!(desk.refused(&["edit", "a.maquette", "bad.json"]), (1, "edit/file-unreadable".into()));
}

#[test]
fn a_workspace_that_is_open_elsewhere_is_said_to_be() {
    let desk = Desk::new();
    let mut studio = desk.host(&["studio", "a.maquette", "--listen", "127.0.0.1:0", "--no-open"]);
    assert!(studio.url.contains("/?token="), "{}", studio.url);
    assert_eq!(desk.refused(&["check", "a.maquette"]), (5, "store/in-use".into()));
    assert_eq!(studio.terminate(), 0);
    assert_eq!(desk.data(&["check", "a.maquette"])["errors"], 0);
}

#[test]
fn help_explain_and_completions_are_there() {
    let desk = Desk::new();
    assert!(desk.run(&["--help"]).out.contains("Exit codes"));
    assert!(desk.run(&["explain", "entity/name-invalid"]).out.contains("name"));
    assert!(desk.run(&["explain", "publish/plan-stale"]).out.contains("refusal"));
    assert!(desk.run(&["completions", "bash"]).out.contains("complete -F"));
}
