//! What was measured, as a table and as `target/bench/summary.json`.

use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// Times.
    Lower,
    /// Rates.
    Higher,
}

/// One measurement.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// `area/what`.
    pub id: String,
    /// `ns`, `ms`, `/s`.
    pub unit: &'static str,
    /// Which way is better.
    pub better: Better,
    /// What we take.
    pub ours: f64,
    /// The least a program could take for the same answer.
    pub floor: Option<f64>,
    /// What others take.
    pub peers: BTreeMap<&'static str, f64>,
}

/// All measurements of a run.
#[derive(Debug, Default)]
pub struct Report(Vec<Row>);

impl Report {
    /// Adds a measurement and prints it.
    pub fn add(&mut self, id: &str, unit: &'static str, better: Better, ours: f64, floor: Option<f64>) {
        self.add_with_peers(id, unit, better, ours, floor, &[]);
    }

    /// Adds a measurement with peers and prints it.
    pub fn add_with_peers(
        &mut self,
        id: &str,
        unit: &'static str,
        better: Better,
        ours: f64,
        floor: Option<f64>,
        peers: &[(&'static str, f64)],
    ) {
        let mut line = format!("  {id:<34} {:>14} {unit}", shown(ours));
        if let Some(floor) = floor {
            line += &format!("   floor {} ({:.2}x)", shown(floor), ours / floor);
        }
        for (name, value) in peers {
            line += &format!("   {name} {} ({:.2}x)", shown(*value), ours / value);
        }
        println!("{line}");
        let peers = peers.iter().copied().collect();
        self.0.push(Row { id: id.to_owned(), unit, better, ours, floor, peers });
    }

    /// Writes the summary and answers where.
    pub fn write(&self) -> std::io::Result<PathBuf> {
        let folder = folder();
        std::fs::create_dir_all(&folder)?;
        let path = folder.join("summary.json");
        std::fs::write(&path, serde_json::to_string_pretty(&self.0)? + "\n")?;
        Ok(path)
    }
}

/// Where benchmarks keep what they make and need.
pub fn folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    target.join("bench")
}

fn shown(value: f64) -> String {
    match value {
        value if value >= 1000.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.3}"),
    }
}
