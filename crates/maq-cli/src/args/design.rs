//! Workspaces and documents.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct NewArgs {
    /// Where to make it; `.maquette` is the usual ending
    pub ws: PathBuf,
    /// Start with a sample model: `invoicing` or `shop`
    #[arg(long, value_name = "NAME")]
    pub sample: Option<String>,
}

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// A SQLite file, or a folder of documents
    pub source: String,
    /// The workspace; it is made when it is not there
    #[arg(long, value_name = "WS", required_unless_present = "preview")]
    pub into: Option<PathBuf>,
    /// Take the rows too: publishes to `local`
    #[arg(long)]
    pub with_data: bool,
    /// Add named starter policies: admin-only, standard, read-only
    #[arg(long, value_name = "NAME")]
    pub starter_policy: Option<String>,
    /// Only these tables, with commas between
    #[arg(long, value_delimiter = ',', value_name = "TABLE,…")]
    pub tables: Option<Vec<String>>,
    /// The tenant rows go to; `default` is the only one a workspace has
    #[arg(long, value_name = "T", value_parser = ["default"])]
    pub tenant: Option<String>,
    /// Say what would come in, and change nothing
    #[arg(long)]
    pub preview: bool,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The workspace
    pub ws: PathBuf,
    /// The folder to write into
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The workspace, or a folder of documents
    pub ws: PathBuf,
    /// Warnings fail too
    #[arg(long)]
    pub strict: bool,
}

#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The older side: a workspace or a folder of documents
    pub a: PathBuf,
    /// The newer side
    pub b: PathBuf,
    /// Exit with 1 when they differ
    #[arg(long)]
    pub exit_code: bool,
}

#[derive(Debug, Args)]
pub struct EditArgs {
    /// The workspace
    pub ws: PathBuf,
    /// The file with {"label", "edits"}; `-` reads standard input
    pub file: PathBuf,
}

#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// The workspace
    pub ws: PathBuf,
    /// At most this many
    #[arg(long, default_value_t = 20)]
    pub limit: u32,
}

#[derive(Debug, Args)]
pub struct RenameArgs {
    /// The workspace
    pub ws: PathBuf,
    /// `Entity`, `Entity.field` or `role:name`
    pub what: String,
    /// The new name
    pub name: String,
}

#[derive(Debug, Subcommand)]
pub enum AddCommand {
    /// Add an entity
    Entity {
        /// The workspace
        ws: PathBuf,
        /// Its name
        name: String,
        /// A field as name:type, with `!` at the end when it is required; may be repeated
        #[arg(long = "field", value_name = "NAME:TYPE[!]")]
        fields: Vec<String>,
        /// For people
        #[arg(long)]
        description: Option<String>,
        /// master, reference, document or log
        #[arg(long, default_value = "master")]
        class: String,
    },
    /// Add a field to an entity
    Field {
        /// The workspace
        ws: PathBuf,
        /// The entity's name
        entity: String,
        /// The field's name
        name: String,
        /// Its type: string, text, integer, decimal, boolean, date, datetime, enum, reference, …
        #[arg(value_name = "TYPE")]
        kind: String,
        /// It must be given
        #[arg(long)]
        required: bool,
        /// No two records share it
        #[arg(long)]
        unique: bool,
        /// What a record gets that leaves it out, as JSON or text
        #[arg(long, value_name = "VALUE")]
        default: Option<String>,
        /// Most characters
        #[arg(long, value_name = "N")]
        max_length: Option<u64>,
        /// Digits of a decimal in all
        #[arg(long, value_name = "N")]
        precision: Option<u32>,
        /// Digits of a decimal after the point
        #[arg(long, value_name = "N")]
        scale: Option<u32>,
        /// Values of an enum, with commas between
        #[arg(long, value_delimiter = ',', value_name = "A,B,…")]
        values: Vec<String>,
        /// The entity a reference points to
        #[arg(long, value_name = "ENTITY")]
        to: Option<String>,
    },
    /// Add a relation between two entities
    Relation {
        /// The workspace
        ws: PathBuf,
        /// The entity that gets the reference (the many side)
        from: String,
        /// The entity it points to (the one side)
        to: String,
        /// How many on each side
        #[arg(long, default_value = "many-to-one", value_parser = ["many-to-one", "one-to-one", "many-to-many"])]
        cardinality: String,
        /// Name of the reference field, or of the entity between
        #[arg(long)]
        name: Option<String>,
        /// The reference must be given
        #[arg(long)]
        required: bool,
    },
    /// Add a role
    Role {
        /// The workspace
        ws: PathBuf,
        /// Its name, as principals carry it
        name: String,
        /// What it permits, as read:Invoice, workflow.*:* or *; may be repeated
        #[arg(long = "permit", value_name = "ACTION:ENTITY")]
        permissions: Vec<String>,
        /// A role whose permissions and policies it has too; may be repeated
        #[arg(long = "inherits", value_name = "ROLE")]
        inherits: Vec<String>,
        /// What people see in place of the name
        #[arg(long)]
        label: Option<String>,
        /// For people
        #[arg(long)]
        description: Option<String>,
    },
    /// Add the personas as roles: user, powerUser, manager, admin, securityOfficer, complianceOfficer, systemAdmin
    Personas {
        /// The workspace
        ws: PathBuf,
        /// Only these, with the ones they inherit
        names: Vec<String>,
    },
    /// Add named starter policies
    Policies {
        /// The workspace
        ws: PathBuf,
        /// admin-only, standard or read-only
        starter: String,
        /// Only to this entity; may be repeated
        #[arg(long = "entity", value_name = "NAME")]
        entities: Vec<String>,
    },
}
