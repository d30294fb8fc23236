//! Benchmarks: each area beside its floor (the least a program could do for the same answer) and its peers, in one
//! run. What counts are ratios; nothing here asserts a time.
//!
//! `maq-bench [AREA...]` runs the areas named, or all, prints a table and writes `target/bench/summary.json`.

mod areas;
mod measure;
mod report;
mod samples;

use report::Report;
use std::process::ExitCode;

fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = asked.iter().find(|name| !areas::ALL.iter().any(|(known, _)| known == name)) {
        let known: Vec<&str> = areas::ALL.iter().map(|(name, _)| *name).collect();
        eprintln!("there is no area `{unknown}`; the areas are {}", known.join(", "));
        return ExitCode::from(2);
    }
    let mut report = Report::default();
    for (name, run) in areas::ALL {
        if asked.is_empty() || asked.iter().any(|area| area == name) {
            eprintln!("▸ {name}");
            if let Err(error) = run(&mut report) {
                eprintln!("✗ {name}: {error}");
                return ExitCode::from(70);
            }
        }
    }
    match report.write() {
        Ok(path) => {
            eprintln!("  wrote {}", path.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("✗ the summary cannot be written: {error}");
            ExitCode::from(70)
        }
    }
}
