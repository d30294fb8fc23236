//! Units of work: whole or not at all, refused by name, alone in their fate.

use super::sample::{STAMP, Sample, one, record, rows, uuid};
use super::{all, refused};
use crate::{Bulk, Follow, Guard, Operation, Refused, Rows, Sequel, Store, UnitOfWork};
use maq_query::SqlValue;
use maq_query::record::{BulkMode, Filter};
use maq_value::Value;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

/// What an earlier operation did goes back when a later one is refused, the audit too.
pub async fn a_unit_is_done_whole_or_not_at_all(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    let mut work = UnitOfWork::of([sample.customer(1), sample.customer(2), sample.customer(1)]);
    work.audit.push(super::sample::event(1, "default"));
    assert!(matches!(refused(store.commit(work).await), Refused::Unique(_)));
    assert_eq!(sample.count(store, &sample.customers).await, 0);
    let receipt = store.commit(UnitOfWork::of([sample.customer(1), sample.customer(2)])).await.unwrap();
    assert_eq!(receipt.returned.len(), 2);
    let name = sample.customers.decode_row(&receipt.returned[1].0[0]).unwrap().get("name").clone();
    assert_eq!(name, Value::Text("Customer 2".into()));
    assert_eq!(sample.count(store, &sample.customers).await, 2);
}

/// What follows from the rows a unit returned is done with it, and goes back with it.
pub async fn what_follows_is_part_of_the_unit(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    let second = sample.customer(2);
    let follow = |refuse: bool| {
        let second = second.clone();
        let follow: Follow = Arc::new(move |returned: &[Rows]| {
            assert_eq!((returned.len(), returned[0].0.len()), (1, 1), "it sees what the operations returned");
            if refuse {
                return Err(Refused::Guard("customers/enough"));
            }
            Ok(Sequel { operations: vec![second.clone().into()], outbox: Vec::new() })
        });
        UnitOfWork { follow: Some(follow), ..one(sample.customer(1)) }
    };
    assert_eq!(refused(store.commit(follow(true)).await), Refused::Guard("customers/enough"));
    assert_eq!(sample.count(store, &sample.customers).await, 0);
    let receipt = store.commit(follow(false)).await.unwrap();
    assert_eq!((receipt.returned.len(), sample.count(store, &sample.customers).await), (1, 2));
    // The sequel's own refusal takes the whole unit back.
    let mut work = follow(false);
    work.operations = vec![sample.customer(3).into()];
    assert!(matches!(refused(store.commit(work).await), Refused::Unique(_)));
    assert_eq!(sample.count(store, &sample.customers).await, 2);
}

/// A guard that does not hold refuses with its own words.
pub async fn a_guard_refuses_and_nothing_is_done(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    store.commit(one(sample.customer(1))).await.unwrap();
    let guarded = |expect| {
        let statement = sample.customers.count(&sample.scope, &Filter::All).unwrap();
        let mut work = one(sample.customer(2));
        work.guards.push(Guard { statement, expect, otherwise: Refused::Guard("customers/moved") });
        work
    };
    assert_eq!(refused(store.commit(guarded(Some(rows(&[7])))).await), Refused::Guard("customers/moved"));
    assert_eq!(sample.count(store, &sample.customers).await, 1);
    store.commit(guarded(Some(rows(&[1])))).await.unwrap();
    assert_eq!(sample.count(store, &sample.customers).await, 2);

    let mut work = one(sample.customer(3));
    let absent = sample.customers.exists(&sample.scope, &Value::Integer(99)).unwrap();
    work.guards.push(Guard { statement: absent, expect: None, otherwise: Refused::Guard("customers/gone") });
    assert_eq!(refused(store.commit(work).await), Refused::Guard("customers/gone"));
    assert_eq!(sample.count(store, &sample.customers).await, 2);
}

/// An operation that touches fewer rows than it must is refused, and what came before it goes back.
pub async fn an_unexpected_row_count_is_refused(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    store.commit(one(sample.customer(1))).await.unwrap();
    let changes = record(&[("city", Value::Text("Oslo".into()))]);
    let update = |version| {
        let statement =
            sample.customers.update(&sample.scope, &Value::Integer(1), Some(version), &changes, STAMP).unwrap();
        let mut work = one(sample.customer(2));
        work.operations.push(Operation { statement, expect_rows: Some((1, Refused::Guard("record/changed"))) });
        work
    };
    assert_eq!(refused(store.commit(update(5)).await), Refused::Guard("record/changed"));
    assert_eq!(sample.count(store, &sample.customers).await, 1);
    store.commit(update(1)).await.unwrap();
    assert_eq!(sample.count(store, &sample.customers).await, 2);
}

