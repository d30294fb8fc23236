//! Who asks, of which running model, and when: the same for everything one request does.

use super::sight::{self, Sight};
use crate::AppResult;
use crate::active::ActiveModel;
use maq_expr::Known;
use maq_policy::{Refused, RowFilter, no_context};
use maq_value::{Instant, Principal};
use std::sync::Arc;

/// A request on records.
pub(crate) struct Asked<'p> {
    pub active: Arc<ActiveModel>,
    pub principal: &'p Principal,
    pub now: Instant,
    /// What hashes in place of values are made with.
    pub mask_key: Vec<u8>,
}

impl Asked<'_> {
    /// What is known before any record is looked at.
    pub fn known(&self) -> Known<'_> {
        Known { principal: self.principal, context: no_context(), now: self.now }
    }

    /// What is seen of the records of `entity`; none when that is nothing.
    ///
    /// # Errors
    /// `data/entity-unknown`; inside, that the policies cannot be asked of the store.
    pub fn sight<'a>(&'a self, entity: &str) -> AppResult<Result<Option<Sight<'a>>, Refused>> {
        let (view, engines) = self.active.required(entity)?;
        Ok(Sight::of(view, engines, self.known(), &self.mask_key))
    }

    /// The records of `entity` on which `action` may be done.
    ///
    /// # Errors
    /// As [`Asked::sight`].
    pub fn rows(&self, entity: &str, action: &str) -> AppResult<Result<RowFilter, Refused>> {
        let (_, engines) = self.active.required(entity)?;
        Ok(sight::rows(engines.enforced(), &self.known(), action))
    }
}
