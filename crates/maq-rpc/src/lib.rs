//! Wire type to use case to wire type, and the router.
