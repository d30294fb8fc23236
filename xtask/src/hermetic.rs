//! No test touches the person's own data, the network beyond this machine, or a port that somebody else may hold.
//!
//! The source is read for what would do so; and under `./dev test` the environment itself is checked.

use crate::tree::{self, Source};

/// Words of a line that talks to somebody; an address that is only parsed or compared is harmless.
const TALKS: &[&str] = &["bind(", "listen", "connect", "fetch(", "get(", "post(", "goto(", "request(", "serve"];

/// Hosts that may be talked to in a test: this machine, and names that belong to nobody.
const HARMLESS_HOSTS: &[&str] =
    &["127.0.0.1", "localhost", "[::1]", "{", "$", "example.", "tauri.localhost", "ipc.localhost"];

/// What finds the person's own folders.
const OWN_FOLDERS: &[&str] =
    &["home_dir()", "data_dir()", "config_dir()", "dirs::", "var(\"HOME\")", "process.env.HOME"];

/// Everything in a test that is not hermetic.
pub fn complaints() -> Vec<String> {
    let rust = ["crates", "src-tauri", "xtask"].iter().flat_map(|folder| tree::files(folder, &[".rs"]));
    let scripts = ["tests", "ui/src"].iter().flat_map(|folder| tree::files(folder, &[".ts", ".mjs", ".test.tsx"]));
    let mut found = Vec::new();
    for source in rust.chain(scripts).filter(|source| source.path != "xtask/src/hermetic.rs") {
        for (number, line) in test_code(&source) {
            if let Some(trouble) = trouble(line) {
                found.push(format!("{}:{number}: {trouble}", source.path));
            }
        }
    }
    found
}

fn test_code(source: &Source) -> Vec<(usize, &str)> {
    let script_test = source.path.contains(".test.") || source.path.starts_with("tests/");
    if source.path.ends_with(".rs") || script_test { source.test_lines().collect() } else { Vec::new() }
}

fn trouble(line: &str) -> Option<String> {
    if let Some(word) = OWN_FOLDERS.iter().find(|word| line.contains(*word)) {
        return Some(format!("`{word}` finds the person's own data: give the test a temporary folder"));
    }
    if !TALKS.iter().any(|word| line.contains(word)) {
        return None;
    }
    if let Some(port) = fixed_port(line) {
        return Some(format!("port {port} may be taken: listen on port 0 and read which one it became"));
    }
    let host = foreign_host(line)?;
    Some(format!(
        "`{host}` is not this machine: talk to 127.0.0.1, or use a name under example.org that is never asked"
    ))
}

/// A port other than 0 to listen on. Port 1 (nobody listens there) and 9 (discard) stand for an unreachable server.
fn fixed_port(line: &str) -> Option<u32> {
    ["127.0.0.1:", "localhost:", "0.0.0.0:"].iter().find_map(|host| {
        let digits: String = line.split(host).nth(1)?.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok().filter(|port| ![0, 1, 9].contains(port))
    })
}

fn foreign_host(line: &str) -> Option<&str> {
    let address = line.split("https://").nth(1).or_else(|| line.split("http://").nth(1))?;
    let end = address.find(|c: char| !(c.is_ascii_alphanumeric() || ".-".contains(c))).unwrap_or(address.len());
    let host = address.get(..end).unwrap_or(address);
    let harmless = HARMLESS_HOSTS.iter().any(|known| address.starts_with(known)) || host.contains(".example");
    (!harmless && host.contains('.')).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_touch_nothing_outside() {
        let complaints = complaints();
        assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    }

    #[test]
    fn the_three_kinds_of_trouble_are_seen() {
        assert!(trouble("let home = std::env::home_dir();").is_some());
        assert!(trouble("bind(\"127.0.0.1:8080\")").is_some());
        assert!(trouble("get(\"https://crates.io/x\")").is_some());
    }

    #[test]
    fn what_stays_on_this_machine_is_fine() {
        for line in ["bind(\"127.0.0.1:0\")", "get(\"https://example.org/x\")", "format!(\"http://{address}/rpc\")"] {
            assert_eq!(trouble(line), None, "{line}");
        }
    }

    /// `./dev test` names the folder it made for the tests; every folder a program looks into must lie below it.
    #[test]
    fn tests_run_in_a_home_of_their_own() {
        let Ok(own) = std::env::var("MAQUETTE_TEST_HOME") else { return };
        for name in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"]
        {
            let value = std::env::var(name).unwrap_or_default();
            assert!(value.starts_with(&own), "{name} is `{value}`, outside `{own}`: ./dev must set it for tests");
        }
    }
}
