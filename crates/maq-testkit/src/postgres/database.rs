//! One empty database for one test, with two roles: one that owns it, and one that may only connect.

use super::psql::{psql, run};
use super::{CLUSTER_OF_THE_RUN, Cluster, Options};
use crate::address::Address;
use crate::{fail, ports};
use std::sync::OnceLock;

/// The script that makes the template, once per cluster: nothing in it is open to everybody, and nobody connects to
/// it, so that it can be copied at any time. Of several processes that begin at once the first to rename wins.
fn template() -> String {
    let own = format!("maq_template_{:016x}", ports::random());
    format!(
        "SELECT NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = 'maq_template') AS missing \\gset\n\
         \\if :missing\n\
         CREATE DATABASE {own} TEMPLATE template0;\n\
         \\set before :DBNAME\n\
         \\c {own}\n\
         REVOKE ALL ON SCHEMA public FROM PUBLIC;\n\
         \\c :before\n\
         ALTER DATABASE {own} ALLOW_CONNECTIONS false;\n\
         \\set ON_ERROR_STOP 0\n\
         ALTER DATABASE {own} RENAME TO maq_template;\n\
         DROP DATABASE IF EXISTS {own};\n\
         \\endif\n"
    )
}

/// An own, empty database; it goes, and its roles with it, when this value is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    /// The name of the database; its roles are this name with `_owner` and `_data`.
    pub name: String,
    server: Address,
}

/// A new, empty database in the cluster of the run, or else in one that this process starts on first use.
#[track_caller]
pub fn database() -> TestDatabase {
    let server = server();
    let name = format!("t{}_{:010x}", std::process::id(), ports::random() >> 24);
    let made = TestDatabase { name, server: Address::read(server) };
    let password = made.server.password.as_ref().map(|word| format!(" PASSWORD '{word}'")).unwrap_or_default();
    let name = &made.name;
    let statements = format!(
        "CREATE ROLE {name}_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB{password};\n\
         CREATE ROLE {name}_data LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB{password};\n\
         CREATE DATABASE {name} OWNER {name}_owner TEMPLATE maq_template;\n\
         REVOKE ALL ON DATABASE {name} FROM PUBLIC;\nGRANT CONNECT ON DATABASE {name} TO {name}_data;\n"
    );
    if let Err(error) = psql(server, &statements) {
        fail(&format!("cannot make a test database: {error}"));
    }
    made
}

/// The superuser's URL of the cluster, with the template in it.
#[track_caller]
fn server() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    // Never dropped: its watchdog ends it with this process.
    static OWN: OnceLock<Cluster> = OnceLock::new();
    URL.get_or_init(|| {
        let url = std::env::var(CLUSTER_OF_THE_RUN).ok().filter(|url| !url.is_empty());
        let url =
            url.unwrap_or_else(|| OWN.get_or_init(|| Cluster::start(Options::default())).superuser_url("postgres"));
        if let Err(error) = psql(&url, &template()) {
            fail(&format!("cannot make the template of test databases: {error}"));
        }
        url
    })
}

impl TestDatabase {
    /// For the superuser.
    pub fn superuser_url(&self) -> String {
        self.url(&self.server.user)
    }

    /// For the role that owns the database: no superuser, bound by row-level security, makes no roles.
    pub fn owner_url(&self) -> String {
        self.url(&self.owner())
    }

    /// For the role that owns nothing and may only connect; whatever else it may, a test grants it.
    pub fn data_url(&self) -> String {
        self.url(&self.data_role())
    }

    /// The name of the role that owns the database.
    pub fn owner(&self) -> String {
        format!("{}_owner", self.name)
    }

    /// The name of the role that may only connect.
    pub fn data_role(&self) -> String {
        format!("{}_data", self.name)
    }

    /// For the role `user`.
    pub fn url(&self, user: &str) -> String {
        let mut address = self.server.clone();
        user.clone_into(&mut address.user);
        address.database.clone_from(&self.name);
        address.url()
    }

    /// Runs `text` as the superuser and answers what it printed; see [`psql`](super::psql()). Fails the test when a
    /// statement fails.
    #[track_caller]
    pub fn sql(&self, text: &str) -> String {
        psql(&self.superuser_url(), text).unwrap_or_else(|error| fail(&format!("`{text}` failed: {error}")))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = &self.name;
        let statements = format!(
            "DROP DATABASE IF EXISTS {name} WITH (FORCE);\nDROP ROLE IF EXISTS {name}_owner;\nDROP ROLE IF EXISTS {name}_data;\n"
        );
        // As well as it can: the cluster of a run goes with everything in it, and may be gone before.
        let _ = run(&self.server.url(), &statements, false);
    }
}
