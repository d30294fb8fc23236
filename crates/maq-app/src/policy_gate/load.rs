//! A record with what conditions walk to, loaded so that it can be decided in memory: always of one tenant and realm.

use crate::active::ActiveModel;
use crate::data::query_refusal;
use crate::data::sight::Sight;
use crate::error::refusals;
use crate::services::Inner;
use crate::{AppError, AppResult};
use maq_expr::{Kind, Known, Loaded, Node, Row, Variable};
use maq_ir::shapes::FIELDS_BEFORE;
use maq_ir::{EntityIdx, FieldIdx, FieldType, Policy};
use maq_policy::Walks;
use maq_query::record::{CompareOp, FieldRef, Filter, ListQuery};
use maq_value::{Record, Scope, Value};
use std::collections::BTreeSet;
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
    viewer: Option<Viewer<'a>>,
}

/// Who made up the record that is loaded, and what conditions read of the records behind its references, by place.
#[derive(Clone)]
struct Viewer<'a> {
    known: Known<'a>,
    read: BTreeSet<u32>,
}

impl<'a> Loader<'a> {
    pub fn new(inner: &'a Inner, active: &'a ActiveModel, scope: &'a Scope) -> Loader<'a> {
        Loader { inner, active, scope, left: MAX_WALKED, viewer: None }
    }

    /// The same for a record that a principal made up: it leads only to records of which the principal may read what
    /// `policies` read, and no list of what refers to a record is read. Otherwise its values could be chosen so that the
    /// decision tells what is stored elsewhere.
    pub fn made_up_by(self, known: Known<'a>, policies: Vec<&Policy>) -> Loader<'a> {
        let mut read = BTreeSet::new();
        for condition in policies.into_iter().filter_map(|policy| policy.condition.as_ref()) {
            read_elsewhere(&condition.root, &mut read);
        }
        Loader { viewer: Some(Viewer { known, read }), ..self }
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
                // What is not read cannot be told; only a record that is nowhere has no list for sure.
                if self.viewer.is_some() && !row.record.get("id").is_absent() {
                    continue;
                }
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
        if !self.may_follow(*target, id).await? {
            return Ok(Loaded::Absent);
        }
        Ok(match self.record(*target, id).await? {
            Some(found) => Loaded::Found(Box::new(self.walk(*target, found, further).await?)),
            None => Loaded::Absent,
        })
    }

    /// Whether a reference may be followed.
    async fn may_follow(&self, target: EntityIdx, id: &Value) -> AppResult<bool> {
        let Some(viewer) = &self.viewer else { return Ok(true) };
        let (view, engines) = self.active.at(target)?;
        let Ok(Some(sight)) = Sight::of(view, engines, viewer.known, &[]) else { return Ok(false) };
        let rows = sight.rows().map(|rows| &**rows);
        let statement = engines.records.get_with(self.scope, id, rows, sight.outcomes()).map_err(query_refusal)?;
        let read = || viewer.read.iter().map(|place| *place as usize);
        Ok(self.inner.read(statement).await?.0.first().is_some_and(|row| sight.shows(row, read())))
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

/// The places of fields that a condition reads of other records than its own: whatever the record, so that none is
/// forgotten.
fn read_elsewhere(node: &Node, places: &mut BTreeSet<u32>) {
    if let Kind::Field { operand, index, .. } = &node.kind
        && !matches!(operand.kind, Kind::Variable(Variable::Record))
    {
        places.insert(*index);
    }
    for part in node.parts() {
        read_elsewhere(part, places);
    }
}
