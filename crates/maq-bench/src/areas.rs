//! The areas, one file each.

mod audit;
mod compile;
mod data;
mod decide;
mod import;
mod policy;
mod validate;

use crate::report::Report;

/// What can go wrong in a benchmark.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Measures one area.
pub type Area = fn(&mut Report) -> Result<(), Failure>;

/// Every area, by name.
pub const ALL: &[(&str, Area)] = &[
    ("compile", compile::run),
    ("validate", validate::run),
    ("decide", decide::run),
    ("audit", audit::run),
    ("data", data::run),
    ("import", import::run),
    ("policy", policy::run),
];
