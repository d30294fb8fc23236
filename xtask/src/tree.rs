//! The repository as the checks see it: its root, its files, the code in them without their tests.

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Folders that hold nothing written by hand.
const MADE: &[&str] = &["target", "node_modules", "dist", "gen", "test-results", "screenshots", "contract"];

/// A file with its path below the root, `/` between the parts.
pub struct Source {
    /// `crates/maq-doc/src/lib.rs`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// All files below `folder` (itself below the root) whose name ends in one of `endings`, in order of their paths.
pub fn files(folder: &str, endings: &[&str]) -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    walk(&root.join(folder), &mut |path| {
        let name = path.to_string_lossy();
        if endings.iter().any(|ending| name.ends_with(ending))
            && let Ok(text) = std::fs::read_to_string(path)
        {
            let below = path.strip_prefix(&root).unwrap_or(path).to_string_lossy().replace('\\', "/");
            found.push(Source { path: below, text });
        }
    });
    found.sort_by(|left, right| left.path.cmp(&right.path));
    found
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path)) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if path.is_dir() {
            if !MADE.contains(&name.as_ref()) && !name.starts_with('.') {
                walk(&path, visit);
            }
        } else {
            visit(&path);
        }
    }
}

impl Source {
    /// Whether the whole file is test code.
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs") || self.path.starts_with("tests/")
    }

    /// The lines that are product code, numbered from 1: no comments, and nothing after the file's `#[cfg(test)]`.
    pub fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = if self.is_test() { 0 } else { self.first_test_line() };
        self.numbered().take(end).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// The lines that are test code, numbered from 1, without comments.
    pub fn test_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let start = if self.is_test() { 0 } else { self.first_test_line() };
        self.numbered().skip(start).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// How many lines stand before the tests inside the file.
    fn first_test_line(&self) -> usize {
        let lines: Vec<&str> = self.text.lines().collect();
        lines
            .windows(2)
            .position(|pair| matches!(pair, [mark, next] if mark.trim() == "#[cfg(test)]" && next.trim_start().starts_with("mod ") && next.trim_end().ends_with('{')))
            .unwrap_or(lines.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_inside_a_file_are_told_from_its_product_code() {
        let source = Source {
            path: "crates/x/src/lib.rs".to_owned(),
            text: "//! Words.\nfn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n".to_owned(),
        };
        assert_eq!(source.product_lines().collect::<Vec<_>>(), vec![(2, "fn a() {}")]);
        assert_eq!(source.test_lines().count(), 4);
    }
}
