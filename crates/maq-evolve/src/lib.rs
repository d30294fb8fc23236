//! Model against model: classified changes and the schema operations they need.
