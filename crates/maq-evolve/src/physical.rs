//! From the tables as they stand to what the new model needs of them.

use crate::change::{Change, ChangeKind, Direction};
use crate::order::by_dependency;
use maq_ir::schema::{Column, ColumnType, SchemaOperation, Table, table_of};
use maq_ir::{EntityView, Model};
use maq_value::Value;
use std::collections::HashSet;
use std::sync::Arc;

/// What to do, what stands afterwards, and what the tables themselves forbid.
pub(crate) struct Plan {
    pub operations: Vec<SchemaOperation>,
    pub tables: Vec<(Arc<str>, Table)>,
    pub obstacles: Vec<Change>,
}

pub(crate) fn plan(old: &Model, physical: &[(Arc<str>, Table)], new: &Model, direction: Direction) -> Plan {
    let mut plan = Plan { operations: Vec::new(), tables: physical.to_vec(), obstacles: Vec::new() };
    let absent = |view: &EntityView<'_>| !physical.iter().any(|(id, _)| *id == view.entity.id);
    let missing: HashSet<_> = new.entities().filter(absent).map(|view| view.index).collect();
    for view in by_dependency(new, &missing) {
        plan.create(view);
    }
    for view in new.entities() {
        if let Some((_, table)) = physical.iter().find(|(id, _)| *id == view.entity.id) {
            let runs = old.entity_by_id(&view.entity.id);
            plan.adjust(view, runs, table, direction);
        }
    }
    plan
}

impl Plan {
    fn create(&mut self, view: EntityView<'_>) {
        let table = table_of(view.model(), view.entity);
        if let Some((_, other)) = self.tables.iter().find(|(_, other)| other.name.eq_ignore_ascii_case(&table.name)) {
            let summary = format!("a table `{}` of another entity is there already", other.name);
            self.obstruct(view, ChangeKind::CreateEntity, None, summary);
            return;
        }
        self.operations.push(SchemaOperation::CreateTable(table.clone()));
        self.tables.push((view.entity.id.clone(), table));
    }

    /// Brings the table of `view` to what it needs. `runs` is the entity as it runs now: columns it does not know are
    /// parked.
    fn adjust(&mut self, view: EntityView<'_>, runs: Option<EntityView<'_>>, table: &Table, direction: Direction) {
        let wanted = table_of(view.model(), view.entity);
        if table.identity != wanted.identity && runs.is_none_or(|runs| runs.entity.identity == view.entity.identity) {
            let summary = format!("the parked table of `{}` has another identity", view.name());
            self.obstruct(view, ChangeKind::ChangeIdentity, None, summary);
        }
        let mut now = table.clone();
        self.drop_uniques(&mut now, &wanted);
        self.relax(view, runs, &mut now, &wanted);
        self.add_columns(view, &mut now, &wanted);
        self.refill(view, runs, table);
        if direction == Direction::Apply {
            self.add_indexes(&mut now, &wanted);
        }
        if let Some((_, slot)) = self.tables.iter_mut().find(|(id, _)| *id == view.entity.id) {
            *slot = now;
        }
    }

    /// A unique key that the release does not know would refuse records it takes. Plain indexes stay.
    fn drop_uniques(&mut self, now: &mut Table, wanted: &Table) {
        let stays = |index: &maq_ir::schema::TableIndex| {
            !index.unique || wanted.indexes.iter().any(|other| other.unique && other.name == index.name)
        };
        for index in now.indexes.iter().filter(|index| !stays(index)) {
            self.operations.push(SchemaOperation::DropIndex { table: now.name.clone(), name: index.name.clone() });
        }
        now.indexes.retain(stays);
    }

    /// Widens columns in place: one AlterTable for all of them.
    fn relax(&mut self, view: EntityView<'_>, runs: Option<EntityView<'_>>, now: &mut Table, wanted: &Table) {
        let before = now.clone();
        for column in &mut now.columns {
            let Some(wish) = wanted.columns.iter().find(|wish| wish.name == column.name) else {
                // Parked: it must not keep this release from inserting.
                column.not_null = false;
                continue;
            };
            match wide_enough(&column.ty, &wish.ty) {
                Some(ty) => column.ty = ty,
                // Where the field runs as another type, the comparison of the models says so.
                None if knows(runs, &wish.name) => {}
                None => {
                    let field = view.fields().find(|field| field.field.column == wish.name);
                    let member = field.map(|field| field.field.name.clone());
                    let summary = format!("the parked column `{}` is of another type", wish.name);
                    self.obstruct(view, ChangeKind::ChangeType, member, summary);
                }
            }
            column.not_null &= wish.not_null;
            widen_check(column, wish);
        }
        if *now != before {
            self.operations.push(SchemaOperation::AlterTable { from: before, to: now.clone() });
        }
    }

