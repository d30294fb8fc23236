//! The audit chain: sealed in the order of commits, one per tenant, never changed.

use super::sample::{Sample, event, one};
use super::{all, refused};
use crate::{Refused, Store, UnitOfWork};
use maq_audit::{ChainTail, SealedEvent, verify_link};
use maq_query::{Statement, audit, meta};

pub(super) async fn links(store: &dyn Store, tenant: &str) -> Vec<SealedEvent> {
    store.seal().await.unwrap();
    let rows = store.read(meta::audit_chain(store.dialect(), tenant, 0_i64, 10_000_i64)).await.unwrap();
    rows.0.iter().map(|row| audit::read_link(row).expect("a link reads back")).collect()
}

pub(super) fn verify(links: &[SealedEvent], length: usize) {
    assert_eq!(links.len(), length);
    let mut tail = ChainTail::default();
    links.iter().try_for_each(|link| verify_link(link, &mut tail)).unwrap();
}

/// Events of concurrent units form one unbroken chain per tenant, none lost, none twice.
pub async fn audit_events_are_sealed_per_tenant(store: &dyn Store) {
    let unit = |number: usize| UnitOfWork {
        audit: vec![
            event(number, if number.is_multiple_of(3) { "blue" } else { "green" }),
            event(number + 1000, "green"),
        ],
        ..UnitOfWork::default()
    };
    let answers = all((0..90).map(|number| store.commit(unit(number))).collect()).await;
    answers.into_iter().for_each(|answer| drop(answer.unwrap()));
    for (tenant, length) in [("blue", 30), ("green", 150), ("red", 0)] {
        let links = links(store, tenant).await;
        verify(&links, length);
    }
}

/// A unit that is refused takes its events back, and the chain goes on where it was.
pub async fn a_refused_unit_leaves_no_gap_in_the_chain(store: &dyn Store) {
    let sample = Sample::publish(store).await;
    let unit = |number: usize| {
        let statement = match number % 4 {
            1 => sample.customer(0),
            2 => sample.invoice(u32::try_from(number).unwrap(), Some(404)),
            _ => sample.customer(i64::try_from(number).unwrap()),
        };
        UnitOfWork { audit: vec![event(number, "default")], ..one(statement) }
    };
    store.commit(unit(0)).await.unwrap();
    let answers = all((1..80).map(|number| store.commit(unit(number))).collect()).await;
    for (answer, number) in answers.into_iter().zip(1..) {
        assert_eq!(answer.is_ok(), number % 4 == 0 || number % 4 == 3, "{number}");
    }
    let links = links(store, "default").await;
    verify(&links, 40);
}

/// No statement changes or removes an event; a payload can be erased and the chain stays whole.
pub async fn the_audit_is_append_only(store: &dyn Store) {
    let work = UnitOfWork { audit: (0..3).map(|number| event(number, "default")).collect(), ..UnitOfWork::default() };
    store.commit(work).await.unwrap();
    let before = links(store, "default").await;
    let forbidden = [
        "DELETE FROM meta_audit",
        "DELETE FROM meta_audit WHERE seq = 3",
        "UPDATE meta_audit SET user_id = 'eve'",
        "UPDATE meta_audit SET details = '{}'",
        "UPDATE meta_audit SET details = NULL, error_message = 'none'",
        "UPDATE meta_audit SET seq = seq + 1 WHERE seq = 3",
    ];
    for sql in forbidden {
        assert!(matches!(refused(store.commit(one(Statement::new(sql, vec![]))).await), Refused::Check(_)), "{sql}");
    }
    assert_eq!(links(store, "default").await, before);
    store.commit(one(meta::erase_audit_details(store.dialect(), "evt_default_1"))).await.unwrap();
    let after = links(store, "default").await;
    verify(&after, 3);
    assert_eq!(after[1].event.details, None);
    assert_eq!((&after[0], &after[2]), (&before[0], &before[2]));
}
