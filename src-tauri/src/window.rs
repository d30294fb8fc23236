//! The window itself: its size, its title, and the walls around it.

use std::path::Path;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Runtime, Url, WebviewUrl, WebviewWindowBuilder};

/// The label that `capabilities/main.json` speaks of.
pub const LABEL: &str = "main";

/// Opens the window on the studio. It never leaves its own origin and opens no other window.
///
/// # Errors
/// When the system has no window to give.
pub fn open<R: Runtime>(app: &AppHandle<R>, place: &Path) -> tauri::Result<()> {
    let name = place.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title(format!("{name} · Maquette"))
        .inner_size(1440.0, 900.0)
        .min_inner_size(960.0, 600.0)
        // Tauri's own handler for dropped files would end drag and drop inside the page.
        .disable_drag_drop_handler()
        .on_navigation(is_own_origin)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    Ok(())
}

/// What a second start of the program does: show the window that is there.
pub fn bring_to_front<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(LABEL) {
        // A window manager may refuse; nothing depends on it.
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

/// Whether an address belongs to the studio's own pages.
fn is_own_origin(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // The same pages on Windows and Android.
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        "about" => url.path() == "blank",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_own_origin;

    fn allowed(address: &str) -> bool {
        is_own_origin(&address.parse().unwrap())
    }

    #[test]
    fn the_window_stays_on_its_own_pages() {
        assert!(allowed("tauri://localhost/index.html"));
        assert!(allowed("http://tauri.localhost/"));
        assert!(allowed("about:blank"));
    }

    #[test]
    fn the_window_goes_nowhere_else() {
        for address in ["https://example.org/", "http://localhost:5173/", "file:///etc/passwd", "data:text/html,x"] {
            assert!(!allowed(address), "{address}");
        }
    }
}
