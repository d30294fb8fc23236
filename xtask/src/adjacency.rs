//! Which crate may use which, as a list; `cargo metadata` must agree with it to the letter.
//!
//! `xtask/adjacency.txt` is the list. A new arrow fails, so that adding one is a decision; a stale one fails, so that
//! the list stays the truth.

use crate::{purity, tree};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The list, read from the tree so that changing it rebuilds nothing.
const LIST: &str = "xtask/adjacency.txt";

/// Outside packages that only some crates may use, in any kind of dependency.
const GUARDED: &[(&str, &[&str])] = &[
    ("rusqlite", &["maq-store-sqlite", "maq-testkit", "maq-bench"]),
    ("sqlx", &["maq-store-postgres", "maq-bench"]),
    ("tauri", &["maquette-studio"]),
    ("axum", &["maq-server", "maq-cli", "maq-bench", "maq-fuzz", "maq-target-http", "maq-testkit"]),
    ("reqwest", &["maq-target-http", "maq-cli", "maq-server", "maq-bench"]),
    ("ts-rs", &["maq-contract", "maq-diag", "maq-doc", "xtask"]),
    ("keyring", &["maq-keychain"]),
    ("keyring-core", &["maq-keychain"]),
    ("clap", &["maq-cli", "maq-bench"]),
];

/// Outside packages that no pure crate may use.
const NOT_PURE: &[&str] = &["tokio", "rand", "getrandom", "rusqlite", "sqlx", "axum", "reqwest", "tauri", "tempfile"];

/// Only these see the wire types.
const SEES_THE_WIRE: &[&str] =
    &["maq-rpc", "maq-server", "maq-cli", "maq-testkit", "maq-bench", "maquette-studio", "xtask"];

/// Only hosts (and what tests and measures them) name a store adapter.
const NAMES_AN_ADAPTER: &[&str] = &["maq-host", "maq-server", "maq-cli", "maquette-studio", "maq-testkit", "maq-bench"];

/// Arrows from a crate, by kind: `normal` (and build) or `dev`.
type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Everything in which the crates and the list differ.
pub fn complaints() -> Vec<String> {
    let packages = match packages() {
        Ok(packages) => packages,
        Err(error) => return vec![format!("cargo metadata: {error}")],
    };
    let list = std::fs::read_to_string(tree::root().join(LIST)).unwrap_or_default();
    let mut found = differences(&arrows(&packages), &read_list(&list));
    for package in &packages {
        found.extend(breaches(package));
    }
    found
}

/// The list as it would have to be; for writing it after a decision.
///
/// # Errors
/// When `cargo metadata` cannot be run.
pub fn current_list() -> Result<String, String> {
    let mut text = String::from(HEAD);
    for (from, to) in arrows(&packages()?) {
        let to: Vec<&str> = to.iter().map(String::as_str).collect();
        text.push_str(&format!("{from}: {}\n", to.join(" ")).replace(": \n", ":\n"));
    }
    Ok(text)
}

const HEAD: &str = "\
# Which crate may use which. `crate (dev)` lists what only its tests use.
# A new line here is a decision about the house: see the table in docs/architecture.md before you add one.
";

struct Package {
    name: String,
    /// Name of what it uses, and whether only its tests do.
    uses: Vec<(String, bool)>,
}

fn packages() -> Result<Vec<Package>, String> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(tree::root())
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let metadata: Json = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    Ok(members(metadata.get("packages").unwrap_or(&Json::Null)).map(read_package).collect())
}

fn members(list: &Json) -> impl Iterator<Item = &Json> {
    list.as_array().map(Vec::as_slice).unwrap_or_default().iter()
}

fn read_package(package: &Json) -> Package {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let uses = members(&package["dependencies"])
        .map(|dependency| (text(&dependency["name"]), dependency["kind"].as_str() == Some("dev")))
        .collect();
    Package { name: text(&package["name"]), uses }
}

