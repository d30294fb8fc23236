//! Keys, tokens, tenants, audit.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Which server: its store while it does not run, or its address while it does.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Place {
    /// The server's store: a path, or sqlite:PATH; the server must not run
    #[arg(long, value_name = "STORE")]
    pub store: Option<String>,
    /// The server's address; its admin token comes from MAQUETTE_TOKEN or is asked for
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
}

/// Whose audit: a workspace's, a server's store, or a running server's.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct AuditPlace {
    /// The workspace
    pub ws: Option<PathBuf>,
    /// The server's store; the server must not run
    #[arg(long, value_name = "STORE")]
    pub store: Option<String>,
    /// The server's address; its admin token comes from MAQUETTE_TOKEN or is asked for
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make the workspace's signing key on first use, and print its public half
    New {
        /// The workspace
        ws: PathBuf,
    },
    /// List the keys a server trusts
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Let a server trust a public key
    Trust {
        /// The key in base64, as `key new` prints it
        public_key: String,
        #[command(flatten)]
        place: Place,
    },
    /// Let a server trust a key no longer
    Revoke {
        /// The key's id
        id: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a data token; it is shown once
    New {
        #[command(flatten)]
        place: Place,
        /// The user it stands for
        #[arg(long)]
        user: String,
        /// A role; may be repeated
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
        /// A tenant it may use; may be repeated; the default one without it
        #[arg(long = "tenant", value_name = "ID")]
        tenants: Vec<String>,
        /// The realm; the default one without it
        #[arg(long)]
        realm: Option<String>,
        /// Seconds it lives; for ever without it
        #[arg(long, value_name = "SECONDS")]
        expires_in: Option<u64>,
    },
    /// List the tokens, without their secrets
    List {
        #[command(flatten)]
        place: Place,
    },
    /// End a token at once
    Revoke {
        /// Its id
        id: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Subcommand)]
pub enum TenantCommand {
    /// Add a tenant
    Add {
        /// Its id
        id: String,
        /// For people
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// List the tenants
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Keep a tenant's tokens out, or let them in again
    Suspend {
        /// Its id
        id: String,
        /// Let it work again
        #[arg(long)]
        resume: bool,
        #[command(flatten)]
        place: Place,
    },
}

/// Filters; all given ones must hold.
#[derive(Debug, Args)]
pub struct AuditFilters {
    /// An event type; may be repeated
    #[arg(long = "type", value_name = "TYPE")]
    pub types: Vec<String>,
    /// This user
    #[arg(long)]
    pub user: Option<String>,
    /// This tenant
    #[arg(long)]
    pub tenant: Option<String>,
    /// This resource
    #[arg(long)]
    pub resource: Option<String>,
    /// Not before, RFC 3339
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Not after, RFC 3339
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// success or failure
    #[arg(long, value_parser = ["success", "failure"])]
    pub result: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Show the newest events
    Query {
        #[command(flatten)]
        place: AuditPlace,
        #[command(flatten)]
        filters: AuditFilters,
        /// A page by number
        #[arg(long, default_value_t = 1)]
        page: u32,
        /// Events a page, 1 to 200
        #[arg(long, default_value_t = 50)]
        page_size: u32,
    },
    /// Verify every link of every chain
    Verify {
        #[command(flatten)]
        place: AuditPlace,
    },
    /// Write all events that fit, one JSON object a line, newest first
    Export {
        #[command(flatten)]
        place: AuditPlace,
        #[command(flatten)]
        filters: AuditFilters,
        /// The file; standard output without it
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}
