//! Releases, targets, publishing.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The workspace
    pub ws: PathBuf,
    /// Where to publish; every workspace has `local`
    #[arg(long, default_value = "local", value_name = "NAME")]
    pub target: String,
    /// A release by its digest; without it the documents as they stand become one
    #[arg(long, value_name = "DIGEST")]
    pub release: Option<String>,
}

#[derive(Debug, Args)]
pub struct PublishArgs {
    #[command(flatten)]
    pub plan: PlanArgs,
    /// Send the rows of `local` along
    #[arg(long)]
    pub with_data: bool,
    /// Show the plan, and change nothing on the target
    #[arg(long)]
    pub dry_run: bool,
    /// Apply the plan without asking
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The workspace
    pub ws: PathBuf,
    /// Where
    #[arg(long, default_value = "local", value_name = "NAME")]
    pub target: String,
    /// Go back without asking
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// The workspace
    pub ws: PathBuf,
    /// Which target
    #[arg(long, default_value = "local", value_name = "NAME")]
    pub target: String,
}

#[derive(Debug, Subcommand)]
pub enum ReleaseCommand {
    /// List the releases of a workspace
    List {
        /// The workspace
        ws: PathBuf,
    },
    /// Freeze what changed and make a signed release
    Make {
        /// The workspace
        ws: PathBuf,
        /// A word for people
        #[arg(long)]
        label: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum TargetCommand {
    /// Add a server; its admin token comes from MAQUETTE_TOKEN or is asked for
    Add {
        /// The workspace
        ws: PathBuf,
        /// A name for it
        name: String,
        /// Its address: https://host, or http:// on this machine
        #[arg(long)]
        url: String,
        /// Do not tell the server to trust this workspace's signing key
        #[arg(long)]
        no_trust_key: bool,
    },
    /// List the targets
    List {
        /// The workspace
        ws: PathBuf,
    },
    /// Ask a target whether it answers and the token is good
    Test {
        /// The workspace
        ws: PathBuf,
        /// Its name
        name: String,
    },
    /// Forget a server and its token
    Remove {
        /// The workspace
        ws: PathBuf,
        /// Its name
        name: String,
    },
}
