//! Keys, tokens, tenants, members, audit.

use clap::{Args, Subcommand};
use maq_value::Instant;
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
    /// Show the public half of the workspace's signing key, and where the other is kept
    Show {
        /// The workspace
        ws: PathBuf,
    },
    /// Make a new signing key; servers must be told to trust it
    Rotate {
        /// The workspace
        ws: PathBuf,
        /// Without asking
        #[arg(long)]
        yes: bool,
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
    /// Make a token; it is shown once
    New {
        #[command(flatten)]
        place: Place,
        /// An admin token, which administers the server and reads no data
        #[arg(long, conflicts_with_all = ["roles", "tenants"])]
        admin: bool,
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
        /// The organisation
        #[arg(long, value_name = "ID")]
        org: Option<String>,
        /// A further attribute, as NAME=JSON or NAME=TEXT; may be repeated
        #[arg(long = "attribute", value_name = "NAME=VALUE")]
        attributes: Vec<String>,
        /// Seconds it lives; for ever without it
        #[arg(long, value_name = "SECONDS")]
        expires_in: Option<u64>,
    },
    /// List the tokens, without their secrets; all given filters must hold
    List {
        #[command(flatten)]
        place: Place,
        /// Of this user
        #[arg(long)]
        user: Option<String>,
        /// That may use this tenant
        #[arg(long, value_name = "ID")]
        tenant: Option<String>,
        /// admin or data
        #[arg(long, value_parser = ["admin", "data"])]
        kind: Option<String>,
        /// active, expired or revoked
        #[arg(long, value_parser = ["active", "expired", "revoked"])]
        state: Option<String>,
    },
    /// Give a token's holder a new one; it is shown once
    Rotate {
        /// Its id
        id: String,
        /// Seconds the old one opens still; it ends at once without it
        #[arg(long, value_name = "SECONDS", default_value_t = 0)]
        grace: u64,
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
    /// Keep a tenant's tokens out, from the next request on
    Suspend {
        /// Its id
        id: String,
        #[command(flatten)]
        place: Place,
    },
    /// Let a suspended tenant's tokens in again
    Resume {
        /// Its id
        id: String,
        #[command(flatten)]
        place: Place,
    },
    /// Give a tenant another name; its id stays
    Rename {
        /// Its id
        id: String,
        /// For people
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Subcommand)]
pub enum MemberCommand {
    /// Bring somebody into a workspace; with the first one, you become an owner
    Add {
        /// The workspace
        ws: PathBuf,
        /// The person, as MAQUETTE_USER or their system calls them
        user: String,
        /// viewer, designer, policyOwner, publisher or owner; may be repeated
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<String>,
    },
    /// List who works on a workspace, in which roles
    List {
        /// The workspace
        ws: PathBuf,
    },
    /// Give a member other roles, in place of those they have
    Role {
        /// The workspace
        ws: PathBuf,
        /// The person
        user: String,
        /// viewer, designer, policyOwner, publisher or owner; may be repeated
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<String>,
    },
    /// Take somebody out of a workspace
    Remove {
        /// The workspace
        ws: PathBuf,
        /// The person
        user: String,
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

/// Decisions of one tenant and realm; all given filters must hold.
#[derive(Debug, Args)]
pub struct DecisionsArgs {
    #[command(flatten)]
    pub place: Place,
    /// Of this tenant; the default one without it
    #[arg(long, value_name = "ID")]
    pub tenant: Option<String>,
    /// Of this realm; the default one without it
    #[arg(long)]
    pub realm: Option<String>,
    /// Not before, RFC 3339
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub since: Option<Instant>,
    /// Before, RFC 3339
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub until: Option<Instant>,
    /// Of this user
    #[arg(long)]
    pub user: Option<String>,
    /// About this entity
    #[arg(long)]
    pub entity: Option<String>,
    /// About this action
    #[arg(long)]
    pub action: Option<String>,
    /// allow or deny
    #[arg(long, value_parser = ["allow", "deny"])]
    pub effect: Option<String>,
    /// Decisions, 1 to 200
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
    /// Older than the page before, which says how
    #[arg(long, value_name = "NEXT")]
    pub after: Option<String>,
}

fn instant(text: &str) -> Result<Instant, String> {
    Instant::parse(text).ok_or_else(|| "it is no instant as 2026-01-31T00:00:00Z".to_owned())
}
