//! The decision log: written in bulk, read by tenant and realm, cut from the old end.

use crate::{Bulk, Operation, Store, StoreError, UnitOfWork};
use maq_query::SqlValue;
use maq_query::decisions::{self, DecisionFilter};
use maq_value::Scope;

fn scope(tenant: &str, realm: &str) -> Scope {
    Scope { tenant_id: tenant.into(), realm_id: realm.into() }
}

/// Entry `number`, decided at instant `number / 2`; each third is an allow.
fn row(scope: &Scope, number: i64) -> Vec<SqlValue> {
    vec![
        scope.tenant_id.as_str().into(),
        scope.realm_id.as_str().into(),
        (number / 2).into(),
        format!("dec_{number:04}").into(),
        format!("user {}", number % 4).into(),
        if number % 2 == 0 { "read" } else { "update" }.into(),
        "Invoice".into(),
        (number % 5 == 0).then(|| format!("'{number}\" é")).into(),
        (number % 3 == 0).into(),
        "digest".into(),
        "[\"a\",\"b\"]".into(),
        100_i64.into(),
    ]
}

async fn append(store: &dyn Store, scope: &Scope, numbers: std::ops::Range<i64>) -> u64 {
    let rows: Vec<_> = numbers.map(|number| Ok(row(scope, number))).collect();
    let statement = decisions::append(scope, store.dialect());
    let work = UnitOfWork {
        operations: vec![Operation::from(decisions::note_log(scope, 2, store.dialect()))],
        bulk: vec![Bulk { statement, rows: Box::new(rows.into_iter()) }],
        ..UnitOfWork::default()
    };
    store.commit(work).await.unwrap().bulk[0]
}

async fn read(store: &dyn Store, scope: &Scope, filter: &DecisionFilter, limit: i64) -> Vec<Vec<SqlValue>> {
    store.read(decisions::newest(scope, filter, limit, store.dialect())).await.unwrap().0
}

async fn ids(store: &dyn Store, scope: &Scope, filter: &DecisionFilter, limit: i64) -> Vec<i64> {
    let rows = read(store, scope, filter, limit).await;
    rows.iter().map(|row| row[1].as_text().unwrap().trim_start_matches("dec_").parse().unwrap()).collect()
}

/// What is written is read again, once, by its tenant and realm alone, newest first, through every filter.
pub async fn decisions_are_read_by_their_tenant_and_realm(store: &dyn Store) {
    let (own, realm, tenant) = (scope("north", "main"), scope("north", "other"), scope("south", "main"));
    assert_eq!(append(store, &own, 0..20).await, 20);
    assert_eq!(append(store, &own, 10..30).await, 10, "an entry that is there stays");
    assert_eq!(append(store, &realm, 100..103).await, 3);
    let all = DecisionFilter::default();
    assert_eq!(ids(store, &own, &all, 100).await, (0..30).rev().collect::<Vec<i64>>());
    assert_eq!(ids(store, &realm, &all, 100).await, [102, 101, 100]);
    assert_eq!(ids(store, &tenant, &all, 100).await, [] as [i64; 0]);
    assert_eq!(read(store, &own, &all, 1).await[0], row(&own, 29)[2..]);
    let mut walked = Vec::new();
    let mut filter = DecisionFilter::default();
    loop {
        let page = read(store, &own, &filter, 7).await;
        walked.extend(page.iter().map(|row| row[1].as_text().unwrap().to_owned()));
        let Some(last) = page.last() else { break };
        filter.after = Some((last[0].as_integer().unwrap(), last[1].as_text().unwrap().to_owned()));
    }
    let whole: Vec<String> = (0..30).rev().map(|number| format!("dec_{number:04}")).collect();
    assert_eq!(walked, whole, "pages neither repeat nor leave out what was decided in the same moment");
    let like = |filter: DecisionFilter| async move { ids(store, &scope("north", "main"), &filter, 100).await };
    let of = |test: fn(i64) -> bool| (0..30).rev().filter(|number| test(*number)).collect::<Vec<i64>>();
    assert_eq!(like(DecisionFilter { since: Some(5), ..all.clone() }).await, of(|number| number >= 10));
    assert_eq!(like(DecisionFilter { until: Some(5), ..all.clone() }).await, of(|number| number < 10));
    assert_eq!(like(DecisionFilter { user_id: Some("user 3".into()), ..all.clone() }).await, of(|n| n % 4 == 3));
    assert_eq!(like(DecisionFilter { action: Some("read".into()), ..all.clone() }).await, of(|n| n % 2 == 0));
    assert_eq!(like(DecisionFilter { entity: Some("invoice".into()), ..all.clone() }).await, [] as [i64; 0]);
    assert_eq!(like(DecisionFilter { allowed: Some(true), ..all.clone() }).await, of(|n| n % 3 == 0));
    let together = DecisionFilter {
        since: Some(3),
        until: Some(12),
        user_id: Some("user 1".into()),
        entity: Some("Invoice".into()),
        action: Some("update".into()),
        allowed: Some(false),
        after: Some((10, "dec_0021".into())),
    };
    assert_eq!(like(together).await, [17, 13], "all that is given holds");
    // A row of another tenant is not written.
    let statement = decisions::append(&own, store.dialect());
    let rows = Box::new(vec![Ok(row(&tenant, 1))].into_iter());
    let work = UnitOfWork { bulk: vec![Bulk { statement, rows }], ..UnitOfWork::default() };
    assert!(matches!(store.commit(work).await, Err(StoreError::Fault(_))));
    assert_eq!(ids(store, &tenant, &all, 100).await, [] as [i64; 0]);
}

