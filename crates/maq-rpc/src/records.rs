//! Records on the target `local`, on behalf of a principal.

use crate::call::Call;
use maq_app::{AppResult, ListRequest, Paging, Permission};
use maq_contract::{
    CountRecords, CreateRecord, DeleteRecord, Health, ListRecords, Nothing, RecordAnswer, RecordCount, RecordPage,
    RecordRef, UpdateRecord, WirePrincipal,
};
use maq_value::{Principal, Scope};

impl Call<'_> {
    pub async fn records_list_records(&self, request: ListRecords) -> AppResult<RecordPage> {
        let principal = self.principal(request.principal, Permission::View)?;
        let list = ListRequest {
            filter: request.filter,
            sort: request.sort.unwrap_or_default(),
            limit: request.limit,
            with_total: request.with_total.unwrap_or(request.page.is_some()),
            expand: Vec::new(),
            paging: match request.page {
                Some(page) => Paging::Page(page),
                None => Paging::Keyset { after: request.after },
            },
        };
        let page = self.services.data.list(&principal, &request.entity, &list).await?;
        let data = page.data.iter().map(maq_value::Record::to_json).collect();
        Ok(RecordPage { data, next: page.next, total: page.total })
    }

    pub async fn records_get_record(&self, request: RecordRef) -> AppResult<RecordAnswer> {
        let principal = self.principal(request.principal, Permission::View)?;
        let record = self.services.data.get(&principal, &request.entity, &request.id).await?;
        Ok(RecordAnswer { record: record.to_json() })
    }

    pub async fn records_count_records(&self, request: CountRecords) -> AppResult<RecordCount> {
        let principal = self.principal(request.principal, Permission::View)?;
        let count = self.services.data.count(&principal, &request.entity, request.filter.as_ref()).await?;
        Ok(RecordCount { count })
    }

    pub async fn records_create_record(&self, request: CreateRecord) -> AppResult<RecordAnswer> {
        let principal = self.principal(request.principal, Permission::EditRecords)?;
        let record = self.services.data.create(&principal, &request.entity, request.values).await?;
        Ok(RecordAnswer { record: record.to_json() })
    }

    pub async fn records_update_record(&self, request: UpdateRecord) -> AppResult<RecordAnswer> {
        let principal = self.principal(request.principal, Permission::EditRecords)?;
        let UpdateRecord { entity, id, values, row_version, .. } = request;
        let record = self.services.data.update(&principal, &entity, &id, values, row_version).await?;
        Ok(RecordAnswer { record: record.to_json() })
    }

    pub async fn records_delete_record(&self, request: DeleteRecord) -> AppResult<Nothing> {
        let principal = self.principal(request.principal, Permission::EditRecords)?;
        self.services.data.delete(&principal, &request.entity, &request.id, request.row_version).await?;
        Ok(Nothing {})
    }

    pub async fn records_check_health(&self, _: Nothing) -> AppResult<Health> {
        Ok(crate::services::health(self.services.data.check_health().await))
    }

    /// Who asks: the named principal, else the studio's own person as `admin`. Whoever works here may choose freely, so
    /// the workspace's role is what keeps somebody out.
    fn principal(&self, named: Option<WirePrincipal>, permission: Permission) -> AppResult<Principal> {
        self.services.access.allow(self.actor, permission)?;
        Ok(named.map_or_else(|| Principal::new(self.actor.user_id.clone(), &["admin"]), principal))
    }
}

pub(crate) fn principal(wire: WirePrincipal) -> Principal {
    let default = Scope::default();
    Principal {
        tenant_id: wire.tenant_id.unwrap_or(default.tenant_id),
        realm_id: wire.realm_id.unwrap_or(default.realm_id),
        roles: wire.roles,
        ..Principal::new(wire.user_id, &[])
    }
}
