//! The conventions of this repository as checks that explain themselves.
//!
//! Each module is one convention: what may depend on what, what the pure crates must not touch, what tests may not
//! touch, and how files look. Every complaint says what to do. They run as tests and as `cargo xtask house`.

pub mod adjacency;
pub mod hermetic;
pub mod purity;
pub mod tidy;
mod tree;

/// Runs every check; the complaints of all of them.
///
/// # Errors
/// When something is wrong, one complaint a line.
pub fn check_house() -> Result<String, String> {
    let complaints: Vec<String> =
        [adjacency::complaints(), purity::complaints(), hermetic::complaints(), tidy::complaints()].concat();
    if complaints.is_empty() { Ok("the house is in order".to_owned()) } else { Err(complaints.join("\n")) }
}
