//! The router: command and JSON in, JSON or a wire error out.

use crate::call::Call;
use crate::error::{refusal, wire_error};
use crate::feed::Feed;
use maq_app::{AppResult, RefusalClass, Services};
use maq_contract::{COMMANDS, StudioEvent, WireError};
use maq_value::{Actor, Instant};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use std::sync::Arc;
use tokio::sync::broadcast;

/// Answers every command of the table for one actor. Cloning is cheap.
#[derive(Clone)]
pub struct Router {
    services: Services,
    actor: Arc<Actor>,
    /// Whether the roles are those of a member, which may change while the router lives.
    member: bool,
    feed: Arc<Feed>,
}

impl Router {
    /// A router over `services` for `actor`. Needs a running tokio runtime, on which it numbers events.
    pub fn new(services: Services, actor: Actor) -> Router {
        // Milliseconds grow faster than events come, so a later run begins above an earlier one.
        let first = Instant::now().millis().unsigned_abs();
        let feed = Feed::start(&services.events, first);
        Router { services, actor: Arc::new(actor), member: false, feed }
    }

    /// A router for a person, with the roles that the workspace gives them: asked for at every call, so that whoever is
    /// taken out is out at once.
    ///
    /// # Errors
    /// `actor/not-a-member`.
    pub async fn for_person(services: Services, user_id: &str) -> AppResult<Router> {
        let actor = services.access.actor_of(user_id).await?;
        Ok(Router { member: true, ..Router::new(services, actor) })
    }

    /// The services behind it.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Who works, as it was when the router was made.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Answers one command. A caller that names its `job` sees its progress among the events and may cancel it.
    ///
    /// # Errors
    /// `rpc/command-unknown`, `rpc/bad-request`, and what the use case refuses.
    pub async fn call(&self, command: &str, request: Json, job: Option<String>) -> Result<Json, WireError> {
        if !self.member {
            let call = Call { services: &self.services, actor: &self.actor, job };
            return dispatch(&call, command, request).await;
        }
        let actor = self.services.access.actor_of(&self.actor.user_id).await.map_err(wire_error)?;
        dispatch(&Call { services: &self.services, actor: &actor, job }, command, request).await
    }

    /// Events from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<StudioEvent> {
        self.feed.subscribe()
    }

    /// The events after the sequence `after`, and those from now on. Where what was missed is no longer known, one event
    /// says that everything changed.
    pub fn resume(&self, after: Option<u64>) -> (Vec<StudioEvent>, broadcast::Receiver<StudioEvent>) {
        self.feed.resume(after)
    }

    /// Asks a running job to stop; false when there is none of this id.
    pub fn cancel_job(&self, job: &str) -> bool {
        self.services.events.cancel_job(job)
    }

    /// Finishes what is under way and closes the store.
    pub async fn close(&self) {
        self.services.close().await;
    }
}

/// From the command table: a line without a method of its name and types on [`Call`] does not compile.
macro_rules! dispatcher {
    ($( $name:literal, $method:ident, $request:ident => $response:ident, [$($tag:ident),*]; )*) => {
        async fn dispatch(call: &Call<'_>, command: &str, request: Json) -> Result<Json, WireError> {
            match command {
                $( $name => {
                    let request: maq_contract::$request = read(command, request)?;
                    // Boxed: otherwise the future is as large as the largest command's, on every call.
                    let answer: maq_contract::$response = Box::pin(call.$method(request)).await.map_err(wire_error)?;
                    write(&answer)
                } )*
                _ => Err(unknown(command)),
            }
        }
    };
}
maq_contract::commands!(dispatcher);

#[expect(clippy::result_large_err, reason = "the one error shape of every host; a refusal is moved once")]
fn read<T: DeserializeOwned>(command: &str, request: Json) -> Result<T, WireError> {
    // A call without a body asks with an empty object.
    let request = if request.is_null() { Json::Object(serde_json::Map::new()) } else { request };
    serde_path_to_error::deserialize(request).map_err(|error| {
        let place = error.path().to_string();
        let reason = error.inner().to_string();
        let place = if place == "." { "the request".to_owned() } else { format!("`{place}`") };
        let title = format!("the request of `{command}` cannot be read at {place}: {reason}");
        let help = "send what the command's type says".to_owned();
        let mut refused = wire_error(refusal("rpc/bad-request", RefusalClass::Invalid, title, help));
        refused.status = 400;
        refused.params.insert("command".into(), command.to_owned());
        refused.params.insert("place".into(), error.path().to_string());
        refused
    })
}

#[expect(clippy::result_large_err, reason = "the one error shape of every host; a refusal is moved once")]
fn write<T: Serialize>(answer: &T) -> Result<Json, WireError> {
    serde_json::to_value(answer).map_err(|error| wire_error(maq_app::AppError::fault(error)))
}

fn unknown(command: &str) -> WireError {
    let near = maq_diag::did_you_mean(command, COMMANDS.iter().map(|info| info.name));
    let help = match near {
        Some(name) => format!("did you mean `{name}`?"),
        None => "see the command table".to_owned(),
    };
    let title = format!("there is no command `{command}`");
    wire_error(refusal("rpc/command-unknown", RefusalClass::NotFound, title, help))
}
