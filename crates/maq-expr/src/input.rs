//! What an expression is evaluated on.

use crate::Val;
use maq_value::{Instant, Principal, Record};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known before any record is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// What the request brings: an object.
    pub context: &'a serde_json::Map<String, Json>,
    /// When.
    pub now: Instant,
}

/// Everything an expression can speak of.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Who, what else, when.
    pub known: Option<Known<'a>>,
    /// The record.
    pub record: Option<&'a Row>,
    /// Other variables by name (standard profile).
    pub variables: Option<&'a BTreeMap<Arc<str>, Val<'static>>>,
}

/// A record with what its references and child lists lead to, as far as an expression walks them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// Values in the order of [`crate::EntityShape::fields`].
    pub record: Record,
    /// By the place of a reference field: the record it points to.
    pub references: BTreeMap<u32, Loaded<Box<Row>>>,
    /// By the place in [`crate::EntityShape::children`]: the records that refer here.
    pub children: BTreeMap<u32, Vec<Row>>,
}

/// What was found behind a reference.
#[derive(Debug, Clone, PartialEq)]
pub enum Loaded<T> {
    /// The record.
    Found(T),
    /// The reference is empty, or its target is not there: walking it is an error.
    Absent,
}
