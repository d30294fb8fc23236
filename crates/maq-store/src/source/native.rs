//! What sources with strict types say beyond SQLite's words: a column's type alone tells what its values are, and there
//! are more kinds of objects.

/// What the values of a column are. A row has them as: whole numbers and truth values as [`SqlValue::Integer`], doubles
/// as [`SqlValue::Real`] (those that are no number as text), bytes as [`SqlValue::Blob`], all others as text in the form
/// that [`readings`] read, where one can say it exactly, else as the source writes them.
///
/// [`SqlValue::Integer`]: super::SqlValue::Integer
/// [`SqlValue::Real`]: super::SqlValue::Real
/// [`SqlValue::Blob`]: super::SqlValue::Blob
/// [`readings`]: super::readings
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NativeType {
    /// Whole numbers of up to 64 bits.
    Whole,
    /// Doubles and shorter ones.
    Double,
    /// Exact numbers, with digits in all and after the point when limited.
    Decimal {
        /// Digits in all and after the point.
        limits: Option<(u32, u32)>,
    },
    /// Money: exact numbers in a currency that the type does not name.
    Money,
    /// Truth values.
    Boolean,
    /// Text, with its longest length.
    Text(Option<u64>),
    /// Text filled up with blanks to a length; the blanks at the end are taken off.
    Filled(u64),
    /// Text that its type compares without regard to case.
    CaselessText,
    /// Bytes.
    Bytes,
    /// Calendar dates.
    Date,
    /// Times of day.
    Time,
    /// Dates with times of day, without a zone.
    LocalMoment,
    /// Instants.
    Moment,
    /// Spans of time, perhaps with months.
    Interval,
    /// UUIDs.
    Uuid,
    /// One of these labels.
    Enum(Vec<String>),
    /// JSON.
    Json,
    /// Arrays, as JSON.
    List,
    /// Rows of a composite type, as JSON.
    Object,
    /// Anything else, as text.
    Other,
}

/// An object of the source that is no table, view or trigger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceOther {
    /// `materializedView`, `sequence`, `function`, `enum`, `domain` …
    pub kind: &'static str,
    /// The table it is on.
    pub table: Option<String>,
    /// Its name.
    pub name: String,
    /// What it comes in as, when it does; else it stays out.
    pub became: Option<&'static str>,
}
