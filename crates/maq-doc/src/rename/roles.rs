//! Renames that touch roles.

use super::set;
use crate::{Document, Edit, EntityDoc, PolicyDoc, RoleDoc};
use serde_json::Value as Json;

/// The roles among `documents`.
pub fn roles<'a>(documents: impl IntoIterator<Item = &'a Document>) -> Vec<&'a RoleDoc> {
    documents.into_iter().filter_map(Document::as_role).collect()
}

/// The edits that rename the entity `old` in the permissions of roles. A beginning of names (`Sales*`) stays.
pub fn rename_entity_in_roles(roles: &[&RoleDoc], old: &str, name: &str) -> Vec<Edit> {
    let renamed = |permission: &String| match permission.split_once(':') {
        Some((action, resource)) if resource == old => format!("{action}:{name}"),
        _ => permission.clone(),
    };
    let edit = |role: &&RoleDoc| {
        let permissions: Vec<String> = role.permissions.iter().map(renamed).collect();
        (permissions != role.permissions).then(|| set(&role.id, &["permissions"], permissions.into()))
    };
    roles.iter().filter_map(edit).collect()
}

/// The edits that rename `role` to `name`, with every role that inherits it and every policy that is for it.
pub fn rename_role(roles: &[&RoleDoc], entities: &[&EntityDoc], role: &RoleDoc, name: &str) -> Vec<Edit> {
    let old = role.name.as_str();
    let mut edits = vec![set(&role.id, &["name"], name.into())];
    for heir in roles {
        if let Some(inherits) = renamed(&heir.inherits, old, name) {
            edits.push(set(&heir.id, &["inherits"], inherits));
        }
    }
    for entity in entities {
        for policy in &entity.policies {
            edits.extend(in_policy(entity, policy, old, name));
        }
    }
    edits
}

fn in_policy(entity: &EntityDoc, policy: &PolicyDoc, old: &str, name: &str) -> Vec<Edit> {
    let own = renamed(&policy.roles, old, name).map(|roles| set(&entity.id, &["policies", &policy.id, "roles"], roles));
    let lent = policy.granted_by.as_ref().and_then(|grantor| renamed(&grantor.roles, old, name));
    let lent = lent.map(|roles| set(&entity.id, &["policies", &policy.id, "grantedBy", "roles"], roles));
    own.into_iter().chain(lent).collect()
}

/// The list with the new name; none when it does not hold the old one.
fn renamed(names: &[String], old: &str, name: &str) -> Option<Json> {
    let one = |listed: &String| if listed == old { name.to_owned() } else { listed.clone() };
    names.iter().any(|listed| listed == old).then(|| names.iter().map(one).collect::<Vec<String>>().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_document;
    use serde_json::json;

    fn documents() -> Vec<Document> {
        let all = [
            json!({"kind": "role", "id": "rol_user", "name": "user", "permissions": ["read:Invoice", "read:Invoice*", "*"]}),
            json!({"kind": "role", "id": "rol_chief", "name": "chief", "permissions": ["*:Note"], "inherits": ["user"]}),
            json!({"kind": "entity", "id": "ent_invoice", "name": "Invoice", "fields": [], "policies": [
                {"id": "pol_a", "name": "a", "effect": "allow", "actions": ["read"], "roles": ["clerk", "user"],
                 "grantedBy": {"userId": "ann", "roles": ["user"]}},
                {"id": "pol_b", "name": "b", "effect": "allow", "actions": ["read"], "roles": ["users"]}]}),
        ];
        all.map(|json| read_document("test", json).unwrap()).into()
    }

    fn told(edits: &[Edit]) -> Vec<String> {
        let one = |edit: &Edit| match edit {
            Edit::Set { document, path, value: Some(value) } => format!("{document}/{} = {value}", path.join("/")),
            other => format!("{other:?}"),
        };
        edits.iter().map(one).collect()
    }

    #[test]
    fn renaming_an_entity_rewrites_the_permissions_that_name_it_alone() {
        let documents = documents();
        let edits = rename_entity_in_roles(&roles(&documents), "Invoice", "Bill");
        assert_eq!(told(&edits), [r#"rol_user/permissions = ["read:Bill","read:Invoice*","*"]"#]);
    }

    #[test]
    fn renaming_a_role_rewrites_heirs_policies_and_grantors() {
        let documents = documents();
        let (roles, entities) = (roles(&documents), super::super::entities(&documents));
        let edits = rename_role(&roles, &entities, roles[0], "member");
        assert_eq!(
            told(&edits),
            [
                r#"rol_user/name = "member""#,
                r#"rol_chief/inherits = ["member"]"#,
                r#"ent_invoice/policies/pol_a/roles = ["clerk","member"]"#,
                r#"ent_invoice/policies/pol_a/grantedBy/roles = ["member"]"#,
            ]
        );
    }
}
