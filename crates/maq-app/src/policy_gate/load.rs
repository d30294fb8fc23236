//! A record with what conditions walk to, loaded so that it can be decided in memory: always of one tenant and realm.

use crate::active::ActiveModel;
use crate::data::query_refusal;
use crate::error::refusals;
use crate::services::Inner;
use crate::{AppError, AppResult};
use maq_expr::{Loaded, Row};
use maq_ir::shapes::FIELDS_BEFORE;
use maq_ir::{EntityIdx, FieldIdx, FieldType};
use maq_policy::Walks;
use maq_query::record::{CompareOp, FieldRef, Filter, ListQuery};
use maq_value::{Record, Scope, Value};
use std::future::Future;
use std::pin::Pin;

/// Records that are loaded to decide over one. With more there is no decision, and so no allow.
pub const MAX_WALKED: usize = 2_000;

/// Loads records for one decision.
pub(crate) struct Loader<'a> {
    pub inner: &'a Inner,
    pub active: &'a ActiveModel,
    pub scope: &'a Scope,
    left: usize,
}

impl<'a> Loader<'a> {
    pub fn new(inner: &'a Inner, active: &'a ActiveModel, scope: &'a Scope) -> Loader<'a> {
        Loader { inner, active, scope, left: MAX_WALKED }
    }

    /// A record by its id; none when it is not there.
    ///
    /// # Errors
    /// Faults.
    pub async fn record(&self, entity: EntityIdx, id: &Value) -> AppResult<Option<Record>> {
        let (_, engines) = self.active.at(entity)?;
        let statement = engines.records.get(self.scope, id).map_err(query_refusal)?;
        let rows = self.inner.read(statement).await?;
        rows.0.first().map(|row| engines.records.decode_row(row).map_err(AppError::fault)).transpose()
    }

    /// `record` of `entity` with what `walks` lead to.
    ///
    /// # Errors
    /// `policy/too-many-records`.
    pub fn walk<'b>(
        &'b mut self,
        entity: EntityIdx,
        record: Record,
        walks: &'b Walks,
    ) -> Pin<Box<dyn Future<Output = AppResult<Row>> + Send + 'b>> {
        Box::pin(async move {
            let mut row = Row { record, ..Row::default() };
            for (place, further) in &walks.references {
                let found = self.reference(entity, &row.record, *place, further).await?;
                row.references.insert(*place, found);
            }
            for (place, further) in &walks.children {
                let children = self.children(entity, &row.record, *place, further).await?;
                row.children.insert(*place, children);
            }
            Ok(row)
        })
    }

    async fn reference(
        &mut self,
        entity: EntityIdx,
        record: &Record,
        place: u32,
        further: &Walks,
    ) -> AppResult<Loaded<Box<Row>>> {
        let (view, _) = self.active.at(entity)?;
        let field = place.checked_sub(FIELDS_BEFORE).and_then(|at| view.entity.fields.get(at as usize));
        let Some(FieldType::Reference { target, .. }) = field.map(|field| &field.ty) else {
            return Ok(Loaded::Absent);
        };
        let id = record.0.get(place as usize).map_or(&Value::Missing, |(_, value)| value);
        if id.is_absent() {
            return Ok(Loaded::Absent);
        }
        self.spend(1)?;
        Ok(match self.record(*target, id).await? {
            Some(found) => Loaded::Found(Box::new(self.walk(*target, found, further).await?)),
            None => Loaded::Absent,
        })
    }

    async fn children(
        &mut self,
        entity: EntityIdx,
        record: &Record,
        place: u32,
        further: &Walks,
    ) -> AppResult<Vec<Row>> {
        let shape = self.active.shapes.get(entity.0 as usize).and_then(|shape| shape.children.get(place as usize));
        let Some(shape) = shape else { return Ok(Vec::new()) };
        let id = record.get("id");
        if id.is_absent() {
            return Ok(Vec::new());
        }
        let child = EntityIdx(shape.entity.0);
        let (_, engines) = self.active.at(child)?;
        let field = FieldRef::Field(FieldIdx(shape.field.saturating_sub(FIELDS_BEFORE)));
        let query = ListQuery {
            filter: Filter::Compare { field, op: CompareOp::Eq, value: id.clone() },
            limit: u32::try_from(self.left).unwrap_or(u32::MAX),
            ..ListQuery::default()
        };
        let statement = engines.records.list(self.scope, &query).map_err(query_refusal)?;
        let rows = self.inner.read(statement).await?;
        self.spend(rows.0.len())?;
        let mut children = Vec::with_capacity(rows.0.len());
        for row in &rows.0 {
            let found = engines.records.decode_row(row).map_err(AppError::fault)?;
            children.push(self.walk(child, found, further).await?);
        }
        Ok(children)
    }

    fn spend(&mut self, records: usize) -> AppResult<()> {
        match self.left.checked_sub(records) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(refusals::POLICY_TOO_MANY_RECORDS.with(&[("limit", &MAX_WALKED.to_string())])),
        }
    }
}
