//! Cases: a folder is a case, `*.json` in it are its documents, and what is expected stands beside them:
//! `expected.json` the findings, `expected.txt` the picture of the model, `freeze.json` what keeps it from being
//! frozen. `MAQUETTE_BLESS=1` writes the expectations anew; read the difference before you keep it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of tests

mod support;

use maq_compile::{CompileOptions, check_for_freeze, compile};
use maq_diag::{Finding, catalogue};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::{broken_fixes, picture::picture, read_texts};

/// Areas whose codes are found in documents; those of other areas have their cases where they arise.
const AREAS: [&str; 13] = [
    "diagram",
    "document",
    "entity",
    "field",
    "id",
    "index",
    "model",
    "policy",
    "reference",
    "role",
    "rule",
    "storage",
    "unique",
];
/// Codes that need more documents than a case can hold; `limits.rs` makes them.
const MADE_BY_TESTS: [&str; 6] = [
    "entity/too-many-fields",
    "model/too-many-entities",
    "policy/too-many",
    "policy/too-many-conditions",
    "role/too-many",
    "role/too-many-permissions",
];

struct Case {
    folder: PathBuf,
    texts: Vec<(String, String)>,
}

impl Case {
    fn name(&self) -> String {
        self.folder.strip_prefix(root()).unwrap().display().to_string()
    }

    fn is_good(&self) -> bool {
        self.name().starts_with("good")
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.is_dir());
    all.sort();
    all
}

fn cases() -> Vec<Case> {
    let areas = ["good", "bad"].iter().flat_map(|kind| folders(&root().join(kind)));
    let mut cases = Vec::new();
    for folder in areas.flat_map(|area| folders(&area)) {
        let mut texts: Vec<(String, String)> = Vec::new();
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name.ends_with(".json") && !matches!(name.as_str(), "expected.json" | "freeze.json") {
                texts.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
        texts.sort();
        assert!(!texts.is_empty(), "{}: a case needs a document", folder.display());
        cases.push(Case { folder, texts });
    }
    cases
}

/// Compares with the file, or writes it. Nothing found and no file is the same.
fn compare(file: &Path, found: Option<String>, differences: &mut Vec<String>) {
    let expected = fs::read_to_string(file).ok();
    if expected == found {
        return;
    }
    if std::env::var_os("MAQUETTE_BLESS").is_some() {
        match found {
            Some(found) => fs::write(file, found).unwrap(),
            None => fs::remove_file(file).unwrap(),
        }
    } else {
        differences.push(format!(
            "{}:\n--- expected\n{}\n--- found\n{}",
            file.strip_prefix(root()).unwrap().display(),
            expected.unwrap_or_default(),
            found.unwrap_or_default()
        ));
    }
}

fn json(findings: &[Finding]) -> Option<String> {
    (!findings.is_empty()).then(|| serde_json::to_string_pretty(findings).unwrap() + "\n")
}

#[test]
fn every_case_gives_what_stands_beside_it() {
    let mut differences = Vec::new();
    for case in cases() {
        let (documents, mut findings) = read_texts(&case.texts);
        let compiled = compile(&documents, &CompileOptions::default());
        findings.extend(compiled.findings.iter().cloned());
        compare(&case.folder.join("expected.json"), json(&findings), &mut differences);
        let freeze = check_for_freeze(&documents, &compiled);
        compare(&case.folder.join("freeze.json"), json(&freeze), &mut differences);
        let drawing = case.folder.join("expected.txt");
        if case.is_good() || drawing.exists() {
            compare(&drawing, Some(picture(&compiled.model)), &mut differences);
        }
        if case.is_good() {
            assert!(findings.iter().chain(&freeze).all(|finding| !finding.is_error()), "{} has errors", case.name());
        }
    }
    assert!(differences.is_empty(), "{}\nMAQUETTE_BLESS=1 writes what was found", differences.join("\n\n"));
}

#[test]
fn every_code_has_a_bad_case_of_its_name() {
    let mut missing: BTreeSet<&str> = catalogue::ALL.iter().map(|info| info.code).collect();
    missing.retain(|code| code.split_once('/').is_some_and(|(area, _)| AREAS.contains(&area)));
    missing.retain(|code| !MADE_BY_TESTS.contains(code));
    for case in cases() {
        let (documents, mut findings) = read_texts(&case.texts);
        findings.extend(compile(&documents, &CompileOptions::default()).findings);
        missing.retain(|code| {
            case.name() != format!("bad/{code}") || !findings.iter().any(|finding| finding.code == *code)
        });
    }
    assert!(missing.is_empty(), "make crates/maq-compile/cases/bad/<area>/<words>/ show {missing:?}");
}

#[test]
fn a_case_shows_its_code_and_little_else() {
    for case in cases().into_iter().filter(|case| !case.is_good()) {
        let (documents, mut findings) = read_texts(&case.texts);
        findings.extend(compile(&documents, &CompileOptions::default()).findings);
        let codes: BTreeSet<&str> = findings.iter().map(|finding| finding.code.as_str()).collect();
        assert!(codes.len() <= 3, "{}: {codes:?}", case.name());
    }
}

#[test]
fn fixes_remove_their_finding_and_make_no_new_error() {
    let mut broken = Vec::new();
    for case in cases() {
        let (documents, _) = read_texts(&case.texts);
        broken.extend(broken_fixes(&documents).into_iter().map(|what| format!("{}: {what}", case.name())));
    }
    assert!(broken.is_empty(), "{broken:#?}");
}
