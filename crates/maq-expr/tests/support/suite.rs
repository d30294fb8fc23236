//! The public conformance suite of CEL, where it is.

use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// Every case; none, with words, where the suite is not there and need not be.
pub fn cases() -> Option<Vec<Json>> {
    let folder = std::env::var_os("MAQUETTE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = folder.join("cel-conformance.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        let required = std::env::var("MAQUETTE_REQUIRE_DATA").as_deref() == Ok("1");
        assert!(!required, "{} is required and not there", path.display());
        println!("SKIPPED: set MAQUETTE_DATA to the folder that holds cel-conformance.json");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}
