//! Reading foreign databases: the catalogue as it is, a profile of what columns really hold, and rows. Read-only,
//! always. What becomes of it is `maq-interop`'s question.

pub mod native;
pub mod readings;
pub mod sql_text;

pub use maq_query::SqlValue;
pub use native::{NativeType, SourceOther};

/// Why a source cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// Nothing is there.
    #[error("there is no `{0}`")]
    NotFound(String),
    /// Something else is there.
    #[error("`{location}` is not a database: {reason}")]
    NotADatabase {
        /// Where.
        location: String,
        /// Why.
        reason: String,
    },
    /// It breaks off or is damaged.
    #[error("`{location}` is damaged: {reason}")]
    Damaged {
        /// Where.
        location: String,
        /// What was found.
        reason: String,
    },
    /// It is a Maquette store itself.
    #[error("`{0}` is a Maquette store; open it instead of importing it")]
    OwnStore(String),
    /// Locked, not permitted, gone.
    #[error("`{location}` cannot be read: {reason}")]
    Unreadable {
        /// Where.
        location: String,
        /// Why.
        reason: String,
    },
}

/// Everything the source's catalogue holds, in its order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceCatalogue {
    /// Tables, virtual ones included.
    pub tables: Vec<SourceTable>,
    /// Views.
    pub views: Vec<SourceObject>,
    /// Triggers.
    pub triggers: Vec<SourceObject>,
    /// Everything else that has a name.
    pub others: Vec<SourceOther>,
}

/// A view or trigger.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceObject {
    /// Its name.
    pub name: String,
    /// The table a trigger is on.
    pub table: Option<String>,
    /// Its text.
    pub sql: String,
}

/// A table of the source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceTable {
    /// Its name; with its schema before it where two tables of the catalogue have one name.
    pub name: String,
    /// The schema it lies in, in sources that have schemas. Names of such sources are told apart by case.
    pub schema: Option<String>,
    /// What people wrote about it.
    pub comment: Option<String>,
    /// Why its rows may not be read, when they may not.
    pub unreadable: Option<String>,
    /// Tables it inherits from; the rows here are its own alone.
    pub inherits: Vec<String>,
    /// How it is divided, when its rows lie in partitions.
    pub partitioned: Option<String>,
    /// Its text.
    pub sql: String,
    /// Columns in order, hidden and generated ones included.
    pub columns: Vec<SourceColumn>,
    /// Names of the key columns in key order; empty without a key.
    pub primary_key: Vec<String>,
    /// Foreign keys.
    pub foreign_keys: Vec<SourceForeignKey>,
    /// Unique constraints and unique indexes, the primary key's own not.
    pub uniques: Vec<SourceIndex>,
    /// Other indexes.
    pub indexes: Vec<SourceIndex>,
    /// Check constraints as text, without the word CHECK and its brackets.
    pub checks: Vec<String>,
    /// A virtual table (full text, R-tree): its module. Virtual tables and the tables behind them count as one object
    /// each; their columns, keys and indexes are not listed.
    pub virtual_module: Option<String>,
    /// A table a virtual one keeps its data in: the virtual table's name.
    pub shadow_of: Option<String>,
    /// Rows, counted.
    pub row_count: u64,
}

/// A column of the source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceColumn {
    /// Its name.
    pub name: String,
    /// Its type as written; may be empty.
    pub declared_type: String,
    /// NOT NULL.
    pub not_null: bool,
    /// DEFAULT as SQL text.
    pub default: Option<String>,
    /// GENERATED.
    pub generated: bool,
    /// COLLATE, when not binary.
    pub collation: Option<String>,
    /// What its values are, in sources where the type alone says so.
    pub native: Option<NativeType>,
    /// What people wrote about it.
    pub comment: Option<String>,
    /// `identity` or `serial`, when the source draws its numbers.
    pub identity: Option<&'static str>,
}

/// A foreign key of the source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceForeignKey {
    /// Referring columns.
    pub columns: Vec<String>,
    /// The table referred to; may not exist.
    pub target: String,
    /// Columns referred to, resolved to the target's key when left out.
    pub target_columns: Vec<String>,
    /// `NO ACTION`, `RESTRICT`, `CASCADE`, `SET NULL`, `SET DEFAULT`.
    pub on_delete: String,
    /// The same for updates.
    pub on_update: String,
    /// Rows whose columns are all filled and for which the target, where its columns are a key, has no row with exactly
    /// equal values (same type, same bytes).
    pub orphans: u64,
    /// May be checked at the end of a transaction only.
    pub deferrable: bool,
}

