//! The window's entry point; everything is in the library beside it.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    maquette_studio::run()
}
