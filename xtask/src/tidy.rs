//! How files look: said in `STYLE`-like habits everywhere else, checked here.
//!
//! Formatting is rustfmt's business, lints are clippy's and eslint's.

use crate::tree::{self, Source};

/// Above this a file is named as a warning: it wants to be two.
const LONG: usize = 600;

/// Marks of unfinished work, and what to do.
const UNFINISHED: &[&str] = &["TODO", "FIXME", "unimplemented!", "todo!", "dbg!("];

/// Paths that exist on one machine only. Ann, of the examples, has a home.
const MACHINE_PATHS: &[&str] = &["/root/", "/Users/", "/work/", "C:\\\\Users"];

/// Everything that is not tidy.
pub fn complaints() -> Vec<String> {
    let sources = written_by_hand();
    let mut found = Vec::new();
    for source in &sources {
        found.extend(unfinished(source));
        found.extend(machine_paths(source));
        found.extend(opening(source));
    }
    found.extend(crates_without_a_row());
    found
}

/// Files that have grown long. A warning, because a long table is sometimes right.
pub fn warnings() -> Vec<String> {
    written_by_hand()
        .iter()
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > LONG)
        .map(|(source, lines)| format!("{}: {lines} lines; a file over {LONG} wants to be two", source.path))
        .collect()
}

fn written_by_hand() -> Vec<Source> {
    ["crates", "src-tauri", "xtask", "ui/src", "tests"]
        .iter()
        .flat_map(|folder| tree::files(folder, &[".rs", ".ts", ".tsx", ".mjs", ".css"]))
        .filter(|source| source.path != "xtask/src/tidy.rs")
        .collect()
}

fn unfinished(source: &Source) -> Vec<String> {
    let lines = source.text.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            let mark = UNFINISHED.iter().find(|mark| line.contains(*mark))?;
            Some(format!(
                "{}:{}: `{mark}` is unfinished work: finish it, or file an issue and take the mark out",
                source.path,
                index + 1
            ))
        })
        .collect()
}

fn machine_paths(source: &Source) -> Vec<String> {
    let lines = source.text.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            let path = MACHINE_PATHS.iter().find(|path| line.contains(*path))?;
            Some(format!(
                "{}:{}: `{path}` exists on one machine: take the path as an argument, or use a temporary folder",
                source.path,
                index + 1
            ))
        })
        .collect()
}

fn opening(source: &Source) -> Option<String> {
    let needs_one = source.path.ends_with(".rs") && !source.is_test();
    let has_one = source.text.lines().find(|line| !line.starts_with("#![")).is_some_and(|line| line.starts_with("//!"));
    (needs_one && !has_one)
        .then(|| format!("{}: no opening `//!` comment: say what is here, and what is deliberately not", source.path))
}

fn crates_without_a_row() -> Vec<String> {
    let page = std::fs::read_to_string(tree::root().join("docs/architecture.md")).unwrap_or_default();
    let Ok(entries) = std::fs::read_dir(tree::root().join("crates")) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
        .iter()
        .filter(|name| !page.contains(&format!("| `{name}` ")))
        .map(|name| {
            format!("docs/architecture.md: no row for `{name}`: add its invariant and the test that guards it to the table of crates")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_tidy() {
        for warning in warnings() {
            println!("warning: {warning}");
        }
        let complaints = complaints();
        assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    }

    #[test]
    fn an_unfinished_line_is_named_with_its_place() {
        let source = Source { path: "crates/x/src/a.rs".to_owned(), text: "//! A.\nfn f() { todo!() }\n".to_owned() };
        let expected =
            "crates/x/src/a.rs:2: `todo!` is unfinished work: finish it, or file an issue and take the mark out";
        assert_eq!(unfinished(&source), vec![expected.to_owned()]);
    }

    #[test]
    fn a_module_without_words_is_named() {
        let source = Source { path: "crates/x/src/a.rs".to_owned(), text: "fn f() {}\n".to_owned() };
        assert!(opening(&source).is_some());
    }
}
