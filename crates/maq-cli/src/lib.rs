//! The maquette command.
