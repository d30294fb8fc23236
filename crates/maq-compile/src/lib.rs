//! Documents in, model and findings out, as named stages.
