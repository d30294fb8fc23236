//! Hosts.

use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct StudioArgs {
    /// The workspace; it is made when it is not there, and without one yours is opened
    pub ws: Option<PathBuf>,
    /// Where to listen, on this machine only; port 0 takes any that is free
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Do not open a browser
    #[arg(long)]
    pub no_open: bool,
    /// The folder of the built page
    #[arg(long, env = "MAQUETTE_UI_DIR", value_name = "DIR")]
    pub ui: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct InitArgs {
    /// Make a server's store
    #[arg(long, required = true)]
    pub server: bool,
    /// Where: a path, sqlite:PATH, or postgres://ROLE@HOST/DATABASE with the role for records, which owns nothing
    #[arg(long, env = "MAQUETTE_STORE", hide_env_values = true, value_name = "STORE")]
    pub store: String,
    /// On Postgres, the address with the role that shall own the schemas
    #[arg(long, env = "MAQUETTE_ADMIN_STORE", hide_env_values = true, value_name = "URL")]
    pub admin_store: Option<String>,
}

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The server's store: a path, sqlite:PATH, or postgres://ROLE@HOST/DATABASE with the role for records
    #[arg(long, env = "MAQUETTE_STORE", hide_env_values = true, value_name = "STORE")]
    pub store: String,
    /// On Postgres, the address with the role that owns the schemas; without it releases cannot be applied here
    #[arg(long, env = "MAQUETTE_ADMIN_STORE", hide_env_values = true, value_name = "URL")]
    pub admin_store: Option<String>,
    /// Where to listen; port 0 takes any that is free
    #[arg(long, env = "MAQUETTE_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Listen where other machines reach it; put TLS before it
    #[arg(long)]
    pub allow_remote: bool,
    /// Leave an event of every change of a record in the outbox, for a relay to pass on
    #[arg(long, env = "MAQUETTE_OUTBOX")]
    pub outbox: bool,
    /// Of a thousand decisions to allow, so many are kept in the decision log; decisions to deny all are
    #[arg(long, env = "MAQUETTE_LOGGED_ALLOWS", default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=1_000))]
    pub logged_allows: u16,
}
