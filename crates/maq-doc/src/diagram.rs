//! The diagram document: where things stand on a canvas. It is outside releases and digests, and has undo like
//! everything else.

use serde::{Deserialize, Serialize};

/// Where things stand on a canvas.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DiagramDoc {
    /// Document format.
    pub format: u32,
    /// Stable id, `dia_…`.
    pub id: String,
    /// The diagram's name.
    pub name: String,
    /// Positions by entity; the `id` is the entity's.
    #[serde(default)]
    pub positions: Vec<Position>,
    /// Coloured areas.
    #[serde(default)]
    pub areas: Vec<Area>,
    /// Notes.
    #[serde(default)]
    pub notes: Vec<Note>,
}

/// Where an entity stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Position {
    /// The entity's id.
    pub id: String,
    /// Left edge in canvas units.
    pub x: f64,
    /// Top edge in canvas units.
    pub y: f64,
}

/// A titled rectangle behind the entities.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Area {
    /// Stable id, `are_…`.
    pub id: String,
    /// Its title.
    pub name: String,
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// A note on the canvas.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Note {
    /// Stable id, `not_…`.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
}
