//! Debian's PgBouncer before a cluster, in transaction pooling as in production: a connection of a client is another
//! one of the server in every transaction.

use super::watchdog::{Signals, Watchdog, wait_until};
use super::{Cluster, TestDatabase, programs, psql};
use crate::address::Address;
use crate::{fail, ports};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

/// PgBouncer ends at once on SIGTERM.
const SIGNALS: Signals = Signals { end: "TERM", stop: "TERM" };

/// What a pooler can stand before.
pub trait Upstream {
    /// The superuser's URL of any database.
    fn superuser(&self) -> String;
}

impl Upstream for Cluster {
    fn superuser(&self) -> String {
        self.superuser_url("postgres")
    }
}

impl Upstream for TestDatabase {
    fn superuser(&self) -> String {
        self.superuser_url()
    }
}

/// A running pooler for every database and role of its cluster; it ends when it is dropped or this process ends.
pub struct PgBouncer {
    folder: PathBuf,
    cluster: Address,
    port: u16,
    /// Ends the pooler and removes its folder when it is dropped.
    _watchdog: Watchdog,
}

/// Starts a pooler before `upstream`; fails the test when it cannot, also where `pgbouncer` is not installed.
#[track_caller]
pub fn pgbouncer(upstream: &impl Upstream) -> PgBouncer {
    let program = find();
    let (folder, cluster) = (programs::private_folder(), Address::read(&upstream.superuser()));
    let (settings, users) = (folder.join("pgbouncer.ini"), folder.join("users.txt"));
    let word = cluster.password.clone().unwrap_or_default();
    for _ in 0..5 {
        let port = ports::free();
        write(&settings, &settings_of(&cluster, port, &users));
        write(&users, &format!("\"{}\" \"{word}\"\n", cluster.user));
        let words = [program.to_string_lossy(), settings.to_string_lossy()];
        let words = programs::as_user().iter().copied().chain(words.iter().map(AsRef::as_ref));
        let watchdog = Watchdog::start(&folder, SIGNALS, &words.collect::<Vec<_>>());
        let takes_connections = || TcpStream::connect(("127.0.0.1", port)).is_ok();
        if wait_until(|| !watchdog.runs() || takes_connections()) && watchdog.runs() {
            let pooler = PgBouncer { folder, cluster, port, _watchdog: watchdog };
            pooler.answers();
            return pooler;
        }
        watchdog.stop();
    }
    fail(&format!("pgbouncer does not start: {}", log(&folder)))
}

/// Debian keeps it where a person's PATH does not look.
#[track_caller]
fn find() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/bin", "/usr/local/bin"].map(PathBuf::from));
    let found = places.map(|place| place.join("pgbouncer")).find(|program| program.exists());
    found.unwrap_or_else(|| fail("pgbouncer is not installed on this machine: run `./dev setup`"))
}

/// Roles are looked up in the cluster, so that those a test makes later are known too. The pool is small, so that a
/// client that leans on its connection is found out.
fn settings_of(cluster: &Address, port: u16, users: &Path) -> String {
    let asks = if cluster.password.is_some() { "scram-sha-256" } else { "trust" };
    format!(
        "[databases]\n* = host={} port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
         unix_socket_dir =\nauth_type = {asks}\nauth_file = {}\nauth_user = {}\npool_mode = transaction\n\
         default_pool_size = 8\nmax_client_conn = 500\nserver_tls_sslmode = prefer\n\
         ignore_startup_parameters = extra_float_digits\n",
        cluster.host,
        cluster.port,
        users.display(),
        cluster.user
    )
}

/// Readable by the user of Postgres: the folder keeps everybody else out.
#[track_caller]
fn write(path: &Path, text: &str) {
    if let Err(error) = std::fs::write(path, text) {
        fail(&format!("cannot write {}: {error}", path.display()));
    }
}

fn log(folder: &Path) -> String {
    std::fs::read(folder.join("log")).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

impl PgBouncer {
    #[track_caller]
    fn answers(&self) {
        if let Err(error) = psql(&self.url_of(&self.cluster.url()), "SELECT 1") {
            fail(&format!("pgbouncer does not answer: {error}{}", self.log()));
        }
    }

    /// The TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of `database` for the role `user`, through the pooler.
    pub fn url(&self, database: &str, user: &str) -> String {
        let mut address = self.cluster.clone().at_port(self.port);
        database.clone_into(&mut address.database);
        user.clone_into(&mut address.user);
        address.url()
    }

    /// `database_url`, which names the cluster, through the pooler.
    #[track_caller]
    pub fn url_of(&self, database_url: &str) -> String {
        Address::read(database_url).at_port(self.port).url()
    }

    /// What the pooler has written to its log.
    pub fn log(&self) -> String {
        log(&self.folder)
    }
}
