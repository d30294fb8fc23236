//! Schema units: tables change under their rows, whole or not at all.

use super::refused;
use super::sample::{STAMP, Sample, one, record, uuid};
use crate::{Refused, Store, StoreError, UnitOfWork};
use maq_ir::schema::{Column, ColumnType, ForeignKey, SchemaOperation, Table, table_of};
use maq_ir::{FieldIdx, FieldType, OnDelete};
use maq_query::record::{FieldRef, Filter, ListQuery, Records, SortKey};
use maq_query::{SqlValue, Statement, ddl};
use maq_value::Value;

async fn change(store: &dyn Store, plan: &[SchemaOperation]) -> Result<(), StoreError> {
    let schema = ddl::statements(plan, store.dialect()).unwrap();
    store.commit(UnitOfWork { schema, ..UnitOfWork::default() }).await.map(drop)
}

fn loosened(table: &Table) -> Table {
    let mut to = table.clone();
    to.columns.iter_mut().for_each(|column| column.not_null = false);
    for column in to.columns.iter_mut().filter(|column| !column.check_in.is_empty()) {
        column.check_in.push("void".into());
    }
    to
}

/// Changing a table in place keeps rows, row versions, references in both directions, and what deletes do.
pub async fn a_rebuild_keeps_every_row(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    let tag = |id: &str, customer: i64| {
        let values = record(&[("customer", Value::Integer(customer))]);
        sample.tags.insert(&sample.scope, Some(&Value::Text(id.into())), &values, STAMP).unwrap()
    };
    let mut statements: Vec<Statement> = (1..=20).map(|id| sample.customer(id)).collect();
    statements.extend((1..=40).map(|number| sample.invoice(number, Some(i64::from(number % 20) + 1))));
    statements.extend([tag("a", 1), tag("b", 2), sample.nodes_to_itself(1)]);
    store.commit(UnitOfWork::of(statements)).await.unwrap();
    let before = rows_of(store, &sample, &sample.invoices).await;

    let alter = |name: &str| {
        let from = sample.table(name);
        SchemaOperation::AlterTable { to: loosened(&from), from }
    };
    change(store, &[alter("Invoice"), alter("Customer"), alter("Node"), alter("Tag")]).await.unwrap();
    assert_eq!(rows_of(store, &sample, &sample.invoices).await, before);
    assert_eq!(sample.count(store, &sample.customers).await, 20);

    let void = record(&[("number", Value::Null), ("status", Value::Text("void".into()))]);
    let update = sample.invoices.update(&sample.scope, &uuid(1), None, &void, STAMP).unwrap();
    store.commit(one(update)).await.unwrap();
    let orphan = sample.invoice(77, Some(404));
    assert!(matches!(refused(store.commit(one(orphan)).await), Refused::ForeignKey(_)));
    let twice = sample.invoices.insert(
        &sample.scope,
        Some(&uuid(78)),
        &record(&[("number", Value::Text("INV-0002".into()))]),
        STAMP,
    );
    assert!(matches!(refused(store.commit(one(twice.unwrap())).await), Refused::Unique(_)));
    // The reference of a tag is emptied by what stands on the customers, which were rebuilt too.
    let invoices_of_2 = [1, 21].map(|number| sample.invoices.delete(&sample.scope, &uuid(number), None).unwrap());
    let delete = sample.customers.delete(&sample.scope, &Value::Integer(2), None).unwrap();
    store.commit(UnitOfWork::of(invoices_of_2.into_iter().chain([delete]))).await.unwrap();
    let tag = sample.get(store, &sample.tags, &Value::Text("b".into())).await.unwrap();
    assert_eq!((tag.get("customer"), tag.get("rowVersion")), (&Value::Null, &Value::Integer(2)));

    // A table that was rebuilt takes a new reference like any other.
    let table = sample.table("Tag").name;
    let column = Column { name: "node".into(), ty: ColumnType::Integer, not_null: false, check_in: vec![] };
    let target = sample.table("Node").name;
    let key = ForeignKey { column: "node".into(), target, on_delete: OnDelete::Cascade };
    let add = |fill: i64| SchemaOperation::AddColumn {
        table: table.clone(),
        column: column.clone(),
        foreign_key: Some(key.clone()),
        fill: Some(Value::Integer(fill)),
    };
    assert!(matches!(refused(change(store, &[add(404)]).await), Refused::ForeignKey(_)));
    change(store, &[add(1)]).await.unwrap();
    let delete = sample.nodes.delete(&sample.scope, &Value::Integer(1), None).unwrap();
    store.commit(one(delete)).await.unwrap();
    assert_eq!(sample.count(store, &sample.tags).await, 0);
}

