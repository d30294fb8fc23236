//! Where the records of every entity lie: what a condition needs that walks from one to another.

use crate::quote;
use crate::record::layout::{Cell, cells};
use maq_expr::EntityIndex;
use maq_ir::schema::Table;
use maq_ir::{Entity, Model};
use std::sync::Arc;

/// Tables and cells of every entity of a model, made once and shared by all its [`crate::record::Records`].
#[derive(Debug)]
pub struct Tables {
    entities: Vec<EntityTable>,
}

/// The table of an entity.
#[derive(Debug)]
pub(crate) struct EntityTable {
    /// Quoted.
    pub(crate) name: String,
    /// In the order of [`maq_expr::EntityShape::fields`].
    pub(crate) cells: Vec<Cell>,
}

impl Tables {
    /// The tables of `model`. `physical` tells how the table of an entity stands, as for
    /// [`crate::record::Records::new`].
    pub fn new<'a>(model: &Model, physical: impl Fn(&Entity) -> Option<&'a Table>) -> Arc<Tables> {
        let entities = model.entities().map(|view| EntityTable {
            name: quote(&view.entity.table),
            cells: cells(view.entity, physical(view.entity)),
        });
        Arc::new(Tables { entities: entities.collect() })
    }

    /// No tables: enough for conditions that walk nowhere.
    pub(crate) fn none() -> Arc<Tables> {
        Arc::new(Tables { entities: Vec::new() })
    }

    pub(crate) fn get(&self, entity: EntityIndex) -> Option<&EntityTable> {
        self.entities.get(entity.0 as usize)
    }
}
