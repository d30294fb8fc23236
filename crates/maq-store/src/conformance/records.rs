//! Records through `maq-query`'s statements: the same answers from every store.

use super::refused;
use super::sample::{STAMP, Sample, one, record, uuid};
use crate::{Bulk, Refused, Store, StoreError, UnitOfWork};
use maq_ir::FieldIdx;
use maq_query::SqlValue;
use maq_query::record::{BulkMode, CompareOp, FieldRef, Filter, ListQuery, QueryError, Records, SortKey, Stamp};
use maq_value::{Instant, Record, Scope, Value};

const NUMBER: FieldRef = FieldRef::Field(FieldIdx(0));
const STATUS: FieldRef = FieldRef::Field(FieldIdx(1));
const TOTAL: FieldRef = FieldRef::Field(FieldIdx(2));
const DUE: FieldRef = FieldRef::Field(FieldIdx(3));

/// Insert, read, update with and without the row version, delete.
pub async fn a_record_lives_from_insert_to_delete(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    let values = record(&[
        ("number", Value::Text("Ä 'quoted' \u{1F600}".into())),
        ("total", Value::Decimal("12.30".parse().unwrap())),
        ("due", Value::Date("2026-02-28".parse().unwrap())),
    ]);
    let insert = sample.invoices.insert(&sample.scope, Some(&uuid(1)), &values, STAMP).unwrap();
    store.commit(one(insert)).await.unwrap();
    let read = sample.get(store, &sample.invoices, &uuid(1)).await.unwrap();
    assert_eq!(
        read.to_json(),
        serde_json::json!({
            "id": "00000000-0000-0000-0000-000000000001", "number": "Ä 'quoted' \u{1F600}", "status": null,
            "total": "12.30", "due": "2026-02-28", "customer": null, "rowVersion": 1,
            "createdAt": "2023-11-14T22:13:20Z", "createdBy": "ann",
            "updatedAt": "2023-11-14T22:13:20Z", "updatedBy": "ann"
        })
    );
    let later = Stamp { now: Instant(STAMP.now.0 + 1_000_000), user_id: "bob" };
    let changes = record(&[("due", Value::Null), ("memo", Value::Text("m".into()))]);
    let update = |version| sample.invoices.update(&sample.scope, &uuid(1), version, &changes, later).unwrap();
    let receipt = store.commit(one(update(Some(1)))).await.unwrap();
    let updated = sample.invoices.decode_row(&receipt.returned[0].0[0]).unwrap();
    assert_eq!(updated, sample.get(store, &sample.invoices, &uuid(1)).await.unwrap());
    assert_eq!((updated.get("due"), updated.get("memo")), (&Value::Null, &Value::Text("m".into())));
    assert_eq!((updated.get("rowVersion"), updated.get("updatedBy")), (&Value::Integer(2), &Value::Text("bob".into())));
    assert_eq!((updated.get("createdBy"), updated.get("total")), (&Value::Text("ann".into()), values.get("total")));
    assert!(store.commit(one(update(Some(1)))).await.unwrap().returned[0].0.is_empty());
    store.commit(one(update(None))).await.unwrap();
    let delete = |version| sample.invoices.delete(&sample.scope, &uuid(1), version).unwrap();
    assert!(store.commit(one(delete(Some(1)))).await.unwrap().returned[0].0.is_empty());
    assert_eq!(store.commit(one(delete(Some(3)))).await.unwrap().returned[0].0.len(), 1);
    assert_eq!(sample.get(store, &sample.invoices, &uuid(1)).await, None);
}

