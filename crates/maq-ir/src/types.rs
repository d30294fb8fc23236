//! The closed types of the model.

use crate::EntityIdx;
use maq_value::Kind;

/// The type of a field, resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldType {
    /// Short text.
    String,
    /// Long text.
    Text,
    /// Whole number within 2^53.
    Integer,
    /// Whole number of 64 bits.
    BigInt,
    /// Double.
    Number,
    /// Exact decimal.
    Decimal {
        /// Digits in all, 1 to 28.
        precision: u32,
        /// Digits after the point.
        scale: u32,
    },
    /// Truth value.
    Boolean,
    /// Calendar date.
    Date,
    /// Time of day.
    Time,
    /// UTC instant.
    DateTime,
    /// Span in microseconds.
    Duration,
    /// UUID.
    Uuid,
    /// One of a list of texts.
    Enum(Vec<String>),
    /// The id of a record of another entity.
    Reference {
        /// The entity it points to.
        target: EntityIdx,
        /// The target's identity, which is the type of the value.
        identity: IdentityType,
        /// What deleting the target does.
        on_delete: OnDelete,
    },
    /// Any JSON; `object` and `list` are JSON restricted to one shape.
    Json,
    /// A JSON object.
    Object,
    /// A JSON array.
    List,
    /// Bytes.
    Bytes,
}

impl FieldType {
    /// The kind of its values.
    pub fn kind(&self) -> Kind {
        match self {
            FieldType::String | FieldType::Text | FieldType::Enum(_) => Kind::Text,
            FieldType::Integer => Kind::Integer,
            FieldType::BigInt => Kind::BigInt,
            FieldType::Number => Kind::Number,
            FieldType::Decimal { .. } => Kind::Decimal,
            FieldType::Boolean => Kind::Bool,
            FieldType::Date => Kind::Date,
            FieldType::Time => Kind::Time,
            FieldType::DateTime => Kind::Instant,
            FieldType::Duration => Kind::Duration,
            FieldType::Uuid => Kind::Uuid,
            FieldType::Reference { identity, .. } => identity.kind(),
            FieldType::Json | FieldType::Object | FieldType::List => Kind::Json,
            FieldType::Bytes => Kind::Bytes,
        }
    }

    /// The word used in documents.
    pub fn word(&self) -> &'static str {
        match self {
            FieldType::String => "string",
            FieldType::Text => "text",
            FieldType::Integer => "integer",
            FieldType::BigInt => "bigint",
            FieldType::Number => "number",
            FieldType::Decimal { .. } => "decimal",
            FieldType::Boolean => "boolean",
            FieldType::Date => "date",
            FieldType::Time => "time",
            FieldType::DateTime => "datetime",
            FieldType::Duration => "duration",
            FieldType::Uuid => "uuid",
            FieldType::Enum(_) => "enum",
            FieldType::Reference { .. } => "reference",
            FieldType::Json => "json",
            FieldType::Object => "object",
            FieldType::List => "list",
            FieldType::Bytes => "bytes",
        }
    }
}

/// How records are identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentityType {
    /// UUID version 7, drawn by the server.
    Uuid,
    /// A whole number; the server takes the next one when a create gives none.
    Integer,
    /// Text; a create must give it.
    Text,
}

impl IdentityType {
    /// The kind of its values.
    pub fn kind(self) -> Kind {
        match self {
            IdentityType::Uuid => Kind::Uuid,
            IdentityType::Integer => Kind::BigInt,
            IdentityType::Text => Kind::Text,
        }
    }
}

/// What deleting the target of a reference does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OnDelete {
    /// Refuses while records point to it.
    #[default]
    Restrict,
    /// Deletes the records that point to it.
    Cascade,
    /// Empties their reference.
    SetNull,
}

/// What kind of data an entity holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Class {
    /// Long-lived things: customers, products.
    #[default]
    Master,
    /// Code lists.
    Reference,
    /// Things with a lifecycle: invoices.
    Document,
    /// Append-only: records are created and read, never changed.
    Log,
}

/// How careful one must be with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Classification {
    /// For everyone.
    Public,
    /// For everyone inside.
    #[default]
    Internal,
    /// About a person.
    Personal,
    /// For very few.
    Secret,
}

/// How an empty column reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Absent {
    /// As null.
    #[default]
    Null,
    /// As missing: the key is left out.
    Missing,
}

/// Whether a policy allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Effect {
    /// Allows.
    Allow,
    /// Denies.
    #[default]
    Deny,
}

/// A known format of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextFormat {
    /// `local@domain`.
    Email,
    /// An absolute URL.
    Url,
    /// Digits with an optional plus, spaces, dots, dashes and brackets.
    Phone,
    /// A UUID as text.
    Uuid,
    /// Lower-case letters, digits and dashes.
    Slug,
    /// A host name (RFC 1123).
    Hostname,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
}
