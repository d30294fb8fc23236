//! A server's API on a port.

use crate::api::{self, App};
use crate::listen::{self, Running};
use maq_app::{AppResult, Services};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::sync::watch;

/// How to serve.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Listen on an address that other machines reach too.
    pub allow_remote: bool,
}

impl Default for ServeOptions {
    /// Loopback, any free port.
    fn default() -> Self {
        ServeOptions { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), allow_remote: false }
    }
}

/// Serves the API of a server's store. Answers once it listens; the handle stops it.
///
/// # Errors
/// `server/listen-not-local`, `server/cannot-listen`.
pub async fn serve(services: Services, options: ServeOptions) -> AppResult<Running> {
    let listener = listen::bind(options.listen, options.allow_remote).await?;
    let router = api::router(App::new(services.clone()));
    listen::run(listener, router, services, watch::channel(false).0)
}