/// The same ids in another tenant or realm are other records, and no reference crosses.
pub async fn records_of_other_tenants_do_not_exist(store: &dyn Store) {
    let mut sample = Sample::publish(store).await;
    let home = sample.scope.clone();
    let others = [
        Scope { tenant_id: "other".into(), realm_id: home.realm_id.clone() },
        Scope { tenant_id: home.tenant_id.clone(), realm_id: "test".into() },
    ];
    store.commit(UnitOfWork::of([sample.customer(1), sample.invoice(1, Some(1))])).await.unwrap();
    for other in others {
        sample.scope = other;
        assert_eq!(sample.get(store, &sample.customers, &Value::Integer(1)).await, None);
        assert_eq!(sample.count(store, &sample.customers).await, 0);
        assert!(
            list(store, &sample, &sample.customers, &ListQuery { limit: 9, ..Default::default() }).await.is_empty()
        );
        let crossing = sample.invoice(1, Some(1));
        assert!(matches!(refused(store.commit(one(crossing)).await), Refused::ForeignKey(_)));
        let changes = record(&[("city", Value::Text("x".into()))]);
        let update = sample.customers.update(&sample.scope, &Value::Integer(1), None, &changes, STAMP).unwrap();
        assert!(store.commit(one(update)).await.unwrap().returned[0].0.is_empty());
        let delete = sample.customers.delete(&sample.scope, &Value::Integer(1), None).unwrap();
        assert!(store.commit(one(delete)).await.unwrap().returned[0].0.is_empty());
        // The same id and the same unique number are free here.
        store.commit(UnitOfWork::of([sample.customer(1), sample.invoice(1, Some(1))])).await.unwrap();
    }
    sample.scope = home;
    let kept = sample.get(store, &sample.customers, &Value::Integer(1)).await.unwrap();
    assert_eq!(kept.get("rowVersion"), &Value::Integer(1));
}

/// A statement on records without tenant and realm is not run, nor a bulk row of another tenant.
pub async fn a_statement_without_its_scope_is_not_run(store: &dyn Store) {
    let mut sample = Sample::publish(store).await;
    let mut read = sample.customers.count(&sample.scope, &Filter::All).unwrap();
    read.binds.clear();
    assert!(matches!(store.read(read).await, Err(StoreError::Fault(_))));
    let mut write = sample.customer(1);
    write.binds[1] = SqlValue::Null;
    assert!(matches!(store.commit(one(write)).await, Err(StoreError::Fault(_))));
    let statement = sample.customers.bulk_insert(&sample.scope, BulkMode::Insert);
    let row = |scope: &Scope, id: i64| {
        let values = record(&[("name", Value::Text("n".into()))]);
        Ok(sample.customers.bulk_row(scope, &Value::Integer(id), &values, STAMP).unwrap())
    };
    let other = Scope { tenant_id: "other".into(), ..sample.scope.clone() };
    let rows = vec![row(&sample.scope, 1), row(&other, 2)];
    let bulk = vec![Bulk { statement, rows: Box::new(rows.into_iter()) }];
    let crossing = store.commit(UnitOfWork { bulk, ..UnitOfWork::default() }).await;
    assert!(matches!(crossing, Err(StoreError::Fault(_))));
    for scope in [sample.scope.clone(), other] {
        sample.scope = scope;
        assert_eq!(sample.count(store, &sample.customers).await, 0);
    }
}

