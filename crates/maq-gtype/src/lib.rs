//! Runtime types and the only record validator, compiled from the model.
//!
//! What is here: reading a JSON object as a record of an entity, checking typed rows, and every limit a field can
//! have. All findings come at once. What is not: uniqueness and references, which only a store can check, and rules
//! with a condition.

mod accept;
mod field;
mod find;
mod format;
mod limit;
mod validator;

pub use find::holds_null;
pub use validator::{MAX_ID_BYTES, Validator};