    fn add_columns(&mut self, view: EntityView<'_>, now: &mut Table, wanted: &Table) {
        for wish in &wanted.columns {
            if now.columns.iter().any(|column| column.name == wish.name) {
                continue;
            }
            let field = view.fields().find(|field| field.field.column == wish.name);
            if let Some(taken) = now.columns.iter().find(|column| column.name.eq_ignore_ascii_case(&wish.name)) {
                let summary = format!("a column `{}` of another field is there already", taken.name);
                self.obstruct(view, ChangeKind::AddField, field.map(|field| field.field.name.clone()), summary);
                continue;
            }
            let column = Column { not_null: false, ..wish.clone() };
            let foreign_key = wanted.foreign_keys.iter().find(|key| key.column == wish.name).cloned();
            now.columns.push(column.clone());
            now.foreign_keys.extend(foreign_key.clone());
            self.operations.push(SchemaOperation::AddColumn {
                table: now.name.clone(),
                column,
                foreign_key,
                fill: field.and_then(|field| default_of(&field)),
            });
        }
    }

    /// Records that came while a required column was parked get its default.
    fn refill(&mut self, view: EntityView<'_>, runs: Option<EntityView<'_>>, table: &Table) {
        if runs.is_none() {
            return;
        }
        for field in view.fields().filter(|field| field.field.required && !knows(runs, &field.field.column)) {
            let column = table.columns.iter().find(|column| column.name == field.field.column);
            if let (Some(column), Some(value)) = (column, default_of(&field)) {
                let (table, column) = (table.name.clone(), column.clone());
                self.operations.push(SchemaOperation::FillColumn { table, column, value });
            }
        }
    }

    fn add_indexes(&mut self, now: &mut Table, wanted: &Table) {
        for index in &wanted.indexes {
            if let Some(at) = now.indexes.iter().position(|other| other.name == index.name) {
                if now.indexes.get(at) == Some(index) {
                    continue;
                }
                // A parked index that came back over other columns.
                now.indexes.remove(at);
                self.operations.push(SchemaOperation::DropIndex { table: now.name.clone(), name: index.name.clone() });
            }
            now.indexes.push(index.clone());
            self.operations.push(SchemaOperation::CreateIndex { table: now.name.clone(), index: index.clone() });
        }
        // In the order of the model, parked ones last: the way here leaves no trace.
        let place = |name: &Arc<str>| wanted.indexes.iter().position(|other| other.name == *name);
        now.indexes.sort_by_key(|index| place(&index.name).unwrap_or(usize::MAX));
    }

    fn obstruct(&mut self, view: EntityView<'_>, kind: ChangeKind, member: Option<Arc<str>>, summary: String) {
        let entity = view.entity.name.clone();
        self.obstacles.push(Change { kind, entity, member, summary, supported: false });
    }
}

/// Whether the entity that runs has a field in this column.
fn knows(runs: Option<EntityView<'_>>, column: &Arc<str>) -> bool {
    runs.is_some_and(|runs| runs.entity.fields.iter().any(|field| field.column == *column))
}

fn default_of(field: &maq_ir::FieldView<'_>) -> Option<Value> {
    field.field.default.clone().filter(|value| !value.is_absent())
}

/// The type that holds what stands in a column and what shall come; `None` when none does.
fn wide_enough(stands: &ColumnType, wanted: &ColumnType) -> Option<ColumnType> {
    match (stands, wanted) {
        (stands, wanted) if stands == wanted => Some(stands.clone()),
        (ColumnType::Real, ColumnType::Integer) | (ColumnType::Integer, ColumnType::Real) => Some(ColumnType::Real),
        (ColumnType::Decimal { precision: left, scale }, ColumnType::Decimal { precision: right, scale: same })
            if scale == same =>
        {
            Some(ColumnType::Decimal { precision: *left.max(right), scale: *scale })
        }
        _ => None,
    }
}

/// A CHECK admits at least what is wanted, and is gone where anything is.
fn widen_check(column: &mut Column, wish: &Column) {
    if column.check_in.is_empty() {
        return;
    }
    if wish.check_in.is_empty() {
        column.check_in.clear();
        return;
    }
    let more: Vec<String> = wish.check_in.iter().filter(|value| !column.check_in.contains(value)).cloned().collect();
    column.check_in.extend(more);
}
