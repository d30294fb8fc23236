//! The one place that writes SQL: data requests, meta statements and schema operations become text and binds per
//! dialect. It opens no connection and knows no driver; store adapters run what is written here.

pub mod audit;
mod cells;
pub mod codec;
pub mod ddl;
pub mod decisions;
pub mod idempotency;
pub mod meta;
pub mod outbox;
pub mod predicate;
pub mod record;
mod statement;
mod tables;

pub use cells::{PackedRow, PackedRows, Row, SqlRef};
pub use statement::{Dialect, SqlValue, Statement, quote};
pub use tables::Tables;
