//! Types of expressions.

use crate::EntityIndex;
use std::fmt;
use std::sync::Arc;

/// The type of an expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// Known at run time only; standard profile.
    Dyn,
    /// `null`
    Null,
    /// `bool`
    Bool,
    /// `int`: 64 bits
    Int,
    /// `uint`: 64 bits; standard profile
    Uint,
    /// `double`
    Double,
    /// `string`
    String,
    /// `bytes`
    Bytes,
    /// `google.protobuf.Timestamp`, an instant
    Timestamp,
    /// `google.protobuf.Duration`
    Duration,
    /// `list(T)`
    List(Arc<Type>),
    /// `map(K, V)`
    Map(Arc<Type>, Arc<Type>),
    /// `optional_type(T)`
    Optional(Arc<Type>),
    /// `type(T)`: a type as a value
    Type(Arc<Type>),
    /// An abstract type of an extension (`net.IP`), or an enum of the standard profile.
    Opaque(Arc<str>),
    /// A type variable of a signature (`A`); never the type of a checked node.
    Param(Arc<str>),
    /// An exact decimal; model profile
    Decimal,
    /// A calendar date without zone; model profile
    Date,
    /// A time of day without zone; model profile
    Time,
    /// A UUID; model profile
    Uuid,
    /// A text that is one of these; model profile
    Enum(Arc<[Arc<str>]>),
    /// A record; model profile
    Record(EntityIndex),
    /// A reference: compared it is the id of its target, walked it is the target's record; model profile
    Reference(EntityIndex, Arc<Type>),
    /// `T` or null; model profile
    Nullable(Arc<Type>),
    /// JSON that no type is known of: may be asked for being there only; model profile
    Json,
    /// An attribute of `principal` or `context` whose type is taken from what it is used with; model profile, never
    /// the type of a node of a tree without problems.
    Attribute,
    /// After a problem was reported: fits everything, so that one mistake is told once.
    Wrong,
}

impl Type {
    /// The type of a value that is there: without null.
    pub fn present(&self) -> &Type {
        match self {
            Type::Nullable(inner) => inner.present(),
            other => other,
        }
    }

    /// The same or null.
    #[must_use]
    pub fn or_null(self) -> Type {
        match self {
            Type::Nullable(_) | Type::Null | Type::Wrong | Type::Dyn => self,
            other => Type::Nullable(Arc::new(other)),
        }
    }

    /// Whether null is a value of it.
    pub fn is_nullable(&self) -> bool {
        matches!(self, Type::Nullable(_) | Type::Null)
    }

    /// What it is compared as: without null, a reference as the id of its target.
    pub fn compared(&self) -> &Type {
        match self.present() {
            Type::Reference(_, id) => id.compared(),
            other => other,
        }
    }
}

impl fmt::Display for Type {
    /// As it is written in signatures and messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Dyn => f.write_str("dyn"),
            Type::Null => f.write_str("null"),
            Type::Bool => f.write_str("bool"),
            Type::Int => f.write_str("int"),
            Type::Uint => f.write_str("uint"),
            Type::Double => f.write_str("double"),
            Type::String => f.write_str("string"),
            Type::Bytes => f.write_str("bytes"),
            Type::Timestamp => f.write_str("timestamp"),
            Type::Duration => f.write_str("duration"),
            Type::List(element) => write!(f, "list({element})"),
            Type::Map(key, value) => write!(f, "map({key}, {value})"),
            Type::Optional(inner) => write!(f, "optional({inner})"),
            Type::Type(inner) => write!(f, "type({inner})"),
            Type::Opaque(name) | Type::Param(name) => f.write_str(name),
            Type::Decimal => f.write_str("decimal"),
            Type::Date => f.write_str("date"),
            Type::Time => f.write_str("time"),
            Type::Uuid => f.write_str("uuid"),
            Type::Enum(_) => f.write_str("enum"),
            Type::Record(_) => f.write_str("record"),
            Type::Reference(_, id) => write!(f, "reference({id})"),
            Type::Nullable(inner) => write!(f, "{inner} or null"),
            Type::Json => f.write_str("json"),
            Type::Attribute => f.write_str("attribute"),
            Type::Wrong => f.write_str("unknown"),
        }
    }
}