/// A new reference column with a foreign key, over rows that stay; what existing rows get is checked too.
pub async fn a_reference_can_be_added_to_rows_that_are_there(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    store.commit(UnitOfWork::of([sample.customer(1), sample.customer(2)])).await.unwrap();
    let add = |name: &str, fill: Option<Value>, on_delete| {
        let table = sample.table("Customer").name;
        let column = Column { name: name.into(), ty: ColumnType::Integer, not_null: false, check_in: vec![] };
        let foreign_key = Some(ForeignKey { column: name.into(), target: table.clone(), on_delete });
        SchemaOperation::AddColumn { table, column, foreign_key, fill }
    };
    let orphaned = change(store, &[add("parent", Some(Value::Integer(404)), OnDelete::Restrict)]).await;
    assert!(matches!(refused(orphaned), Refused::ForeignKey(_)));
    change(
        store,
        &[add("parent", None, OnDelete::Restrict), add("friend", Some(Value::Integer(2)), OnDelete::SetNull)],
    )
    .await
    .unwrap();

    let mut entity = (**sample.model.entity("Customer").unwrap().entity).clone();
    for name in ["parent", "friend"] {
        let mut field = entity.fields[0].clone();
        field.name = name.into();
        field.column = name.into();
        field.ty = FieldType::BigInt;
        entity.fields.push(field);
    }
    let customers = Records::new(&entity, None, store.dialect());
    let first = sample.get(store, &customers, &Value::Integer(1)).await.unwrap();
    assert_eq!((first.get("parent"), first.get("friend")), (&Value::Null, &Value::BigInt(2)));
    let update = |id: i64, values: &[(&str, Value)]| {
        one(customers.update(&sample.scope, &Value::Integer(id), None, &record(values), STAMP).unwrap())
    };
    assert!(matches!(
        refused(store.commit(update(1, &[("parent", Value::Integer(404))])).await),
        Refused::ForeignKey(_)
    ));
    store.commit(update(1, &[("parent", Value::Integer(2))])).await.unwrap();
    let delete = || one(customers.delete(&sample.scope, &Value::Integer(2), None).unwrap());
    assert!(matches!(refused(store.commit(delete()).await), Refused::ForeignKey(_)));
    store.commit(update(1, &[("parent", Value::Null)])).await.unwrap();
    store.commit(delete()).await.unwrap();
    let first = sample.get(store, &customers, &Value::Integer(1)).await.unwrap();
    assert_eq!(first.get("friend"), &Value::Null);
}

/// A plan that fails at its end leaves table, rows and indexes as they were.
pub async fn a_schema_unit_that_fails_changes_nothing(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    store.commit(UnitOfWork::of([sample.customer(1), sample.invoice(1, Some(1))])).await.unwrap();
    let from = sample.table("Invoice");
    let mut to = loosened(&from);
    to.columns.iter_mut().for_each(|column| column.not_null = true);
    let failed = change(store, &[SchemaOperation::AlterTable { from: from.clone(), to }]).await;
    assert!(matches!(refused(failed), Refused::NotNull(_)));

    let mut work = UnitOfWork::of([sample.invoice(2, Some(404))]);
    let operation = SchemaOperation::AlterTable { to: loosened(&from), from };
    work.schema = ddl::statements(&[operation], store.dialect()).unwrap();
    assert!(matches!(refused(store.commit(work).await), Refused::ForeignKey(_)));

    assert_eq!(sample.count(store, &sample.invoices).await, 1);
    let loose = sample.invoices.insert(&sample.scope, Some(&uuid(3)), &record(&[]), STAMP).unwrap();
    assert!(matches!(refused(store.commit(one(loose)).await), Refused::NotNull(_)));
    store.commit(one(sample.invoice(4, Some(1)))).await.unwrap();
    // Foreign keys are on again.
    assert!(matches!(refused(store.commit(one(sample.invoice(5, Some(404)))).await), Refused::ForeignKey(_)));
}

