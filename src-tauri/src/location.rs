//! Which workspace to open: the one named on the command line, else the last one, else a new one in the app's folder.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager, Runtime};

/// Where the last opened workspace is written down, in the app's configuration folder.
const LAST: &str = "last-workspace";
/// The workspace a person gets who never made one.
const FIRST: &str = "My workspace.maquette";

/// Chooses the workspace's file. It need not exist yet.
pub fn choose<R: Runtime>(app: &AppHandle<R>, argument: Option<OsString>) -> PathBuf {
    let last = app.path().app_config_dir().ok().and_then(|folder| std::fs::read_to_string(folder.join(LAST)).ok());
    let data = app.path().app_data_dir().unwrap_or_else(|_| PathBuf::from("."));
    let chosen = decide(argument.map(PathBuf::from), last.map(|line| PathBuf::from(line.trim_end())), &data);
    if chosen.starts_with(&data)
        && let Err(error) = std::fs::create_dir_all(&data)
    {
        // Opening then says so in its own words.
        tracing::warn!(%error, "the app's folder cannot be made");
    }
    chosen
}

/// Writes the workspace down for the next start. Not being able to is no reason to stop.
pub fn remember<R: Runtime>(app: &AppHandle<R>, place: &Path) {
    let Ok(folder) = app.path().app_config_dir() else { return };
    let written = std::fs::create_dir_all(&folder)
        .and_then(|()| std::path::absolute(place))
        .and_then(|full| std::fs::write(folder.join(LAST), full.to_string_lossy().as_bytes()));
    if let Err(error) = written {
        tracing::warn!(%error, "the last workspace could not be written down");
    }
}

fn decide(argument: Option<PathBuf>, last: Option<PathBuf>, data: &Path) -> PathBuf {
    argument.or_else(|| last.filter(|file| file.exists())).unwrap_or_else(|| data.join(FIRST))
}

#[cfg(test)]
mod tests {
    use super::{FIRST, decide};
    use std::path::{Path, PathBuf};

    #[test]
    fn the_argument_wins() {
        let chosen = decide(Some(PathBuf::from("a.maquette")), Some(PathBuf::from("b.maquette")), Path::new("data"));
        assert_eq!(chosen, PathBuf::from("a.maquette"));
    }

    #[test]
    fn the_last_one_is_taken_only_while_it_exists() {
        let folder = tempfile::tempdir().unwrap();
        let last = folder.path().join("last.maquette");
        assert_eq!(decide(None, Some(last.clone()), Path::new("data")), Path::new("data").join(FIRST));
        std::fs::write(&last, b"").unwrap();
        assert_eq!(decide(None, Some(last.clone()), Path::new("data")), last);
    }
}
