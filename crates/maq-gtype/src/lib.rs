//! Runtime types and the only record validator, compiled from the model.
