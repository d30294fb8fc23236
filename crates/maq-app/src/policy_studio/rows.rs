//! Records of the target `local`, read as the drafts see them: by the stable ids of fields, with what the conditions
//! walk to. What local does not have yet is empty.

use crate::AppError;
use crate::AppResult;
use crate::active::{self, ActiveModel, Engines};
use crate::data::query_refusal;
use crate::services::Inner;
use maq_expr::{ChildShape, EntityIndex, EntityShape, Loaded, Row, Type};
use maq_ir::shapes::{FIELDS_BEFORE, shapes};
use maq_ir::{Absent, Entity, EntityIdx, FieldIdx, Model};
use maq_policy::Walks;
use maq_query::record::{CompareOp, FieldRef, Filter, ListQuery};
use maq_value::{Record, Scope, Value};
use std::sync::Arc;

/// Most records of one list that are loaded for a condition.
const MAX_CHILDREN: u32 = 200;

/// What a record has besides its fields, after them.
const SYSTEM: [&str; 5] = ["rowVersion", "createdAt", "createdBy", "updatedAt", "updatedBy"];

/// Records of local.
pub(super) struct LocalRows<'a> {
    inner: &'a Inner,
    model: Arc<Model>,
    shapes: Arc<[EntityShape]>,
    active: Arc<ActiveModel>,
    scope: Scope,
}

impl<'a> LocalRows<'a> {
    /// Those of `scope`, as `model` sees them.
    pub async fn open(inner: &'a Inner, model: Arc<Model>, scope: Scope) -> AppResult<LocalRows<'a>> {
        let entities: Vec<_> = model.entities().map(|view| view.entity.clone()).collect();
        Ok(LocalRows { shapes: shapes(&entities), active: active::load(inner).await?, inner, model, scope })
    }

    /// An entity as it is published, by its stable id; none when it is not.
    pub fn published(&self, index: EntityIdx) -> Option<(&Entity, &Engines)> {
        let entity = self.active.model.entity_by_id(&self.model.get(index)?.id)?.entity;
        Some((entity, self.active.required(&entity.name).ok()?.1))
    }

    /// The record of this id, as a text.
    pub async fn find_text(&self, index: EntityIdx, id: &str) -> AppResult<Option<Record>> {
        let Some((_, engines)) = self.published(index) else { return Ok(None) };
        match engines.records.parse_id(id) {
            Some(id) => self.find(index, &id).await,
            None => Ok(None),
        }
    }

    async fn find(&self, index: EntityIdx, id: &Value) -> AppResult<Option<Record>> {
        let Some((entity, engines)) = self.published(index) else { return Ok(None) };
        let statement = engines.records.get(&self.scope, id).map_err(query_refusal)?;
        let rows = self.inner.read(statement).await?;
        let found = rows.0.first().map(|row| engines.records.decode_row(row)).transpose().map_err(AppError::fault)?;
        Ok(found.map(|record| self.as_drafted(index, entity, &record)))
    }

    /// The first records that fit.
    pub async fn list(&self, index: EntityIdx, filter: Filter, limit: u32) -> AppResult<Vec<Record>> {
        let Some((entity, engines)) = self.published(index) else { return Ok(Vec::new()) };
        let query = ListQuery { filter, sort: Vec::new(), limit, after: None, offset: 0 };
        let statement = engines.records.list(&self.scope, &query).map_err(query_refusal)?;
        let rows = self.inner.read(statement).await?;
        let page = engines.records.page(&query, &rows.0).map_err(AppError::fault)?;
        Ok(page.records.iter().map(|record| self.as_drafted(index, entity, record)).collect())
    }

    /// A published record in the order of the draft's shape.
    fn as_drafted(&self, index: EntityIdx, published: &Entity, record: &Record) -> Record {
        let Some(draft) = self.model.get(index) else { return Record(Vec::new()) };
        let named = |name: &str| (Arc::from(name), record.get(name).clone());
        let fields = draft.fields.iter().map(|field| {
            let same = published.fields.iter().find(|other| other.id == field.id);
            let value = same.map_or(Value::Null, |other| record.get(&other.name).clone());
            let empty = if field.absent == Absent::Missing { Value::Missing } else { Value::Null };
            (field.name.clone(), if value.is_absent() { empty } else { value })
        });
        Record([named("id")].into_iter().chain(fields).chain(SYSTEM.map(named)).collect())
    }

    /// A record with what `walks` lead to.
    pub async fn row(&self, index: EntityIdx, record: Record, walks: &Walks) -> AppResult<Row> {
        let mut row = Row { record, ..Row::default() };
        let Some(shape) = self.shapes.get(index.0 as usize) else { return Ok(row) };
        for (place, onward) in &walks.references {
            let found = self.behind(shape, *place, &row.record, onward).await?;
            row.references.insert(*place, found);
        }
        for (place, onward) in &walks.children {
            let Some(child) = shape.children.get(*place as usize) else { continue };
            let found = self.referring(child, &row.record, onward).await?;
            row.children.insert(*place, found);
        }
        Ok(row)
    }

    /// The record behind a reference.
    async fn behind(
        &self,
        shape: &EntityShape,
        place: u32,
        record: &Record,
        onward: &Walks,
    ) -> AppResult<Loaded<Box<Row>>> {
        let target = shape.fields.get(place as usize).and_then(|field| target_of(&field.ty));
        let id = record.0.get(place as usize).map(|(_, value)| value).filter(|value| !value.is_absent());
        let (Some(target), Some(id)) = (target, id) else { return Ok(Loaded::Absent) };
        match self.find(EntityIdx(target.0), id).await? {
            Some(found) => Ok(Loaded::Found(Box::new(Box::pin(self.row(EntityIdx(target.0), found, onward)).await?))),
            None => Ok(Loaded::Absent),
        }
    }

    /// The records that refer to one.
    async fn referring(&self, child: &ChildShape, record: &Record, onward: &Walks) -> AppResult<Vec<Row>> {
        let index = EntityIdx(child.entity.0);
        let Some(field) = self.published_field(index, child.field) else { return Ok(Vec::new()) };
        let filter = Filter::Compare { field, op: CompareOp::Eq, value: record.get("id").clone() };
        let mut rows = Vec::new();
        for found in self.list(index, filter, MAX_CHILDREN).await? {
            rows.push(Box::pin(self.row(index, found, onward)).await?);
        }
        Ok(rows)
    }

    /// A field by its place in the draft's shape, as the published entity has it.
    fn published_field(&self, index: EntityIdx, place: u32) -> Option<FieldRef> {
        let field = self.model.get(index)?.fields.get(place.checked_sub(FIELDS_BEFORE)? as usize)?;
        let (entity, _) = self.published(index)?;
        let at = entity.fields.iter().position(|other| other.id == field.id)?;
        Some(FieldRef::Field(FieldIdx(u32::try_from(at).ok()?)))
    }
}

fn target_of(ty: &Type) -> Option<EntityIndex> {
    match ty {
        Type::Reference(target, _) => Some(*target),
        Type::Nullable(inner) => target_of(inner),
        _ => None,
    }
}