/// Units that may share a commit are answered each for itself: the refused ones by their own fault, the others done.
pub async fn a_refused_unit_leaves_its_neighbours_alone(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    store.commit(one(sample.customer(1))).await.unwrap();
    let units = (0..120_u32).map(|number| match number % 10 {
        3 => one(sample.customer(1)),
        // Only the commit can tell that nobody is there.
        7 => one(sample.invoice(number, Some(404))),
        _ => one(sample.invoice(number, Some(1))),
    });
    let answers = all(units.map(|work| store.commit(work)).collect()).await;
    for (number, answer) in answers.into_iter().enumerate() {
        match number % 10 {
            3 => assert!(matches!(refused(answer), Refused::Unique(_)), "{number}"),
            7 => assert!(matches!(refused(answer), Refused::ForeignKey(_)), "{number}"),
            _ => assert!(answer.is_ok(), "{number}: {answer:?}"),
        }
    }
    assert_eq!(sample.count(store, &sample.invoices).await, 96);
}

/// What was acknowledged is there, however many commit at once; each took an id of its own.
pub async fn concurrent_commits_are_all_there(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    let unit = |number: usize| {
        let values = record(&[("name", Value::Text(format!("n{number}")))]);
        one(sample.customers.insert(&sample.scope, None, &values, STAMP).unwrap())
    };
    let answers = all((0..200).map(|number| store.commit(unit(number))).collect()).await;
    for (number, answer) in answers.into_iter().enumerate() {
        let record = sample.customers.decode_row(&answer.unwrap().returned[0].0[0]).unwrap();
        let there = sample.get(store, &sample.customers, record.get("id")).await.unwrap();
        assert_eq!(there.get("name"), &Value::Text(format!("n{number}")));
    }
    assert_eq!(sample.count(store, &sample.customers).await, 200);
}

/// A source that fails takes its rows back, and those of the whole unit.
pub async fn bulk_rows_are_all_or_nothing(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    let row = |id: i64| {
        let values = record(&[("name", Value::Text(format!("n{id}")))]);
        sample.customers.bulk_row(&sample.scope, &Value::Integer(id), &values, STAMP).unwrap()
    };
    let bulk = |mode, rows: Vec<Result<Vec<SqlValue>, Refused>>| UnitOfWork {
        bulk: vec![Bulk {
            statement: sample.customers.bulk_insert(&sample.scope, mode),
            rows: Box::new(rows.into_iter()),
        }],
        ..UnitOfWork::default()
    };
    let mut broken: Vec<_> = (1..=500).map(|id| Ok(row(id))).collect();
    broken.push(Err(Refused::Source("the file breaks off".into())));
    let mut work = bulk(BulkMode::Insert, broken);
    work.operations.push(sample.customer(9999).into());
    assert_eq!(refused(store.commit(work).await), Refused::Source("the file breaks off".into()));
    assert_eq!(sample.count(store, &sample.customers).await, 0);

    let whole = || (1..=500).map(|id| Ok(row(id))).collect::<Vec<_>>();
    assert_eq!(store.commit(bulk(BulkMode::Insert, whole())).await.unwrap().bulk, [500]);
    assert!(matches!(refused(store.commit(bulk(BulkMode::Insert, whole())).await), Refused::Unique(_)));
    let again = (401..=600).map(|id| Ok(row(id))).collect();
    assert_eq!(store.commit(bulk(BulkMode::SkipExisting, again)).await.unwrap().bulk, [100]);
    assert_eq!(sample.count(store, &sample.customers).await, 600);
}

