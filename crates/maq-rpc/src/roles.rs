//! Roles of drafts: the catalogue, rights, checks, personas, renames.

use crate::call::Call;
use crate::policies::cell;
use crate::workspace::edited;
use maq_app::{AppResult, OtherRight, RightsRow};
use maq_contract::{
    AddPersonas, CheckRole, DraftRole, EditResult, Nothing, OperationCatalogue, OperationInfo, OperationNamespace,
    OperationRight, PersonaRole, RenameRole, RoleCheck, RoleRights, RoleRightsRow,
};
use maq_policy::{NAMESPACES, Namespace, Operation, PERSONAS, Persona};

impl Call<'_> {
    pub async fn roles_list_operations(&self, _: Nothing) -> AppResult<OperationCatalogue> {
        Ok(OperationCatalogue {
            namespaces: NAMESPACES.iter().map(namespace).collect(),
            personas: PERSONAS.iter().map(persona).collect(),
        })
    }

    pub async fn roles_read_rights(&self, request: DraftRole) -> AppResult<RoleRights> {
        let rights = self.services.roles.rights(self.actor, &request.role_id).await?;
        Ok(RoleRights {
            inherits: rights.inherits,
            heirs: rights.heirs,
            actions: rights.actions,
            rows: rights.rows.into_iter().map(row).collect(),
        })
    }

    pub async fn roles_check_role(&self, request: CheckRole) -> AppResult<RoleCheck> {
        let findings = match request.document.as_role() {
            Some(role) => self.services.roles.check(self.actor, role).await?,
            None => Vec::new(),
        };
        Ok(RoleCheck { findings })
    }

    pub async fn roles_add_personas(&self, request: AddPersonas) -> AppResult<EditResult> {
        let AddPersonas { names, group_id } = request;
        self.workspace(None, group_id).add_personas(self.actor, names.as_deref()).await.map(edited)
    }

    pub async fn roles_rename_role(&self, request: RenameRole) -> AppResult<EditResult> {
        let RenameRole { role_id, name, group_id } = request;
        self.workspace(None, group_id).rename_role(self.actor, &role_id, &name).await.map(edited)
    }
}

fn namespace(namespace: &Namespace) -> OperationNamespace {
    let operation = |operation: &Operation| OperationInfo {
        name: operation.name.to_owned(),
        description: operation.description.to_owned(),
        action: operation.action.map(str::to_owned),
    };
    OperationNamespace {
        name: namespace.name.to_owned(),
        description: namespace.description.to_owned(),
        operations: namespace.operations.iter().map(operation).collect(),
    }
}

fn persona(persona: &Persona) -> PersonaRole {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    PersonaRole {
        name: persona.name.to_owned(),
        label: persona.label.to_owned(),
        description: persona.description.to_owned(),
        permissions: texts(persona.permissions),
        inherits: texts(persona.inherits),
    }
}

fn row(row: RightsRow) -> RoleRightsRow {
    let other = |OtherRight { operation, by }| OperationRight { operation, by };
    RoleRightsRow {
        entity_id: row.entity_id,
        entity: row.entity,
        cells: row.cells.into_iter().map(cell).collect(),
        others: row.others.into_iter().map(other).collect(),
    }
}
