//! The `maquette` command: arguments in, one outcome out, with the exit code that scripts rely on.
//!
//! What is here: the command tree, opening workspaces and servers, and words for people. Data goes to stdout, messages
//! and progress to stderr; with `--json` stdout gets one object. What is not: rules. Each command asks the same command
//! table the studio asks, or the use case of its name.

mod answer;
mod args;
mod commands;
mod exit;
mod failure;
mod output;
mod progress;
mod prompt;
mod render;
mod samples;
mod session;

use args::Cli;
use clap::Parser;
use failure::Failure;
use output::Output;
use std::io::IsTerminal;
use std::process::ExitCode;

/// Runs the command of this process's arguments.
pub fn main() -> ExitCode {
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let wants_json = arguments.iter().any(|argument| argument == "--json");
    if let Err(failure) = prompt::refuse_secrets(&arguments) {
        return Output::new(wants_json).fail(&failure);
    }
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) if wants_json && error.use_stderr() => {
            let failure = Failure::usage("usage/arguments", first_line(&error.to_string()), "see `maquette --help`");
            return Output::new(true).fail(&failure);
        }
        Err(error) => error.exit(),
    };
    log_to_stderr();
    let output = Output::new(cli.json);
    if !cli.no_input && std::io::stdin().is_terminal() {
        maq_host::ask_passphrases_with(std::sync::Arc::new(prompt::passphrase));
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output.fail(&maq_app::AppError::fault(error).into()),
    };
    let code = match runtime.block_on(commands::run(cli, &output)) {
        Ok(done) => output.finish(&done),
        Err(failure) => output.fail(&failure),
    };
    // A read of the terminal that nobody answers must not keep the process.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    code
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// Faults are logged as `MAQUETTE_LOG` says, warnings and worse without it.
fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("MAQUETTE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    let written = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    // A second subscriber in the same process is a test's.
    drop(written);
}