/// A read beside a running unit sees all of it or nothing.
pub async fn reads_see_only_what_is_committed(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    let (half, reached) = mpsc::channel();
    let (go_on, may) = mpsc::channel::<()>();
    let row = |id: i64| {
        let values = record(&[("name", Value::Text("n".into()))]);
        Ok(sample.customers.bulk_row(&sample.scope, &Value::Integer(id), &values, STAMP).unwrap())
    };
    let first: Vec<_> = (1..=10).map(row).collect();
    let second: Vec<_> = (11..=20).map(row).collect();
    let pause = std::iter::once_with(move || {
        half.send(()).unwrap();
        // A store with one connection reads only afterwards.
        let _ = may.recv_timeout(Duration::from_millis(500));
        None
    });
    let rows = first.into_iter().map(Some).chain(pause).chain(second.into_iter().map(Some)).flatten();
    let work = UnitOfWork {
        bulk: vec![Bulk {
            statement: sample.customers.bulk_insert(&sample.scope, BulkMode::Insert),
            rows: Box::new(rows),
        }],
        ..UnitOfWork::default()
    };
    let read = async {
        // The commit was handed over first; wait until it stands in the middle.
        let _ = reached.recv_timeout(Duration::from_secs(5));
        let seen = sample.count(store, &sample.customers).await;
        assert!(seen == 0 || seen == 20, "a read saw {seen} of 20 rows");
        let _ = go_on.send(());
    };
    let commit = async {
        store.commit(work).await.unwrap();
    };
    let both: Vec<std::pin::Pin<Box<dyn Future<Output = ()>>>> = vec![Box::pin(commit), Box::pin(read)];
    all(both).await;
    assert_eq!(sample.count(store, &sample.customers).await, 20);
}

/// Refusals say what was violated in a way that leads back to the field.
pub async fn refusals_name_what_was_violated(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    store.commit(UnitOfWork::of([sample.customer(1), sample.invoice(1, Some(1))])).await.unwrap();
    let number = |number: &str| ("number", Value::Text(number.into()));
    let insert = |id, values: Vec<(&str, Value)>| {
        one(sample.invoices.insert(&sample.scope, Some(&uuid(id)), &record(&values), STAMP).unwrap())
    };

    let Refused::Unique(named) = refused(store.commit(insert(2, vec![number("INV-0001")])).await) else { panic!() };
    assert_eq!(sample.invoices.unique_fields(&named).unwrap(), ["number".into()], "{named}");
    let Refused::Unique(named) = refused(store.commit(insert(1, vec![number("INV-0002")])).await) else { panic!() };
    assert_eq!(sample.invoices.unique_fields(&named).unwrap(), ["id".into()], "{named}");
    let Refused::NotNull(named) = refused(store.commit(insert(2, vec![])).await) else { panic!() };
    assert_eq!(&**sample.invoices.field_of_column(&named).unwrap(), "number", "{named}");
    let odd = vec![number("INV-0002"), ("status", Value::Text("lost".into()))];
    let Refused::Check(named) = refused(store.commit(insert(2, odd)).await) else { panic!() };
    assert_eq!(&**sample.invoices.field_of_column(&named).unwrap(), "status", "{named}");
    let orphan = vec![number("INV-0002"), ("customer", Value::Integer(404))];
    assert!(matches!(refused(store.commit(insert(2, orphan)).await), Refused::ForeignKey(_)));
    let delete = sample.customers.delete(&sample.scope, &Value::Integer(1), None).unwrap();
    assert!(matches!(refused(store.commit(one(delete)).await), Refused::ForeignKey(_)));
    assert_eq!(sample.count(store, &sample.invoices).await, 1);
    assert_eq!(sample.count(store, &sample.customers).await, 1);
}

/// Foreign keys are asked at the commit: records that point at each other come in one unit, in any order.
pub async fn circles_of_references_fit_into_one_unit(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    let node = |id: i64, next: i64| {
        let values = record(&[("next", Value::Integer(next))]);
        sample.nodes.insert(&sample.scope, Some(&Value::Integer(id)), &values, STAMP).unwrap()
    };
    store.commit(UnitOfWork::of([node(1, 2), node(2, 3), node(3, 1), node(4, 4)])).await.unwrap();
    assert!(matches!(refused(store.commit(UnitOfWork::of([node(5, 6), node(6, 7)])).await), Refused::ForeignKey(_)));
    assert_eq!(sample.count(store, &sample.nodes).await, 4);
    let delete = |id: i64| sample.nodes.delete(&sample.scope, &Value::Integer(id), None).unwrap();
    assert!(matches!(refused(store.commit(UnitOfWork::of([delete(1), delete(2)])).await), Refused::ForeignKey(_)));
    store.commit(UnitOfWork::of([delete(1), delete(2), delete(3), delete(4)])).await.unwrap();
    assert_eq!(sample.count(store, &sample.nodes).await, 0);
}
