//! A folder of one test's own, the program run in it, and hosts that end with the test.
#![allow(missing_docs, dead_code)]

use maq_testkit::postgres::{TestDatabase, database};
use serde_json::Value as Json;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A private folder: no program sees the person's own data or another test's.
pub struct Desk {
    pub folder: tempfile::TempDir,
    /// The workspace, as commands name it.
    pub ws: String,
    /// The server's store, as commands name it.
    pub server: String,
    env: Vec<(&'static str, String)>,
    /// What the two of them live in, where it is no file.
    databases: Vec<TestDatabase>,
}

/// What a store lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// A file.
    Sqlite,
    /// A database of its own.
    Postgres,
}

/// What a run of the program came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The one JSON object on stdout.
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Desk {
    pub fn new() -> Desk {
        Desk::with(On::Sqlite, On::Sqlite)
    }

    /// With the workspace and the server's store where they shall live.
    pub fn with(workspace: On, server: On) -> Desk {
        let mut desk = Desk {
            folder: tempfile::tempdir().unwrap(),
            ws: "ws.maquette".into(),
            server: "server.db".into(),
            env: Vec::new(),
            databases: Vec::new(),
        };
        if workspace == On::Postgres {
            let database = database();
            desk.ws = format!("{}?workspace=shop", database.owner_url());
            desk.databases.push(database);
        }
        if server == On::Postgres {
            let database = database();
            desk.server = database.data_url();
            desk.env.push(("MAQUETTE_ADMIN_STORE", database.owner_url()));
            desk.databases.push(database);
        }
        desk
    }

    /// With the workspace, the server's store and the address of its owner as they are called.
    pub fn at(ws: &str, server: &str, admin: &str) -> Desk {
        let mut desk = Desk::new();
        (desk.ws, desk.server) = (ws.to_owned(), server.to_owned());
        desk.env.push(("MAQUETTE_ADMIN_STORE", admin.to_owned()));
        desk
    }

    /// Where the server's store is administered, on Postgres.
    pub fn admin_store(&self) -> String {
        self.env
            .iter()
            .find(|(name, _)| *name == "MAQUETTE_ADMIN_STORE")
            .map(|(_, url)| url.clone())
            .unwrap_or_default()
    }

    /// Runs SQL as the superuser in the last database of this desk, and answers what it printed.
    pub fn superuser(&self, text: &str) -> String {
        self.databases.last().unwrap().sql(text)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_maquette"));
        let below = |name: &str| self.folder.path().join("home").join(name);
        command.args(args).current_dir(self.folder.path()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", below("")).env("USER", "ann").env("NO_COLOR", "1");
        for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"] {
            command.env(name, below(name));
        }
        command.env("MAQUETTE_SECRETS_FILE", self.folder.path().join("secrets.json"));
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[], "")
    }

    /// With more in the environment, and text on standard input.
    pub fn run_with(&self, args: &[&str], env: &[(&str, &str)], input: &str) -> Ran {
        let mut command = self.command(args);
        command.envs(env.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that reads nothing closes the pipe.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs with `--json` and answers `data`; it must succeed.
    pub fn data(&self, args: &[&str]) -> Json {
        self.data_with(args, &[])
    }

    pub fn data_with(&self, args: &[&str], env: &[(&str, &str)]) -> Json {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        let ran = self.run_with(&args, env, "");
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        let json = ran.json();
        assert_eq!(json["ok"], true, "{args:?}: {json}");
        json["data"].clone()
    }

    /// Runs with `--json`; it must be refused. Exit code and refusal code.
    pub fn refused(&self, args: &[&str]) -> (i32, String) {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        let ran = self.run(&args);
        let json = ran.json();
        assert_eq!(json["ok"], false, "{args:?}: {json}");
        (ran.code, json["error"]["code"].as_str().unwrap().to_owned())
    }

    /// Starts a host that prints its address.
    pub fn host(&self, args: &[&str]) -> Host {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        let mut command = self.command(&args);
        let log = std::fs::File::options().create(true).append(true).open(self.path("host.log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Json = serde_json::from_str(&line).unwrap_or_else(|error| {
            panic!("{error} {args:?} {line} {}", std::fs::read_to_string(self.path("host.log")).unwrap_or_default())
        });
        Host { url: said["url"].as_str().unwrap().to_owned(), child }
    }
}

/// A host that runs; it is killed when the test ends.
pub struct Host {
    pub url: String,
    pub child: Child,
}

impl Host {
    /// kill -9.
    pub fn kill(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }

    /// SIGTERM; the exit code.
    pub fn terminate(&mut self) -> i32 {
        Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A file of the data folder, which is not part of the project; none when it is absent.
pub fn data_file(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("MAQUETTE_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let file = folder.join(name);
    if file.exists() {
        return Some(file);
    }
    assert!(std::env::var("MAQUETTE_REQUIRE_DATA").as_deref() != Ok("1"), "{} is absent", file.display());
    println!("SKIPPED {name}: set MAQUETTE_DATA to the folder that holds it");
    None
}