/// Pages by cursor show each record once, in the order of the whole list, whatever the keys and empty columns.
pub async fn cursors_walk_the_whole_list_once(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    let dates = [None, Some("2026-01-01"), Some("2026-01-02")];
    let inserts = (0..30_u32).map(|at| {
        let due = dates[(at % 3) as usize].map_or(Value::Null, |date| Value::Date(date.parse().unwrap()));
        let status =
            if at.is_multiple_of(5) { Value::Null } else { Value::Text(["open", "paid"][(at % 2) as usize].into()) };
        let values = record(&[("number", Value::Text(format!("{at}"))), ("due", due), ("status", status)]);
        sample.invoices.insert(&sample.scope, Some(&uuid(at * 7 % 31)), &values, STAMP).unwrap()
    });
    store.commit(UnitOfWork::of(inserts)).await.unwrap();
    let key = |field, descending| SortKey { field, descending };
    let orders = [
        vec![],
        vec![key(FieldRef::Id, true)],
        vec![key(DUE, false)],
        vec![key(DUE, true)],
        vec![key(STATUS, true), key(DUE, false)],
        vec![key(STATUS, false), key(DUE, true), key(FieldRef::Id, false)],
        vec![key(FieldRef::CreatedAt, true), key(NUMBER, true)],
    ];
    for sort in orders {
        let whole = ListQuery { sort: sort.clone(), limit: 100, ..Default::default() };
        let expected = list(store, &sample, &sample.invoices, &whole).await;
        assert_eq!(expected.len(), 30);
        if sort.first() == Some(&key(DUE, false)) {
            assert_eq!(expected[0].get("due"), &Value::Null, "empty comes first");
        }
        let mut seen = Vec::new();
        let mut query = ListQuery { sort: sort.clone(), limit: 4, ..Default::default() };
        loop {
            let rows = store.read(sample.invoices.list(&sample.scope, &query).unwrap()).await.unwrap();
            let page = sample.invoices.page(&query, &rows.0).unwrap();
            seen.extend(page.records);
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, expected, "{sort:?}");
        let third = ListQuery { sort, limit: 4, offset: 8, ..Default::default() };
        assert_eq!(list(store, &sample, &sample.invoices, &third).await, expected[8..12]);
    }
    let foreign = ListQuery { sort: vec![key(DUE, false)], limit: 4, ..Default::default() };
    let rows = store.read(sample.invoices.list(&sample.scope, &foreign).unwrap()).await.unwrap();
    let cursor = sample.invoices.page(&foreign, &rows.0).unwrap().next;
    let elsewhere = ListQuery { limit: 4, after: cursor, ..Default::default() };
    assert_eq!(sample.invoices.list(&sample.scope, &elsewhere), Err(QueryError::Cursor));
}

/// Every operator, with text that other languages of patterns would trip over.
pub async fn filters_mean_the_same_everywhere(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    let rows = [
        ("100% sure", Some("open"), Some("10.00")),
        ("100 sure", Some("paid"), Some("9.50")),
        ("a_b", None, Some("-3.25")),
        ("axb", Some("open"), None),
        ("A_B", Some("draft"), Some("10.50")),
        ("back\\slash", None, None),
    ];
    let inserts = rows.iter().zip(1_u32..).map(|((number, status, total), id)| {
        let values = record(&[
            ("number", Value::Text((*number).into())),
            ("status", status.map_or(Value::Null, |status| Value::Text(status.into()))),
            ("total", total.map_or(Value::Null, |total| Value::Decimal(total.parse().unwrap()))),
        ]);
        sample.invoices.insert(&sample.scope, Some(&uuid(id)), &values, STAMP).unwrap()
    });
    store.commit(UnitOfWork::of(inserts)).await.unwrap();
    let compare = |field, op, value| Filter::Compare { field, op, value };
    let text = |text: &str| Value::Text(text.into());
    let total = |text: &str| Value::Decimal(text.parse().unwrap());
    let starts = |start: &str| Filter::StartsWith { field: NUMBER, text: start.into() };
    let contains = |part: &str| Filter::Contains { field: NUMBER, text: part.into() };
    use CompareOp::{Eq, Gt, Gte, Lt, Lte, Ne};
    let cases: Vec<(Filter, &[u32])> = vec![
        (Filter::All, &[1, 2, 3, 4, 5, 6]),
        (compare(NUMBER, Eq, text("a_b")), &[3]),
        (compare(NUMBER, Eq, text("A_b")), &[]),
        (compare(STATUS, Ne, text("open")), &[2, 5]),
        (compare(STATUS, Eq, Value::Null), &[3, 6]),
        (compare(STATUS, Ne, Value::Null), &[1, 2, 4, 5]),
        (compare(TOTAL, Gt, total("9.5")), &[1, 5]),
        (compare(TOTAL, Gte, total("9.5")), &[1, 2, 5]),
        (compare(TOTAL, Lt, total("9.5")), &[3]),
        (compare(TOTAL, Lte, total("9.50")), &[2, 3]),
        (Filter::Not(Box::new(compare(TOTAL, Gt, total("0")))), &[3]),
        (Filter::In { field: STATUS, values: vec![text("open"), text("draft")] }, &[1, 4, 5]),
        (Filter::In { field: STATUS, values: vec![text("paid"), Value::Null] }, &[2, 3, 6]),
        (Filter::In { field: STATUS, values: vec![] }, &[]),
        (contains("%"), &[1]),
        (contains("_"), &[3, 5]),
        (contains("\\"), &[6]),
        (contains("SURE"), &[]),
        (contains(""), &[1, 2, 3, 4, 5, 6]),
        (starts("100%"), &[1]),
        (starts("a"), &[3, 4]),
        (starts("a_"), &[3]),
        (starts(""), &[1, 2, 3, 4, 5, 6]),
        (starts("\u{10FFFF}"), &[]),
        (Filter::IsNull { field: TOTAL, yes: true }, &[4, 6]),
        (Filter::IsNull { field: TOTAL, yes: false }, &[1, 2, 3, 5]),
        (Filter::And(vec![]), &[1, 2, 3, 4, 5, 6]),
        (Filter::Or(vec![]), &[]),
        (Filter::And(vec![starts("a"), compare(STATUS, Eq, text("open"))]), &[4]),
        (Filter::Or(vec![starts("a"), compare(STATUS, Eq, text("paid"))]), &[2, 3, 4]),
        (compare(FieldRef::Id, Gt, uuid(4)), &[5, 6]),
        (compare(FieldRef::RowVersion, Eq, Value::Integer(1)), &[1, 2, 3, 4, 5, 6]),
        (compare(FieldRef::CreatedAt, Lt, Value::Instant(STAMP.now)), &[]),
    ];
    for (filter, expected) in cases {
        let query = ListQuery { filter: filter.clone(), limit: 100, ..Default::default() };
        let found = list(store, &sample, &sample.invoices, &query).await;
        let ids: Vec<Value> = found.iter().map(|record| record.get("id").clone()).collect();
        assert_eq!(ids, expected.iter().map(|id| uuid(*id)).collect::<Vec<_>>(), "{filter:?}");
        let counted = store.read(sample.invoices.count(&sample.scope, &filter).unwrap()).await.unwrap();
        assert_eq!(counted.0[0][0].as_integer(), Some(i64::try_from(expected.len()).unwrap()), "{filter:?}");
    }
}

