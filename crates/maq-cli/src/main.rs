//! The `maquette` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    maq_cli::main()
}
