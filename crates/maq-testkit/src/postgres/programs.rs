//! Finding and running the programs of Postgres, as a user that may run them.

use crate::fail;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Names the folder with `initdb`, `postgres` and `psql`, before all other places.
const FOLDER: &str = "MAQUETTE_POSTGRES_BIN";

/// The folder with Postgres's programs: that of the environment, Debian's newest, or one of PATH.
pub(crate) fn folder() -> Option<PathBuf> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND
        .get_or_init(|| match std::env::var_os(FOLDER) {
            Some(named) => Some(PathBuf::from(named)).filter(|folder| folder.join("initdb").exists()),
            None => debian().or_else(from_path),
        })
        .clone()
}

fn debian() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
    let number = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let found = versions.map(|entry| entry.path()).filter(|path| path.join("bin/initdb").exists());
    found.max_by_key(|path| number(path)).map(|path| path.join("bin"))
}

fn from_path() -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| folder.join("initdb").exists())
}

/// The path of one program of Postgres.
#[track_caller]
pub(crate) fn program(name: &str) -> PathBuf {
    match folder() {
        Some(folder) => folder.join(name),
        None => fail(&format!(
            "PostgreSQL is not installed on this machine: run `./dev setup`, or name the folder of its programs in {FOLDER}"
        )),
    }
}

/// Whether this process is root, as whom Postgres refuses to run.
pub(crate) fn is_root() -> bool {
    static ROOT: OnceLock<bool> = OnceLock::new();
    *ROOT.get_or_init(|| {
        let id = Command::new("id").arg("-u").output();
        id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
    })
}

/// The words before a command that make it run as a user that Postgres accepts.
pub(crate) fn as_user() -> &'static [&'static str] {
    if is_root() { &["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] } else { &[] }
}

/// `words` as one command, without the variables and the files by which a person's own Postgres is reached.
pub(crate) fn command<'a>(words: impl IntoIterator<Item = &'a str>) -> Command {
    let mut words = words.into_iter();
    let mut command = Command::new(words.next().unwrap_or("false"));
    command.args(words).stdin(Stdio::null()).env("LC_ALL", "C.UTF-8").env("HOME", "/nonexistent");
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("PG")) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs `words` as the user of Postgres in `place` and fails the test when it fails.
#[track_caller]
pub(crate) fn run(place: &Path, words: &[&str]) {
    let all = as_user().iter().copied().chain(words.iter().copied());
    match command(all).current_dir(place).output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => fail(&format!(
            "`{}` failed: {}{}",
            words.join(" "),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )),
        Err(error) => fail(&format!("cannot run `{}`: {error}", words.join(" "))),
    }
}

/// A new private folder that the user of Postgres can reach, with a path short enough for a socket in it.
#[track_caller]
pub(crate) fn private_folder() -> PathBuf {
    let places = [std::env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/var/tmp")];
    for place in places.iter().filter(|place| place.as_os_str().len() < 60) {
        let folder = place.join(format!("maq-pg-{:012x}", crate::ports::random() >> 16));
        if make_private(&folder) {
            return folder;
        }
        let _ = std::fs::remove_dir(&folder);
    }
    fail(&format!("cannot make a folder for Postgres in any of {places:?}"))
}

fn make_private(folder: &Path) -> bool {
    use std::os::unix::fs::DirBuilderExt;
    let succeeds = |words: &[&str]| {
        let all = words.iter().copied().chain([folder.to_str().unwrap_or_default()]);
        command(all).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    std::fs::DirBuilder::new().mode(0o700).create(folder).is_ok()
        && (!is_root()
            || (succeeds(&["chown", "postgres:postgres"]) && succeeds(&[as_user(), &["test", "-w"]].concat())))
}
