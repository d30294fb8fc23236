//! The commands, one file an area.

mod add;
mod admin;
mod audit;
mod decide;
mod decisions;
mod design;
mod diff;
mod doctor;
mod import;
mod member;
mod publish;
mod records;
mod serve;
mod targets;

use crate::args::{Cli, Command};
use crate::failure::CliResult;
use crate::output::{Done, Output};
use clap::CommandFactory;

/// What a command needs besides its arguments.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub output: &'a Output,
    /// Nobody may be asked anything.
    pub no_input: bool,
}

/// Runs one command.
///
/// # Errors
/// What it refuses.
pub async fn run(cli: Cli, output: &Output) -> CliResult<Done> {
    let context = Context { output, no_input: cli.no_input };
    match cli.command {
        Command::Studio(args) => serve::studio(args, context).await,
        Command::New(args) => design::new(args, context).await,
        Command::Import(args) => import::import(args, context).await,
        Command::Export(args) => design::export(args).await,
        Command::Check(args) => design::check(args).await,
        Command::Add(command) => add::add(command).await,
        Command::Rename(args) => design::rename(args).await,
        Command::Edit(args) => design::edit(args).await,
        Command::Undo { ws } => design::step(&ws, "workspace.undo").await,
        Command::Redo { ws } => design::step(&ws, "workspace.redo").await,
        Command::History(args) => design::history(args).await,
        Command::Records(command) => records::records(command, context).await,
        Command::Decide(args) => decide::decide(args, context).await,
        Command::Diff(args) => diff::diff(args).await,
        Command::Plan(args) => publish::plan(args).await,
        Command::Publish(args) => publish::publish(args, context).await,
        Command::Rollback(args) => publish::roll_back(args, context).await,
        Command::Status(args) => publish::status(args).await,
        Command::Release(command) => publish::release(command).await,
        Command::Target(command) => targets::target(command, context).await,
        Command::Key(command) => admin::key(command, context).await,
        Command::Token(command) => admin::token(command, context).await,
        Command::Tenant(command) => admin::tenant(command, context).await,
        Command::Member(command) => member::member(command).await,
        Command::Audit(command) => audit::audit(command, context).await,
        Command::Decisions(args) => decisions::decisions(args, context).await,
        Command::Init(args) => serve::init(args, context).await,
        Command::Serve(args) => serve::serve(args, context).await,
        Command::Doctor { ws, store } => doctor::doctor(ws, store).await,
        Command::Explain { code } => doctor::explain(&code),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "maquette", &mut script);
            let script = String::from_utf8_lossy(&script).into_owned();
            Ok(Done::new(serde_json::json!({ "script": script }), script))
        }
    }
}
