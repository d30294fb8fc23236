//! Foreign schemas to documents, pure.
