//! One Postgres cluster.

use super::watchdog::{Signals, Watchdog, alive, stat, wait_until};
use super::{certificate, programs, psql};
use crate::{fail, ports};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// `postgres` ends at once on SIGQUIT, and on SIGINT after it has rolled back what is open and written everything.
const SIGNALS: Signals = Signals { end: "QUIT", stop: "INT" };

/// How a cluster is set up. The default is the fastest, which survives a `kill -9` but no real power cut.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Write to disk what is committed, as in production.
    pub fsync: bool,
    /// Speak TLS, and on the network nothing else, with a certificate for `localhost`; see [`Cluster::certificate`].
    pub tls: bool,
    /// Ask for passwords (SCRAM-SHA-256) in place of trusting everybody; see [`Cluster::password`].
    pub passwords: bool,
}

/// A running cluster in a folder of its own, on 127.0.0.1 and on a socket. It ends, and its folder goes, when it is
/// dropped or when this process ends in whatever way.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    options: Options,
    password: Option<String>,
    watchdogs: Mutex<Watchdogs>,
}

/// One of the two is always there, so that the folder never outlives this process.
#[derive(Default)]
struct Watchdogs {
    server: Option<Watchdog>,
    /// While there is no server.
    folder: Option<Watchdog>,
}

impl Cluster {
    /// Makes a cluster and starts it; fails the test when it cannot.
    #[track_caller]
    pub fn start(options: Options) -> Self {
        let initdb = programs::program("initdb");
        let folder = programs::private_folder();
        let password = options.passwords.then(|| format!("pw{:016x}", ports::random()));
        let mut cluster = Self { folder, port: 0, options, password, watchdogs: Mutex::default() };
        cluster.watchdogs().folder = Some(cluster.guard());
        cluster.make(&initdb);
        // Another process can take a port between the look and the start.
        for _ in 0..5 {
            cluster.port = ports::free();
            match cluster.launch() {
                Ok(()) => return cluster,
                Err(log) if log.contains("Address already in use") => {}
                Err(log) => fail(&format!("Postgres does not start: {log}")),
            }
        }
        fail("Postgres finds no free port")
    }

    #[track_caller]
    fn make(&self, initdb: &Path) {
        let (data, word) = (self.data(), self.folder.join("word"));
        let (data, word_file) = (data.to_string_lossy(), format!("--pwfile={}", word.display()));
        let mut words = vec![initdb.to_str().unwrap_or("initdb"), "-D", &data, "-U", "postgres", "--no-sync"];
        words.extend(["--encoding=UTF8", "--locale=C.UTF-8"]);
        if let Some(password) = &self.password {
            self.write(&word, password);
            words.extend(["-A", "scram-sha-256", &word_file]);
        } else {
            words.extend(["-A", "trust"]);
        }
        programs::run(&self.folder, &words);
        let _ = std::fs::remove_file(&word);
        if self.options.tls {
            certificate::write(&self.folder);
            for name in ["root.crt", "server.crt", "server.key"] {
                self.give(&self.folder.join(name));
            }
            let method = if self.options.passwords { "scram-sha-256" } else { "trust" };
            let rules = format!("local all all {method}\nhostssl all all 127.0.0.1/32 {method}\n");
            self.write(&self.data().join("pg_hba.conf"), &rules);
        }
        self.write(&self.data().join("postgresql.auto.conf"), &self.settings());
    }

    fn settings(&self) -> String {
        let folder = self.folder.display();
        let mut settings = format!(
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = '{folder}'\nmax_connections = 200\njit = off\n\
             timezone = 'UTC'\nlog_timezone = 'UTC'\nlog_line_prefix = '%m %u %d '\nautovacuum_naptime = '10min'\n"
        );
        if !self.options.fsync {
            settings += "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n";
        }
        if self.options.tls {
            settings +=
                &format!("ssl = on\nssl_cert_file = '{folder}/server.crt'\nssl_key_file = '{folder}/server.key'\n");
        }
        settings
    }

    /// Writes a file that the user of Postgres owns and nobody else reads.
    #[track_caller]
    fn write(&self, path: &Path, text: &str) {
        if let Err(error) = std::fs::write(path, text) {
            fail(&format!("cannot write {}: {error}", path.display()));
        }
        self.give(path);
    }

    #[track_caller]
    fn give(&self, path: &Path) {
        let path = path.to_string_lossy();
        let (owner, mode) = (["chown", "postgres:postgres", &path], ["chmod", "600", &path]);
        let commands: &[[&str; 3]] = if programs::is_root() { &[owner, mode] } else { &[mode] };
        for words in commands {
            if !programs::command(words.iter().copied()).status().is_ok_and(|status| status.success()) {
                fail(&format!("`{}` failed", words.join(" ")));
            }
        }
    }