/// The old end goes, of one tenant and realm; which logs there are, and what they lost, stays.
pub async fn decisions_are_cut_from_the_old_end(store: &dyn Store) {
    let (own, other) = (scope("north", "main"), scope("south", "main"));
    append(store, &own, 0..30).await;
    append(store, &other, 0..30).await;
    let dialect = store.dialect();
    let all = DecisionFilter::default();
    let old = async |limit| {
        let receipt = store.commit(UnitOfWork::of([decisions::delete_before(&own, 5, limit, dialect)])).await.unwrap();
        receipt.returned[0].0.len()
    };
    assert_eq!((old(4).await, ids(store, &own, &all, 100).await), (4, (4..30).rev().collect()));
    assert_eq!((old(100).await, old(100).await), (6, 0));
    assert_eq!(ids(store, &own, &all, 100).await, (10..30).rev().collect::<Vec<i64>>());
    for (kept, left) in [(20, 10..30), (7, 23..30), (7, 23..30), (0, 30..30)] {
        store.commit(UnitOfWork::of([decisions::delete_beyond(&own, kept, dialect)])).await.unwrap();
        assert_eq!(ids(store, &own, &all, 100).await, left.rev().collect::<Vec<i64>>(), "{kept} are kept");
    }
    assert_eq!(ids(store, &other, &all, 100).await.len(), 30);
    let logs = store.read(decisions::logs(dialect)).await.unwrap();
    assert_eq!(logs.0, [["north", "main"], ["south", "main"]].map(|log| log.map(SqlValue::from).to_vec()));
    append(store, &other, 0..1).await;
    let dropped = store.read(decisions::dropped(&other, dialect)).await.unwrap();
    assert_eq!(dropped.0, [[SqlValue::Integer(4)]]);
    assert!(store.read(decisions::dropped(&scope("west", "main"), dialect)).await.unwrap().0.is_empty());
}

/// Every store has its own secret, of 32 bytes, and keeps it.
pub async fn a_store_keeps_a_secret(store: &dyn Store) {
    let secret = async || store.read(decisions::secret("mask", store.dialect())).await.unwrap().0;
    let first = secret().await;
    let text = first[0][0].as_text().unwrap();
    assert!(text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()), "{text}");
    assert!(text.bytes().collect::<std::collections::BTreeSet<u8>>().len() > 4, "{text} is not drawn");
    assert_eq!(secret().await, first);
    assert!(store.read(decisions::secret("other", store.dialect())).await.unwrap().0.is_empty());
}
