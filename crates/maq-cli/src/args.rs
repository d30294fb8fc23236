//! The command tree.

mod administer;
mod design;
mod publish;
mod records;
mod serve;

pub use administer::{
    AuditCommand, AuditFilters, AuditPlace, DecisionsArgs, KeyCommand, MemberCommand, Place, TenantCommand,
    TokenCommand,
};
pub use design::{AddCommand, CheckArgs, DiffArgs, EditArgs, ExportArgs, HistoryArgs, ImportArgs, NewArgs, RenameArgs};
pub use publish::{PlanArgs, PublishArgs, ReleaseCommand, RollbackArgs, StatusArgs, TargetCommand};
pub use records::{Asked, DecideArgs, RecordsCommand};
pub use serve::{InitArgs, ServeArgs, StudioArgs};

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Design business software as metadata, publish it as signed releases, run it as a guarded API.
#[derive(Debug, Parser)]
#[command(name = "maquette", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "WS is the path of a workspace's file (made by `maquette new`); check, diff and export also \
take a folder of documents.\nData goes to stdout, messages to stderr. Exit codes: 0 done, 1 findings, 2 usage, \
3 not found, 4 not allowed, 5 conflict, 6 network, 70 fault, 130 interrupted.")]
pub struct Cli {
    /// Print one JSON object: ok, data, findings (or ok, error)
    #[arg(long, global = true)]
    pub json: bool,
    /// Ask nothing; what is missing is an error
    #[arg(long, global = true)]
    pub no_input: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the studio in a browser, served on this machine
    Studio(StudioArgs),
    /// Make a workspace
    New(NewArgs),
    /// Bring a SQLite or Postgres database, or a folder of documents, into a workspace
    Import(ImportArgs),
    /// Write a workspace's documents into a folder, one file each
    Export(ExportArgs),
    /// Say what is wrong with a workspace, and how to mend it
    Check(CheckArgs),
    /// Add an entity, a field, a relation or starter policies
    #[command(subcommand)]
    Add(AddCommand),
    /// Rename an entity or a field, with everything that refers to it
    Rename(RenameArgs),
    /// Apply a group of edits from a file: {"label", "edits"}
    Edit(EditArgs),
    /// Take back the newest edit group
    Undo {
        /// The workspace
        ws: PathBuf,
    },
    /// Bring the last undone edit group again
    Redo {
        /// The workspace
        ws: PathBuf,
    },
    /// List the newest edit groups
    History(HistoryArgs),
    /// Work with the records of the target `local`, as a principal
    #[command(subcommand)]
    Records(RecordsCommand),
    /// Decide one request by the policies of the target `local`
    Decide(DecideArgs),
    /// Compare two workspaces or folders of documents
    Diff(DiffArgs),
    /// Show what publishing would do
    Plan(PlanArgs),
    /// Freeze, sign, plan and apply
    Publish(PublishArgs),
    /// Go back to the release that ran before
    Rollback(RollbackArgs),
    /// Show what runs on a target
    Status(StatusArgs),
    /// List or make releases
    #[command(subcommand)]
    Release(ReleaseCommand),
    /// The servers a workspace publishes to
    #[command(subcommand)]
    Target(TargetCommand),
    /// Keys that sign releases, and keys a server trusts
    #[command(subcommand)]
    Key(KeyCommand),
    /// Tokens of a server
    #[command(subcommand)]
    Token(TokenCommand),
    /// Tenants of a server
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Who works on a shared workspace, in which roles
    #[command(subcommand)]
    Member(MemberCommand),
    /// Read, verify and export the audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Read the decision log of a server, newest first
    Decisions(DecisionsArgs),
    /// Make a server's store, and its admin token
    Init(InitArgs),
    /// Run a server
    Serve(ServeArgs),
    /// Look at this machine, and at a workspace's or server's file, for what could go wrong
    Doctor {
        /// A workspace to look at too
        ws: Option<PathBuf>,
        /// A server's store to look at too; the server must not run
        #[arg(long, value_name = "STORE")]
        store: Option<String>,
    },
    /// Explain the code of a finding or refusal
    Explain {
        /// The code, as `entity/name-invalid`
        code: String,
    },
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}
