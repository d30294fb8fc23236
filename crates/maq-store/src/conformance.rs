//! What every store must do, as functions that panic where one does not. An adapter's tests hand in a factory of fresh
//! stores and call [`run_all`]; each function also runs alone.
//!
//! Statements come from `maq-query` over a small model made by hand, so the suite holds for every dialect.

// These functions are tests that live in a library.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod audit;
mod decisions;
mod records;
mod sample;
mod schema;
mod units;

pub use audit::{
    a_refused_unit_leaves_no_gap_in_the_chain, audit_events_are_sealed_per_tenant, the_audit_is_append_only,
};
pub use decisions::{
    a_store_keeps_a_secret, decisions_are_cut_from_the_old_end, decisions_are_read_by_their_tenant_and_realm,
};
pub use records::{
    a_record_lives_from_insert_to_delete, a_statement_without_its_scope_is_not_run, cursors_walk_the_whole_list_once,
    deleting_a_target_does_what_its_references_say, filters_mean_the_same_everywhere,
    records_of_other_tenants_do_not_exist,
};
pub use sample::Sample;
pub use schema::{
    a_rebuild_keeps_every_row, a_reference_can_be_added_to_rows_that_are_there,
    a_schema_unit_that_fails_changes_nothing, a_widened_column_reads_as_before, widening_a_decimal_keeps_its_values,
};
pub use units::{
    a_guard_refuses_and_nothing_is_done, a_refused_unit_leaves_its_neighbours_alone,
    a_unit_is_done_whole_or_not_at_all, an_unexpected_row_count_is_refused, bulk_rows_are_all_or_nothing,
    circles_of_references_fit_into_one_unit, concurrent_commits_are_all_there, reads_see_only_what_is_committed,
    refusals_name_what_was_violated, what_follows_is_part_of_the_unit,
};

use crate::{Store, StoreError, UnitOfWork};
use maq_query::Statement;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

/// Runs every property, each on a fresh store.
pub async fn run_all(fresh: impl AsyncFn() -> Arc<dyn Store>) {
    macro_rules! run {
        ($($property:ident),* $(,)?) => {
            $({
                let store = fresh().await;
                $property(&*store).await;
                assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new(), stringify!($property));
                store.close().await;
            })*
        };
    }
    run!(
        a_unit_is_done_whole_or_not_at_all,
        what_follows_is_part_of_the_unit,
        a_guard_refuses_and_nothing_is_done,
        an_unexpected_row_count_is_refused,
        a_refused_unit_leaves_its_neighbours_alone,
        concurrent_commits_are_all_there,
        bulk_rows_are_all_or_nothing,
        reads_see_only_what_is_committed,
        refusals_name_what_was_violated,
        circles_of_references_fit_into_one_unit,
        audit_events_are_sealed_per_tenant,
        a_refused_unit_leaves_no_gap_in_the_chain,
        the_audit_is_append_only,
        a_rebuild_keeps_every_row,
        a_reference_can_be_added_to_rows_that_are_there,
        a_schema_unit_that_fails_changes_nothing,
        widening_a_decimal_keeps_its_values,
        a_widened_column_reads_as_before,
        a_record_lives_from_insert_to_delete,
        records_of_other_tenants_do_not_exist,
        a_statement_without_its_scope_is_not_run,
        cursors_walk_the_whole_list_once,
        filters_mean_the_same_everywhere,
        deleting_a_target_does_what_its_references_say,
        decisions_are_read_by_their_tenant_and_realm,
        decisions_are_cut_from_the_old_end,
        a_store_keeps_a_secret,
    );
    let store = fresh().await;
    store.close().await;
    assert!(store.read(Statement::new("SELECT 1", vec![])).await.is_err(), "a closed store still reads");
    assert!(store.commit(UnitOfWork::default()).await.is_err(), "a closed store still writes");
}

/// The refusal behind an answer.
fn refused<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> crate::Refused {
    match answer {
        Err(StoreError::Refused(refused)) => refused,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// All answers, with the futures running side by side.
async fn all<T>(futures: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut futures: Vec<Pin<Box<_>>> = futures.into_iter().map(Box::pin).collect();
    let mut answers: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, answer) in futures.iter_mut().zip(&mut answers) {
            if answer.is_none()
                && let Poll::Ready(value) = future.as_mut().poll(context)
            {
                *answer = Some(value);
            }
        }
        if answers.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    answers.into_iter().flatten().collect()
}
