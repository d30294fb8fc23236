//! Export: every record of a list, page after page, each as far as it may be seen when its page is read.

use super::{DataApi, ListRequest, MAX_PAGE, Paging};
use crate::AppResult;
use crate::services::Act;
use maq_store::UnitOfWork;
use maq_value::{Principal, Record};
use std::sync::Arc;

/// An export under way. It holds nothing of the store between its pages.
pub struct Export {
    api: DataApi,
    principal: Principal,
    entity: String,
    request: ListRequest,
    names: Vec<Arc<str>>,
    /// Read, and not yet given.
    ready: Vec<Record>,
    is_last: bool,
}

impl DataApi {
    /// Begins an export of the records that fit `filter`, in the order of `sort`; audited. Its first page is read at
    /// once, so that what is wrong is told before anything is given.
    ///
    /// # Errors
    /// As [`DataApi::list`].
    pub async fn export(&self, principal: &Principal, entity: &str, request: &ListRequest) -> AppResult<Export> {
        let names = {
            let asked = self.asked(principal).await?;
            self.see(&asked, entity).await?.names()
        };
        let request = ListRequest {
            filter: request.filter.clone(),
            sort: request.sort.clone(),
            limit: Some(MAX_PAGE),
            ..ListRequest::default()
        };
        let (api, principal, entity) = (self.clone(), principal.clone(), entity.to_owned());
        let mut export = Export { api, principal, entity, request, names, ready: Vec::new(), is_last: false };
        export.ready = export.read().await?;
        let act = Act { event_type: "data.export", action: "export", resource: &export.entity, details: None };
        let event = self.inner.audit_principal(&export.principal, act);
        self.inner.commit(UnitOfWork { audit: vec![event], ..UnitOfWork::default() }).await?;
        Ok(export)
    }
}

impl Export {
    /// The names of what its records may show, in their order.
    pub fn names(&self) -> &[Arc<str>] {
        &self.names
    }

    /// The next records; none at the end.
    ///
    /// # Errors
    /// As [`DataApi::list`]: a right that is taken away ends an export under way, too.
    pub async fn next(&mut self) -> AppResult<Vec<Record>> {
        if self.ready.is_empty() && !self.is_last {
            return self.read().await;
        }
        Ok(std::mem::take(&mut self.ready))
    }

    async fn read(&mut self) -> AppResult<Vec<Record>> {
        let page = self.api.list(&self.principal, &self.entity, &self.request).await?;
        self.is_last = page.next.is_none();
        self.request.paging = Paging::Keyset { after: page.next };
        Ok(page.data)
    }
}
