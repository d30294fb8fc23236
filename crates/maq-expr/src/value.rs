//! Values during evaluation. Texts are borrowed from the record or the tree where they can be.

mod compare;
mod read;
mod timestamp;

pub use timestamp::Timestamp;
pub(crate) use timestamp::parse_date;

use jiff::SignedDuration;
use maq_value::{Date, Decimal, Time, Uuid};
use std::borrow::Cow;
use std::sync::Arc;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Val<'a> {
    /// `null`
    Null,
    /// `bool`
    Bool(bool),
    /// `int`
    Int(i64),
    /// `uint`
    Uint(u64),
    /// `double`
    Double(f64),
    /// `string`
    String(Cow<'a, str>),
    /// `bytes`
    Bytes(Cow<'a, [u8]>),
    /// `list`
    List(Arc<[Val<'a>]>),
    /// `map`, in the order it was made; keys are bool, int, uint or string
    Map(Arc<[(Val<'a>, Val<'a>)]>),
    /// An instant
    Timestamp(Timestamp),
    /// A span of time
    Duration(SignedDuration),
    /// An exact decimal
    Decimal(Decimal),
    /// A calendar date
    Date(Date),
    /// A time of day
    Time(Time),
    /// A UUID
    Uuid(Uuid),
    /// A type as a value, by its name
    Type(Arc<str>),
    /// An optional
    Optional(Option<Arc<Val<'a>>>),
    /// A value of an extension's type: the type's name, and its canonical text
    Opaque(Arc<str>, Arc<str>),
    /// A record with what it leads to
    Record(&'a crate::Row),
    /// Records that refer to one
    Records(&'a [crate::Row]),
}

impl<'a> Val<'a> {
    /// The same value, its text borrowed from this one.
    pub fn borrowed(&'a self) -> Val<'a> {
        match self {
            Val::String(text) => Val::String(Cow::Borrowed(text)),
            Val::Bytes(bytes) => Val::Bytes(Cow::Borrowed(bytes)),
            other => other.clone(),
        }
    }

    /// The same value, borrowing nothing. A record becomes a map of its fields, and records a list of them.
    pub fn into_owned(self) -> Val<'static> {
        match self {
            Val::Null => Val::Null,
            Val::Bool(value) => Val::Bool(value),
            Val::Int(value) => Val::Int(value),
            Val::Uint(value) => Val::Uint(value),
            Val::Double(value) => Val::Double(value),
            Val::String(text) => Val::String(Cow::Owned(text.into_owned())),
            Val::Bytes(bytes) => Val::Bytes(Cow::Owned(bytes.into_owned())),
            Val::List(items) => Val::List(items.iter().map(|item| item.clone().into_owned()).collect()),
            Val::Map(entries) => {
                let owned = |(key, value): &(Val<'_>, Val<'_>)| (key.clone().into_owned(), value.clone().into_owned());
                Val::Map(entries.iter().map(owned).collect())
            }
            Val::Timestamp(value) => Val::Timestamp(value),
            Val::Duration(value) => Val::Duration(value),
            Val::Decimal(value) => Val::Decimal(value),
            Val::Date(value) => Val::Date(value),
            Val::Time(value) => Val::Time(value),
            Val::Uuid(value) => Val::Uuid(value),
            Val::Type(name) => Val::Type(name),
            Val::Optional(None) => Val::Optional(None),
            Val::Optional(Some(value)) => Val::Optional(Some(Arc::new((*value).clone().into_owned()))),
            Val::Opaque(kind, text) => Val::Opaque(kind, text),
            Val::Record(row) => Val::of_row(row).into_owned(),
            Val::Records(rows) => Val::List(rows.iter().map(|row| Val::of_row(row).into_owned()).collect()),
        }
    }

    /// The name of its type, as `type(x)` gives it.
    pub fn type_name(&self) -> &str {
        match self {
            Val::Null => "null_type",
            Val::Bool(_) => "bool",
            Val::Int(_) => "int",
            Val::Uint(_) => "uint",
            Val::Double(_) => "double",
            Val::String(_) => "string",
            Val::Bytes(_) => "bytes",
            Val::List(_) | Val::Records(_) => "list",
            Val::Map(_) => "map",
            Val::Timestamp(_) => "google.protobuf.Timestamp",
            Val::Duration(_) => "google.protobuf.Duration",
            Val::Decimal(_) => "decimal",
            Val::Date(_) => "date",
            Val::Time(_) => "time",
            Val::Uuid(_) => "uuid",
            Val::Type(_) => "type",
            Val::Optional(_) => "optional_type",
            Val::Opaque(kind, _) => kind,
            Val::Record(_) => "record",
        }
    }

    /// Steps for a copy: a text that is not borrowed is copied whole, everything else is shared.
    pub(crate) fn copying(&self) -> u64 {
        match self {
            Val::String(Cow::Owned(text)) => text.len() as u64 / 64,
            Val::Bytes(Cow::Owned(bytes)) => bytes.len() as u64 / 64,
            _ => 0,
        }
    }

    /// How much it holds: its elements, theirs, and bytes of text by sixteen. Counting ends at `most`, for a value may
    /// share its parts many times over.
    pub(crate) fn weight(&self, most: u64) -> u64 {
        let mut left = most;
        self.weigh(&mut left);
        most - left
    }

    fn weigh(&self, left: &mut u64) {
        let own = match self {
            Val::String(text) => text.len() / 16,
            Val::Bytes(bytes) => bytes.len() / 16,
            Val::List(items) => items.len(),
            Val::Map(entries) => entries.len() * 2,
            Val::Record(row) => row.record.0.len(),
            Val::Records(rows) => rows.iter().map(|row| row.record.0.len()).sum(),
            _ => return,
        };
        *left = left.saturating_sub(own as u64);
        let mut inner = |value: &Val<'a>| {
            if *left > 0 {
                value.weigh(left);
            }
        };
        match self {
            Val::List(items) => items.iter().for_each(inner),
            Val::Map(entries) => entries.iter().for_each(|(key, value)| {
                inner(key);
                inner(value);
            }),
            _ => {}
        }
    }

    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Val<'a> {
        Val::String(text.into())
    }

    pub(crate) fn list(items: Vec<Val<'a>>) -> Val<'a> {
        Val::List(items.into())
    }
}
