use super::*;
use serde_json::json;

fn entity(name: &str) -> BundleEntity {
    let document = json!({"kind": "entity", "format": 1, "id": format!("ent_{name}"), "name": name});
    let digest = digest(&document).0;
    BundleEntity { id: format!("ent_{name}"), name: name.to_owned(), version: "v1".to_owned(), digest, document }
}

fn role(name: &str, permissions: &[&str]) -> BundleRole {
    let document = json!({"kind": "role", "format": 1, "id": format!("rol_{name}"), "name": name,
        "permissions": permissions, "inherits": []});
    let digest = digest(&document).0;
    BundleRole { id: format!("rol_{name}"), name: name.to_owned(), digest, document }
}

fn refused(bundle: &ReleaseBundle) -> ReleaseError {
    ReleaseBundle::read(bundle.canonical().as_bytes()).unwrap_err()
}

fn not_a_bundle(reason: &str) -> ReleaseError {
    ReleaseError::NotABundle(reason.to_owned())
}

#[test]
fn a_release_without_roles_has_the_digest_it_always_had() {
    // Written down before there were roles.
    let bundle = ReleaseBundle::new(vec![entity("Note")]);
    assert_eq!(
        bundle.canonical(),
        r#"{"entities":[{"digest":"4c617fc77b8a8134804fec0edc9d8c0c718a526339de9bb0b21910306451d770","document":{"format":1,"id":"ent_Note","kind":"entity","name":"Note"},"id":"ent_Note","name":"Note","version":"v1"}],"format":1}"#
    );
    assert_eq!(bundle.digest().0, "f3c566a7ebbb6202dc1b22b82e489e991958682e03bbfb9944dd470f58725d8d");
    assert_eq!(bundle.clone().with_roles(Vec::new()), bundle);
    assert_eq!(ReleaseBundle::read(bundle.canonical().as_bytes()), Ok(bundle));
}

#[test]
fn roles_belong_to_the_release_in_whatever_order_they_come() {
    let without = ReleaseBundle::new(vec![entity("Note")]);
    let bundle = without.clone().with_roles(vec![role("user", &["read:*"]), role("chief", &["*"])]);
    let other = without.clone().with_roles(vec![role("chief", &["*"]), role("user", &["read:*"])]);
    assert_eq!(bundle.digest(), other.digest());
    assert_eq!(bundle.format, 2, "a program that knows no roles must not read it");
    assert_ne!(bundle.digest(), without.digest());
    let fewer = without.with_roles(vec![role("chief", &["*"]), role("user", &[])]);
    assert_ne!(bundle.digest(), fewer.digest());
    assert_eq!(ReleaseBundle::read(bundle.canonical().as_bytes()), Ok(bundle));
}

#[test]
fn roles_that_are_not_whole_are_refused() {
    let bundle = ReleaseBundle::new(vec![entity("Note")]).with_roles(vec![role("chief", &[]), role("user", &[])]);
    let mut altered = bundle.clone();
    altered.roles[1].document["permissions"] = json!(["*"]);
    let error = refused(&altered);
    assert_eq!(error, ReleaseError::RoleDigest { name: "user".to_owned() });
    assert_eq!(error.to_string(), "the digest of the role `user` is not that of its document");

    let mut reversed = bundle.clone();
    reversed.roles.reverse();
    assert_eq!(refused(&reversed), not_a_bundle("its roles are not in the order of their names, each once"));

    let mut twice = bundle.clone();
    twice.roles[1] = twice.roles[0].clone();
    assert_eq!(refused(&twice), not_a_bundle("its roles are not in the order of their names, each once"));

    let disguised = ReleaseBundle { format: 1, ..bundle.clone() };
    assert_eq!(refused(&disguised), not_a_bundle("its format is not the one of its content"));
    let emptied = ReleaseBundle { roles: Vec::new(), ..bundle };
    assert_eq!(refused(&emptied), not_a_bundle("its format is not the one of its content"));
}
