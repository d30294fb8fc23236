//! The core behind the window: the router over one workspace, or the reason why there is none.
//!
//! A workspace that cannot be opened (newer, locked, no workspace at all) does not stop the window: every call is then
//! answered with that refusal, and the studio shows it with its help.

use maq_contract::WireError;
use maq_rpc::Router;
use serde_json::Value as Json;
use std::path::Path;

/// The router, or why there is none.
pub struct Core {
    opened: Result<Router, WireError>,
}

impl Core {
    /// Opens the workspace at `place`, a path or an address, making it when nothing is there.
    pub async fn open(place: &Path) -> Core {
        let opened = async {
            let (services, _) = maq_host::open_workspace(&maq_host::Place::of(place)?).await?;
            Router::for_person(services, &maq_host::person_id()).await
        };
        Core { opened: opened.await.map_err(maq_rpc::wire_error) }
    }

    /// Whether a workspace is open.
    pub fn is_open(&self) -> bool {
        self.opened.is_ok()
    }

    /// Answers one command.
    ///
    /// # Errors
    /// The refusal or fault, as it crosses the wire.
    pub async fn call(&self, command: &str, request: Json, job: Option<String>) -> Result<Json, WireError> {
        match &self.opened {
            Ok(router) => router.call(command, request, job).await,
            Err(refusal) => Err(refusal.clone()),
        }
    }

    /// Asks a job to stop; true when there is one.
    pub fn cancel(&self, job: &str) -> bool {
        self.opened.as_ref().is_ok_and(|router| router.cancel_job(job))
    }

    /// The router, when a workspace is open.
    pub fn router(&self) -> Option<Router> {
        self.opened.as_ref().ok().cloned()
    }

    /// Finishes what is under way.
    pub async fn close(&self) {
        if let Ok(router) = &self.opened {
            router.close().await;
        }
    }
}