    /// Starts the postmaster and waits until it takes connections; answers its log when it ends first.
    fn launch(&self) -> Result<(), String> {
        let (program, data, port) = (programs::program("postgres"), self.data(), self.port.to_string());
        let server = [&program.to_string_lossy(), "-D", &data.to_string_lossy(), "-p", &port].map(str::to_owned);
        let words: Vec<&str> = programs::as_user().iter().copied().chain(server.iter().map(String::as_str)).collect();
        let watchdog = Watchdog::start(&self.folder, SIGNALS, &words);
        // The last line of the lock file says when the server is ready; a file of an earlier start has another number.
        let (lock, number) = (self.data().join("postmaster.pid"), watchdog.child.to_string());
        let ready = || {
            let text = std::fs::read_to_string(&lock).unwrap_or_default();
            text.lines().next() == Some(number.as_str())
                && text.lines().nth(7).is_some_and(|line| line.trim() == "ready")
        };
        let came = wait_until(|| ready() || !watchdog.runs());
        if came && watchdog.runs() {
            let mut watchdogs = self.watchdogs();
            watchdogs.server = Some(watchdog);
            watchdogs.folder.take().into_iter().for_each(Watchdog::stop);
            return Ok(());
        }
        watchdog.stop();
        Err(self.log())
    }

    /// A watchdog of nothing but the folder.
    fn guard(&self) -> Watchdog {
        Watchdog::start(&self.folder, SIGNALS, &["true"])
    }

    fn watchdogs(&self) -> MutexGuard<'_, Watchdogs> {
        self.watchdogs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The TCP port on 127.0.0.1; a restart keeps it.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the socket.
    pub fn socket_folder(&self) -> &Path {
        &self.folder
    }

    /// The password that [`Cluster::url`] writes for every role, when the cluster asks for passwords: a test gives it
    /// to the roles that it makes.
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// The URL of `database` for the superuser.
    pub fn superuser_url(&self, database: &str) -> String {
        self.url(database, "postgres")
    }

    /// The URL of `database` for the role `user`. With TLS it names `localhost`, as the certificate does.
    pub fn url(&self, database: &str, user: &str) -> String {
        let password = self.password.as_ref().map(|password| format!(":{password}")).unwrap_or_default();
        let host = if self.options.tls { "localhost" } else { "127.0.0.1" };
        format!("postgres://{user}{password}@{host}:{}/{database}", self.port)
    }

    /// The root certificate that signed the server's, when the cluster speaks TLS.
    pub fn certificate(&self) -> Option<PathBuf> {
        self.options.tls.then(|| self.folder.join("root.crt"))
    }

    /// Runs `text` in `database` as the superuser and answers what it printed; see [`psql`](super::psql()). Fails the test
    /// when a statement fails.
    #[track_caller]
    pub fn sql(&self, database: &str, text: &str) -> String {
        psql::psql(&self.superuser_url(database), text)
            .unwrap_or_else(|error| fail(&format!("`{text}` failed: {error}")))
    }

    /// Ends the server and every process of it with SIGKILL, all at one moment: nothing gets to say goodbye or to
    /// write. It is not started again by itself.
    #[track_caller]
    pub fn kill_9(&self) {
        let Some(server) = self.process() else { return };
        // A stopped server forks no process that the list would miss.
        signal("STOP", &[server]);
        let mut all = children(server);
        all.push(server);
        signal("KILL", &all);
        if !wait_until(|| !all.iter().any(|process| alive(*process))) {
            fail("the server does not die");
        }
    }

    /// Starts the server again on the same port, after a clean stop if it still runs.
    #[track_caller]
    pub fn restart(&self) {
        self.stop();
        if let Err(log) = self.launch() {
            fail(&format!("Postgres does not start again: {log}"));
        }
    }

    /// Stops the server in order and keeps its data for [`Cluster::restart`]; open connections are ended.
    pub fn stop(&self) {
        let mut watchdogs = self.watchdogs();
        if let Some(server) = watchdogs.server.take() {
            watchdogs.folder = Some(self.guard());
            server.stop();
        }
    }

    /// The process number of the server, when it was started and not stopped.
    pub fn process(&self) -> Option<u32> {
        self.watchdogs().server.as_ref().map(|watchdog| watchdog.child)
    }

    /// What the server has written to its log since the cluster was made.
    pub fn log(&self) -> String {
        std::fs::read(self.folder.join("log"))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }
}

fn children(server: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter(|process| stat(*process).is_some_and(|(_, parent)| parent == server)).collect()
}

/// By the shell's own `kill`, which is there on every machine.
#[track_caller]
fn signal(name: &str, processes: &[u32]) {
    let numbers: Vec<String> = processes.iter().map(u32::to_string).collect();
    let words = ["sh", "-c", "kill -s \"$0\" \"$@\" 2>/dev/null; true", name];
    let sent = programs::command(words.into_iter().chain(numbers.iter().map(String::as_str))).status();
    if !sent.is_ok_and(|status| status.success()) {
        fail(&format!("cannot send SIG{name}"));
    }
}
