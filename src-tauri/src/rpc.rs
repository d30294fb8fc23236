//! The two commands of the window: a call, and the wish that a running call stops.

use crate::core::Core;
use maq_contract::WireError;
use serde_json::Value as Json;
use tauri::State;

/// Answers one line of the command table. A refusal crosses as the same error object that HTTP carries.
///
/// `job` is the caller's own id of long work: its progress comes as events, and [`cancel`] stops it.
#[tauri::command]
pub async fn rpc(
    core: State<'_, Core>,
    command: String,
    request: Json,
    job: Option<String>,
) -> Result<Json, WireError> {
    core.call(&command, request, job).await
}

/// Asks a running job to stop; true when there is one.
#[tauri::command]
pub async fn cancel(core: State<'_, Core>, job: String) -> Result<bool, WireError> {
    Ok(core.cancel(&job))
}
