//! Whose an edit is: policies and roles are the policy owner's, everything else the designer's.

use crate::AppResult;
use crate::authorise::{Permission, authorise, brings_policies};
use maq_doc::{Document, Edit, rename};
use maq_value::Actor;
use serde_json::Value as Json;
use std::sync::Arc;

/// Refuses an actor who may not make all of these edits on `documents`.
pub(super) fn authorise_edits(actor: &Actor, edits: &[Edit], documents: &[Arc<Document>]) -> AppResult<()> {
    let followed = follow_renames(edits, documents);
    let own: Vec<&Edit> = edits.iter().filter(|edit| !followed.contains(edit)).collect();
    let guards = |edit: &&Edit| is_of_policies(edit, documents);
    if own.iter().any(guards) {
        authorise(actor, Permission::DesignPolicies)?;
    }
    if own.iter().any(|edit| !guards(edit)) || edits.is_empty() {
        authorise(actor, Permission::Design)?;
    }
    let brings = |edit: &&Edit| matches!(edit, Edit::AddDocument { document } if brings_policies(document));
    if own.iter().any(brings) {
        authorise(actor, Permission::DesignPolicies)?;
    }
    Ok(())
}

/// Whether an edit is of policies or of a role.
fn is_of_policies(edit: &Edit, documents: &[Arc<Document>]) -> bool {
    let is_role = || {
        let document = documents.iter().find(|document| document.id() == edit.document_id());
        document.is_some_and(|document| document.as_role().is_some())
    };
    match edit {
        Edit::Add { path, .. } | Edit::Remove { path, .. } | Edit::Set { path, .. } | Edit::Move { path, .. } => {
            path.first().is_some_and(|part| part == "policies") || is_role()
        }
        Edit::AddDocument { document } => document.get("kind").and_then(Json::as_str) == Some("role"),
        Edit::RemoveDocument { .. } => is_role(),
    }
}

/// The edits of roles that an entity's rename brings with it: exactly these are the designer's, for they change no
/// right.
fn follow_renames(edits: &[Edit], documents: &[Arc<Document>]) -> Vec<Edit> {
    let roles = rename::roles(documents.iter().map(|document| &**document));
    let mut following = Vec::new();
    for edit in edits.iter().filter(|_| !roles.is_empty()) {
        let Edit::Set { document, path, value: Some(Json::String(name)) } = edit else { continue };
        if path.len() != 1 || path.first().is_none_or(|key| key != "name") {
            continue;
        }
        let entity = documents.iter().find(|there| there.id() == document).and_then(|there| there.as_entity());
        if let Some(entity) = entity {
            following.extend(rename::rename_entity_in_roles(&roles, &entity.name, name));
        }
    }
    following
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn documents() -> Vec<Arc<Document>> {
        let all = [
            json!({"kind": "role", "id": "rol_user", "name": "user", "permissions": ["read:Invoice"]}),
            json!({"kind": "entity", "id": "ent_invoice", "name": "Invoice", "fields": []}),
        ];
        all.map(|json| Arc::new(maq_doc::read_document("test", json).unwrap())).into()
    }

    fn set(document: &str, path: &[&str], value: Json) -> Edit {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        Edit::Set { document: document.to_owned(), path, value: Some(value) }
    }

    /// Who may make the edits, of designer (d), policy owner (p) and owner (o).
    fn who(edits: &[Edit]) -> String {
        let may = |role: &str| {
            let actor = Actor { user_id: "ann".to_owned(), roles: vec![role.to_owned()] };
            authorise_edits(&actor, edits, &documents()).is_ok()
        };
        let all = [("designer", 'd'), ("policyOwner", 'p'), ("owner", 'o')];
        all.iter().filter(|(role, _)| may(role)).map(|(_, letter)| *letter).collect()
    }

    #[test]
    fn roles_are_the_policy_owners() {
        let role = json!({"kind": "role", "id": "rol_new", "name": "new"});
        assert_eq!(who(&[Edit::AddDocument { document: role }]), "po");
        assert_eq!(who(&[Edit::RemoveDocument { document: "rol_user".to_owned() }]), "po");
        assert_eq!(who(&[set("rol_user", &["permissions"], json!(["*"]))]), "po");
        assert_eq!(who(&[set("rol_user", &["name"], json!("member"))]), "po");
        assert_eq!(who(&[Edit::RemoveDocument { document: "ent_invoice".to_owned() }]), "do");
        assert_eq!(who(&[set("ent_invoice", &["policies", "pol_a", "roles"], json!(["user"]))]), "po");
    }

    #[test]
    fn a_rename_takes_the_permissions_along_and_nothing_else() {
        let rename = set("ent_invoice", &["name"], json!("Bill"));
        let follows = set("rol_user", &["permissions"], json!(["read:Bill"]));
        assert_eq!(who(&[rename.clone(), follows.clone()]), "do");
        assert_eq!(who(&[follows]), "po");
        assert_eq!(who(&[rename, set("rol_user", &["permissions"], json!(["*:Bill"]))]), "o");
    }
}