/// Restrict refuses, cascade deletes along, set null empties and counts the row version up; a guard can ask first.
pub async fn deleting_a_target_does_what_its_references_say(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    let customer = |id: i64| record(&[("customer", Value::Integer(id))]);
    let note = |id: i64| sample.notes.insert(&sample.scope, None, &customer(id), STAMP).unwrap();
    let tag = |name: &str, id: i64| {
        sample.tags.insert(&sample.scope, Some(&Value::Text(name.into())), &customer(id), STAMP).unwrap()
    };
    let work = [
        sample.customer(1),
        sample.customer(2),
        sample.invoice(1, Some(1)),
        note(1),
        note(2),
        note(2),
        tag("a", 1),
        tag("b", 2),
    ];
    store.commit(UnitOfWork::of(work)).await.unwrap();
    let delete = |id: i64| one(sample.customers.delete(&sample.scope, &Value::Integer(id), None).unwrap());
    assert!(matches!(refused(store.commit(delete(1)).await), Refused::ForeignKey(_)));
    assert_eq!(sample.count(store, &sample.notes).await, 3);
    store.commit(delete(2)).await.unwrap();
    assert_eq!(sample.count(store, &sample.notes).await, 1);
    let b = sample.get(store, &sample.tags, &Value::Text("b".into())).await.unwrap();
    assert_eq!((b.get("customer"), b.get("rowVersion")), (&Value::Null, &Value::Integer(2)));
    let a = sample.get(store, &sample.tags, &Value::Text("a".into())).await.unwrap();
    assert_eq!((a.get("customer"), a.get("rowVersion")), (&Value::Integer(1), &Value::Integer(1)));
    let field = sample.invoices.field("customer").unwrap();
    for (id, expected) in [(1, 1), (2, 0)] {
        let asked = sample.invoices.exists_reference(&sample.scope, field, &Value::Integer(id)).unwrap();
        assert_eq!(store.read(asked).await.unwrap().0.len(), expected);
    }
}

async fn list(store: &dyn Store, sample: &Sample, records: &Records, query: &ListQuery) -> Vec<Record> {
    let rows = store.read(records.list(&sample.scope, query).unwrap()).await.unwrap();
    records.page(query, &rows.0).unwrap().records
}
