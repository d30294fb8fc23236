//! A program that ends with this process, whatever happens to it: a shell starts the program and waits on a pipe that
//! this process holds open. The system closes the pipe even after `kill -9`; then the shell ends its child, the only
//! process that it ever signals, and removes the folder.

use crate::fail;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Its arguments: the folder, the signal at the end, the signal of a clean stop, the program with its arguments. A
/// line `stop` asks for a clean stop that keeps the folder. The child stays a zombie until `wait`, so that its number
/// is never another's. An `initdb` that is still at work makes files while the folder goes: hence the tries.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
folder=$1 end=$2 stop=$3; shift 3
"$@" </dev/null >>"$folder/log" 2>&1 &
child=$!
echo "$child"
word=
read -r word
if [ "$word" = stop ]; then
    kill -s "$stop" "$child" 2>/dev/null
    wait "$child"
else
    kill -s "$end" "$child" 2>/dev/null
    wait "$child"
    for try in 1 2 3 4 5; do
        rm -rf "$folder" 2>/dev/null
        [ -e "$folder" ] || break
        sleep 1
    done
fi
"#;

pub(crate) struct Watchdog {
    shell: Child,
    /// The process number of the program.
    pub child: u32,
}

/// The signals by which a program is ended.
#[derive(Clone, Copy)]
pub(crate) struct Signals {
    /// At once, when this process is gone.
    pub end: &'static str,
    /// In order.
    pub stop: &'static str,
}

impl Watchdog {
    /// Starts `words`, whose output goes to `folder/log`.
    #[track_caller]
    pub(crate) fn start(folder: &Path, signals: Signals, words: &[&str]) -> Self {
        let place = folder.to_str().unwrap_or_default();
        let all = ["sh", "-c", SCRIPT, "watchdog", place, signals.end, signals.stop];
        let mut command = super::programs::command(all.into_iter().chain(words.iter().copied()));
        // A group of its own: Ctrl-C in a terminal must not end the shell before its child.
        command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut shell = command.spawn().unwrap_or_else(|error| fail(&format!("cannot start `sh`: {error}")));
        let mut line = String::new();
        if let Some(output) = shell.stdout.take() {
            let _ = BufReader::new(output).read_line(&mut line);
        }
        match line.trim().parse() {
            Ok(child) => Self { shell, child },
            Err(_) => fail(&format!("the watchdog of `{}` did not start", words.join(" "))),
        }
    }

    /// Whether the program still runs.
    pub(crate) fn runs(&self) -> bool {
        alive(self.child)
    }

    /// Stops the program in order, or clears up after one that is gone, and keeps the folder.
    pub(crate) fn stop(mut self) {
        if let Some(mut input) = self.shell.stdin.take() {
            let _ = input.write_all(b"stop\n");
        }
        let _ = self.shell.wait();
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// Whether a process exists and is more than a zombie.
pub(crate) fn alive(process: u32) -> bool {
    stat(process).is_some_and(|(state, _)| state != "Z" && state != "X")
}

/// State and parent of a process, from `/proc` (proc(5)): they follow the name in parentheses.
pub(crate) fn stat(process: u32) -> Option<(String, u32)> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

/// Asks again and again until `done`, at most a minute; answers whether it came to pass.
pub(crate) fn wait_until(mut done: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while !done() {
        if began.elapsed() > Duration::from_secs(60) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}
