//! The unit of work: guards, operations and audit as data.

use maq_audit::AuditEvent;
use maq_query::outbox::OutboxEvent;
use maq_query::{SqlValue, Statement};
use std::sync::Arc;

/// The rows of a read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows(pub Vec<Vec<SqlValue>>);

/// A condition that must hold inside the transaction before anything is done.
#[derive(Debug, Clone)]
pub struct Guard {
    /// A read.
    pub statement: Statement,
    /// The rows it must answer; `None` asks for at least one row.
    pub expect: Option<Vec<Vec<SqlValue>>>,
    /// What the refusal says.
    pub otherwise: Refused,
}

/// One write.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The write, perhaps with RETURNING.
    pub statement: Statement,
    /// Rows it must touch (or return), and what the refusal says otherwise.
    pub expect_rows: Option<(u64, Refused)>,
}

impl From<Statement> for Operation {
    fn from(statement: Statement) -> Self {
        Operation { statement, expect_rows: None }
    }
}

/// Many rows through one statement, pulled while the transaction runs.
pub struct Bulk {
    /// The statement; its binds are replaced by each row.
    pub statement: Statement,
    /// The rows. An error rolls everything back and is answered.
    pub rows: Box<dyn Iterator<Item = Result<Vec<SqlValue>, Refused>> + Send>,
}

/// Why a unit of work was refused: data for the use case that made it, which knows the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// A guard or an expected count did not hold; the use case gave the tag.
    Guard(&'static str),
    /// A unique key is taken: the physical index or columns, as the database names them.
    Unique(String),
    /// A foreign key points nowhere, or something still points here.
    ForeignKey(String),
    /// A CHECK did not hold.
    Check(String),
    /// A NOT NULL column got nothing.
    NotNull(String),
    /// A source of bulk rows failed, in its own words.
    Source(String),
    /// The caller cancelled.
    Cancelled,
}

/// What follows from the rows that a unit's operations returned.
#[derive(Debug, Clone, Default)]
pub struct Sequel {
    /// Writes, in order; reads too, as questions to what the unit leaves behind.
    pub operations: Vec<Operation>,
    /// Events for the outside.
    pub outbox: Vec<OutboxEvent>,
}

/// Makes the sequel of a unit from what its operations returned, inside the transaction; a refusal rolls everything
/// back. It must be quick and answer the same for the same rows: a unit that collided with another is run again.
pub type Follow = Arc<dyn Fn(&[Rows]) -> Result<Sequel, Refused> + Send + Sync>;

/// Guards, schema, operations, bulk rows, audit and outbox: committed at once or not at all, in this order. Audit events are
/// sealed into their tenant's chain inside the transaction.
#[derive(Default)]
pub struct UnitOfWork {
    /// Conditions.
    pub guards: Vec<Guard>,
    /// Schema changes, already written as SQL. When any is there, foreign keys are checked once at the end.
    pub schema: Vec<Statement>,
    /// Writes, in order.
    pub operations: Vec<Operation>,
    /// What follows from the rows they returned, after them.
    pub follow: Option<Follow>,
    /// Bulk rows, after the operations.
    pub bulk: Vec<Bulk>,
    /// Audit events of the change.
    pub audit: Vec<AuditEvent>,
    /// Events for the outside, relayed after the commit.
    pub outbox: Vec<OutboxEvent>,
    /// What other processes over the same store must hear of: `workspace`, `releases`, `access`, ...
    pub topics: Vec<&'static str>,
}

impl UnitOfWork {
    /// A unit of these writes.
    pub fn of(operations: impl IntoIterator<Item = Statement>) -> UnitOfWork {
        UnitOfWork { operations: operations.into_iter().map(Operation::from).collect(), ..UnitOfWork::default() }
    }
}

/// What a committed unit of work answers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Receipt {
    /// The rows each operation returned (empty without RETURNING), in order.
    pub returned: Vec<Rows>,
    /// The rows each operation of the sequel returned, in order.
    pub followed: Vec<Rows>,
    /// Rows each bulk wrote.
    pub bulk: Vec<u64>,
}
