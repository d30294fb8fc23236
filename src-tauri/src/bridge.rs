//! What the core tells unasked, handed to the window as the event `studio-event`.

use crate::core::Core;
use crate::window::LABEL;
use tauri::{AppHandle, Emitter, Runtime};
use tokio::sync::broadcast::error::RecvError;

/// The one event the window listens to.
pub const STUDIO_EVENT: &str = "studio-event";

/// Forwards events until the core ends. What the bridge was too slow for is fetched again from the core.
pub fn start<R: Runtime>(app: AppHandle<R>, core: &Core) {
    let Some(router) = core.router() else { return };
    tauri::async_runtime::spawn(async move {
        let (_, mut events) = router.resume(None);
        let mut last = None;
        loop {
            let missed = match events.recv().await {
                Ok(event) => vec![event],
                Err(RecvError::Lagged(_)) => {
                    let (missed, rest) = router.resume(last);
                    events = rest;
                    missed
                }
                Err(RecvError::Closed) => break,
            };
            for event in missed {
                last = Some(event.seq);
                // A window that is just closing is no trouble.
                let _ = app.emit_to(LABEL, STUDIO_EVENT, event);
            }
        }
    });
}
