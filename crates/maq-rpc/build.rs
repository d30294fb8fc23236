//! Binds the pages of `docs/findings/` into the program, so that `explain` works without the repository.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../docs/findings");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut pages = Vec::new();
    collect(&root, &root, &mut pages)?;
    pages.sort();
    let mut table = String::from("&[\n");
    for (name, path) in &pages {
        let _ = writeln!(table, "    ({name:?}, include_str!({:?})),", path.display().to_string());
    }
    table.push(']');
    fs::write(PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("pages.rs"), table)
}

/// Every `*.md` below `folder`, by its path from `root` with dashes between the parts and without the ending.
fn collect(root: &Path, folder: &Path, pages: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, pages)?;
        } else if path.extension().is_some_and(|ending| ending == "md") {
            println!("cargo::rerun-if-changed={}", path.display());
            let name = path.strip_prefix(root).unwrap_or(&path).with_extension("");
            let parts: Vec<String> = name.components().map(|part| part.as_os_str().to_string_lossy().into()).collect();
            pages.push((parts.join("-"), path.canonicalize()?));
        }
    }
    Ok(())
}