/// An index or unique constraint of the source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceIndex {
    /// Its name; unique constraints have one made by the database.
    pub name: String,
    /// Columns in order; `None` for an expression.
    pub columns: Vec<Option<String>>,
    /// WHERE of a partial index.
    pub partial: bool,
    /// True for a constraint of the table's text, false for CREATE INDEX.
    pub constraint: bool,
    /// At least one column is in descending order.
    pub descending: bool,
    /// A collation other than binary, when one is used.
    pub collation: Option<String>,
    /// How it searches, when not as an ordered index.
    pub method: Option<String>,
    /// Empty values count as equal.
    pub nulls_not_distinct: bool,
}

/// What a column really holds, over all rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ColumnProfile {
    /// Rows with NULL.
    pub nulls: u64,
    /// Rows with a whole number.
    pub integers: u64,
    /// Rows with a double.
    pub reals: u64,
    /// Rows with text.
    pub texts: u64,
    /// Rows with bytes.
    pub blobs: u64,
    /// Least and largest whole number.
    pub integer_range: Option<(i64, i64)>,
    /// Most characters of a text, most bytes of a blob.
    pub max_length: u64,
    /// Text rows that are dates `YYYY-MM-DD`.
    pub date_texts: u64,
    /// Text rows that are instants `YYYY-MM-DD[ T]HH:MM[:SS[.fff]][Z]`, dates alone included.
    pub instant_texts: u64,
    /// Most digits after the point that a numeric value shows, when every numeric value prints shortly.
    pub max_scale: Option<u32>,
    /// Most digits before the point.
    pub max_whole_digits: u32,
    /// Text rows that are not valid UTF-8.
    pub invalid_texts: u64,
    /// Least characters of a text, least bytes of a blob.
    pub min_length: u64,
    /// Text rows that are times `HH:MM[:SS[.fff]]`.
    pub time_texts: u64,
    /// Text rows that are UUIDs in lower case with dashes; counted where the declared type speaks of UUIDs.
    pub uuid_texts: u64,
    /// Text rows that are compact JSON; counted where the declared type speaks of JSON.
    pub json_texts: u64,
    /// Least and largest number, whole ones and doubles together.
    pub number_range: Option<(f64, f64)>,
    /// Doubles that are infinite.
    pub infinite: u64,
    /// In how many ways dates and times are written (length, separator, zone); texts that are no instants not counted.
    pub instant_shapes: u32,
    /// Text rows that are durations `PT1.5S`; counted where the type is an interval.
    pub duration_texts: u64,
    /// All different texts, when they are few and short.
    pub few_texts: Option<Vec<String>>,
}

impl ColumnProfile {
    /// Rows that are not NULL.
    pub fn filled(&self) -> u64 {
        self.integers + self.reals + self.texts + self.blobs
    }
}

/// How a column of the answer is made: as it is, or looked up through a foreign key whose target columns are not the
/// target's key.
#[derive(Debug, Clone, PartialEq)]
pub enum Pick {
    /// The table's own column.
    Column(String),
    /// What tells a row from others in one snapshot (SQLite's rowid, Postgres's ctid), for tables without a key.
    RowId,
    /// `want` of the row in `target` whose `target_columns` equal our `columns`.
    Lookup {
        /// Our columns.
        columns: Vec<String>,
        /// The table referred to.
        target: String,
        /// Its columns that ours equal.
        target_columns: Vec<String>,
        /// Its column wanted; `rowid` means its row's number where it has no such column.
        want: String,
    },
}

/// Rows of a source, pulled one by one.
pub type SourceRows = Box<dyn Iterator<Item = Result<Vec<SqlValue>, SourceError>> + Send>;

/// A foreign database, opened read-only. Calls block; hosts run them off the async threads.
pub trait SourceReader: Send + Sync {
    /// Where it is, without secrets, for people.
    fn location(&self) -> String;

    /// The whole catalogue.
    fn catalogue(&self) -> Result<SourceCatalogue, SourceError>;

    /// What each column of `table` really holds, in the order of its columns.
    fn profile(&self, table: &SourceTable) -> Result<Vec<ColumnProfile>, SourceError>;

    /// All rows of `table` with the picked columns, over one consistent snapshot. Invalid UTF-8 comes as bytes.
    fn rows(&self, table: &SourceTable, picks: &[Pick]) -> Result<SourceRows, SourceError>;
}