fn arrows(packages: &[Package]) -> Arrows {
    let names: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let mut arrows = Arrows::new();
    for package in packages {
        arrows.entry(package.name.clone()).or_default();
        for (to, dev) in package.uses.iter().filter(|(to, _)| names.contains(to.as_str())) {
            let from = if *dev { format!("{} (dev)", package.name) } else { package.name.clone() };
            arrows.entry(from).or_default().insert(to.clone());
        }
    }
    arrows
}

fn read_list(text: &str) -> Arrows {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(':'))
        .map(|(from, to)| (from.trim().to_owned(), to.split_whitespace().map(str::to_owned).collect()))
        .collect()
}

fn differences(real: &Arrows, listed: &Arrows) -> Vec<String> {
    let pairs = |arrows: &Arrows| -> BTreeSet<(String, String)> {
        arrows.iter().flat_map(|(from, to)| to.iter().map(move |to| (from.clone(), to.clone()))).collect()
    };
    let (real_pairs, listed_pairs) = (pairs(real), pairs(listed));
    let mut found = Vec::new();
    for (from, to) in real_pairs.difference(&listed_pairs) {
        found.push(format!(
            "new arrow `{from}` -> `{to}`: if the house wants it, add `{to}` to the line `{from}:` of {LIST}; if not, hand the thing in from a host"
        ));
    }
    for (from, to) in listed_pairs.difference(&real_pairs) {
        found.push(format!("stale arrow `{from}` -> `{to}`: nothing uses it, take it out of {LIST}"));
    }
    for name in real.keys().filter(|name| !listed.contains_key(*name)) {
        found.push(format!("`{name}` is not listed: add a line `{name}:` to {LIST}"));
    }
    for name in listed.keys().filter(|name| !real.contains_key(*name)) {
        found.push(format!("`{name}` is listed and does not exist: take its line out of {LIST}"));
    }
    found
}

/// Arrows that no list may allow.
fn breaches(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let mut found = Vec::new();
    for (to, dev) in &package.uses {
        if let Some((_, allowed)) = GUARDED.iter().find(|(guarded, _)| guarded == to)
            && !allowed.contains(&name)
        {
            found.push(format!("`{name}` uses `{to}`, which only {} may: put a port between", allowed.join(", ")));
        }
        if *dev {
            continue;
        }
        if purity::PURE.contains(&name) && NOT_PURE.contains(&to.as_str()) {
            found.push(format!("`{name}` is pure and uses `{to}`: take what it gives as an argument"));
        }
        if to == "maq-contract" && !SEES_THE_WIRE.contains(&name) {
            found.push(format!(
                "`{name}` uses `maq-contract`: nothing below `maq-rpc` sees wire types, convert them there"
            ));
        }
        if to.starts_with("maq-store-") && !NAMES_AN_ADAPTER.contains(&name) {
            found.push(format!("`{name}` uses `{to}`: only hosts name a store adapter, take `Arc<dyn Store>`"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crates_use_what_the_list_allows() {
        let complaints = complaints();
        assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    }

    #[test]
    fn a_new_arrow_and_a_stale_one_are_both_named() {
        let real = read_list("a: b\nb:\n");
        let listed = read_list("a: c\nb:\nc:\n");
        let found = differences(&real, &listed);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.iter().any(|line| line.starts_with("new arrow `a` -> `b`")));
        assert!(found.iter().any(|line| line.starts_with("stale arrow `a` -> `c`")));
        assert!(found.iter().any(|line| line.starts_with("`c` is listed and does not exist")));
    }

    #[test]
    fn a_pure_crate_with_a_clockwork_runtime_is_refused() {
        let package = Package { name: "maq-doc".to_owned(), uses: vec![("tokio".to_owned(), false)] };
        assert_eq!(breaches(&package), vec!["`maq-doc` is pure and uses `tokio`: take what it gives as an argument"]);
    }

    #[test]
    fn an_engine_that_names_a_driver_is_refused() {
        let package = Package { name: "maq-app".to_owned(), uses: vec![("rusqlite".to_owned(), false)] };
        assert_eq!(breaches(&package).len(), 1);
    }
}
