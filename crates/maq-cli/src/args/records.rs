//! Records of the target `local`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Which records, and who asks.
#[derive(Debug, Args)]
pub struct Asked {
    /// The workspace
    pub ws: PathBuf,
    /// The entity's name
    pub entity: String,
    /// A file with the principal who asks: {"userId", "roles", …}; you as `admin` without it
    #[arg(long = "as", value_name = "PRINCIPAL.json")]
    pub principal: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct DecideArgs {
    /// The workspace
    pub ws: PathBuf,
    /// A file with the request: {"principal", "action", "resource", "id" or "record", "context", "now"}; `-` for stdin
    #[arg(long, value_name = "FILE")]
    pub request: PathBuf,
    /// Every policy that has a say, and the value of every part of its condition
    #[arg(long)]
    pub explain: bool,
}

#[derive(Debug, Subcommand)]
pub enum RecordsCommand {
    /// List records
    List {
        #[command(flatten)]
        asked: Asked,
        /// Conditions as JSON: {"total": {"gt": 10}}
        #[arg(long, value_name = "JSON")]
        filter: Option<String>,
        /// Field names with commas, `-` first for descending
        #[arg(long, value_delimiter = ',', allow_hyphen_values = true, value_name = "FIELD,…")]
        sort: Vec<String>,
        /// At most this many, 1 to 200
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// Cursor of the page before
        #[arg(long, conflicts_with = "page")]
        after: Option<String>,
        /// A page by number instead
        #[arg(long)]
        page: Option<u32>,
        /// Count all that fit
        #[arg(long)]
        total: bool,
    },
    /// Show one record
    Get {
        #[command(flatten)]
        asked: Asked,
        /// Its id
        id: String,
    },
    /// Count records
    Count {
        #[command(flatten)]
        asked: Asked,
        /// Conditions as JSON
        #[arg(long, value_name = "JSON")]
        filter: Option<String>,
    },
    /// Create a record
    Create {
        #[command(flatten)]
        asked: Asked,
        /// Its values as JSON; from standard input when it is `-`
        #[arg(long, value_name = "JSON", default_value = "-")]
        values: String,
    },
    /// Change the named fields of a record
    Update {
        #[command(flatten)]
        asked: Asked,
        /// Its id
        id: String,
        /// The values as JSON; from standard input when it is `-`
        #[arg(long, value_name = "JSON", default_value = "-")]
        values: String,
        /// The `rowVersion` that was read; another one is a conflict
        #[arg(long, value_name = "N")]
        row_version: Option<i64>,
    },
    /// Delete a record
    Delete {
        #[command(flatten)]
        asked: Asked,
        /// Its id
        id: String,
        /// The `rowVersion` that was read
        #[arg(long, value_name = "N")]
        row_version: Option<i64>,
    },
    /// Create a record for each object of a file: a JSON list, or one object a line
    Load {
        #[command(flatten)]
        asked: Asked,
        /// The file
        file: PathBuf,
    },
}