/// Values of a decimal column survive widening, sort as numbers before and after, and an older model still reads and
/// writes them.
pub async fn widening_a_decimal_keeps_its_values(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    let texts = ["-1000000.01", "-12.51", "-12.50", "-0.01", "0", "0.10", "9.99", "10", "9999999999.99"];
    let numbers: Vec<Value> = texts.iter().map(|text| Value::Decimal(text.parse().unwrap())).collect();
    let inserts = numbers.iter().zip(0_u32..).map(|(total, at)| {
        let values = record(&[("number", Value::Text(format!("{at}"))), ("total", total.clone())]);
        sample.invoices.insert(&sample.scope, Some(&uuid(100 - at)), &values, STAMP).unwrap()
    });
    store.commit(UnitOfWork::of(inserts)).await.unwrap();
    let mut entity = (**sample.model.entity("Invoice").unwrap().entity).clone();
    let mut from = sample.table("Invoice");
    for (precision, scale) in [(14, 4), (28, 6), (28, 8)] {
        let mut to = from.clone();
        to.columns[2].ty = ColumnType::Decimal { precision, scale };
        change(store, &[SchemaOperation::AlterTable { from, to: to.clone() }]).await.unwrap();
        from = to;
        entity.fields[2].ty = FieldType::Decimal { precision, scale };
        let newer = Records::new(&entity, None, store.dialect());
        assert_eq!(totals(store, &sample, &newer).await, numbers, "decimal({precision}, {scale})");
        let older = sample.model.entity("Invoice").unwrap();
        let older = Records::new(older.entity, Some(&from), store.dialect());
        assert_eq!(totals(store, &sample, &older).await, numbers, "read as decimal(12, 2)");
    }
    let older = Records::new(sample.model.entity("Invoice").unwrap().entity, Some(&from), store.dialect());
    let written = record(&[("number", Value::Text("n".into())), ("total", Value::Decimal("9.98".parse().unwrap()))]);
    store.commit(one(older.insert(&sample.scope, Some(&uuid(500)), &written, STAMP).unwrap())).await.unwrap();
    let totals = totals(store, &sample, &older).await;
    assert_eq!((totals.len(), &totals[6]), (numbers.len() + 1, written.get("total")));
}

