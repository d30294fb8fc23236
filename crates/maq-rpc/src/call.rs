//! One call: the services, who works, and the name of the job when the caller watches it.

use maq_app::{Job, Services};
use maq_value::Actor;

/// One call. Each area adds its commands as methods.
pub(crate) struct Call<'a> {
    pub services: &'a Services,
    pub actor: &'a Actor,
    pub job: Option<String>,
}

impl Call<'_> {
    /// The job of this call, watched and cancelled by the caller's id.
    pub fn job(&self) -> Job {
        self.services.events.start_job(self.job.clone())
    }
}