/// Every widening there is: a release that knows the wider type reads the same thing, one that does not still does.
pub async fn a_widened_column_reads_as_before(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    let decimal = |precision, scale| ColumnType::Decimal { precision, scale };
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let small = FieldType::Decimal { precision: 12, scale: 2 };
    // The field, the wider column, values as they stand in a record.
    let cases = [
        (FieldType::Integer, ColumnType::Real, "[-7, 0, 9007199254740991]"),
        (FieldType::Integer, decimal(12, 2), "[-7, 0, 12]"),
        (FieldType::BigInt, decimal(28, 2), "[-9223372036854775807, -10, 0, 3, 9223372036854775807]"),
        (FieldType::Integer, ColumnType::Text, "[-7, 0, 12]"),
        (FieldType::Number, ColumnType::Text, "[-0.5, 1.25, 3.0]"),
        (small.clone(), ColumnType::Text, "[\"-12.05\", \"0.00\", \"3.10\"]"),
        (small.clone(), ColumnType::Real, "[\"-12.05\", \"0.00\", \"3.10\"]"),
        (small, decimal(18, 8), "[\"-12.05\", \"0.00\", \"3.10\"]"),
        (FieldType::Date, ColumnType::Instant, "[\"1969-12-31\", \"2024-02-29\"]"),
        (FieldType::Boolean, ColumnType::Text, "[true, false]"),
        (FieldType::Uuid, ColumnType::Text, "[\"67e55044-10b1-426f-9247-bb680e5fe0c8\"]"),
    ];
    for (number, (ty, wider, values)) in cases.into_iter().enumerate() {
        let mut entity = (**sample.model.entity("Customer").unwrap().entity).clone();
        entity.table = format!("widened {number}").into();
        entity.fields.truncate(1);
        entity.fields[0].required = false;
        entity.fields[0].ty = ty.clone();
        let from = table_of(&sample.model, &entity);
        change(store, &[SchemaOperation::CreateTable(from.clone())]).await.unwrap();
        let before = Records::new(&entity, Some(&from), store.dialect());
        let mut written: Vec<Value> = json(values).as_array().unwrap().iter().map(|value| of(value, &ty)).collect();
        written.push(Value::Null);
        let write = |records: &Records, shift: i64| {
            let inserts = written.iter().zip(1_i64..).map(|(value, id)| {
                let values = record(&[("name", value.clone())]);
                records.insert(&sample.scope, Some(&Value::Integer(id + shift)), &values, STAMP).unwrap()
            });
            UnitOfWork::of(inserts)
        };
        store.commit(write(&before, 0)).await.unwrap();
        let mut to = from.clone();
        to.columns[0].ty = wider;
        change(store, &[SchemaOperation::AlterTable { from, to: to.clone() }]).await.unwrap();
        let after = Records::new(&entity, Some(&to), store.dialect());
        store.commit(write(&after, 100)).await.unwrap();
        let query = ListQuery { limit: 1000, ..ListQuery::default() };
        let rows = store.read(after.list(&sample.scope, &query).unwrap()).await.unwrap().0;
        let read = after.page(&query, &rows).unwrap().records;
        let read: Vec<Value> = read.iter().map(|record| record.get("name").clone()).collect();
        assert_eq!(read, [written.clone(), written].concat(), "{ty:?} in {:?}", to.columns[0].ty);
        let cells: Vec<&SqlValue> = rows.iter().map(|row| &row[1]).collect();
        let (old, new) = cells.split_at(cells.len() / 2);
        assert_eq!(old, new, "what is carried over equals what is written: {ty:?} in {:?}", to.columns[0].ty);
    }
}

fn of(json: &serde_json::Value, ty: &FieldType) -> Value {
    match Value::from_json(json, ty.kind()).unwrap() {
        // What a record reads from a bigint field.
        Value::Integer(number) if *ty == FieldType::BigInt => Value::BigInt(number),
        value => value,
    }
}

async fn totals(store: &dyn Store, sample: &Sample, invoices: &Records) -> Vec<Value> {
    let field = FieldRef::Field(FieldIdx(2));
    let query = ListQuery { sort: vec![SortKey { field, descending: false }], limit: 1000, ..ListQuery::default() };
    let rows = store.read(invoices.list(&sample.scope, &query).unwrap()).await.unwrap();
    let page = invoices.page(&query, &rows.0).unwrap();
    page.records.iter().map(|record| record.get("total").clone()).collect()
}

async fn rows_of(store: &dyn Store, sample: &Sample, records: &Records) -> Vec<Vec<SqlValue>> {
    let query = ListQuery { limit: 1000, filter: Filter::All, ..ListQuery::default() };
    store.read(records.list(&sample.scope, &query).unwrap()).await.unwrap().0
}

impl Sample {
    fn nodes_to_itself(&self, id: i64) -> Statement {
        let values = record(&[("next", Value::Integer(id))]);
        self.nodes.insert(&self.scope, Some(&Value::Integer(id)), &values, STAMP).unwrap()
    }
}
