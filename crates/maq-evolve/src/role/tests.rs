use super::*;
use crate::tests::entity;
use crate::{Direction, evolve};

fn role(id: &str, name: &str, permissions: &[&str], inherits: &[&str]) -> Role {
    let texts = |texts: &[&str]| texts.iter().map(|text| Arc::from(*text)).collect();
    Role { id: id.into(), name: name.into(), permissions: texts(permissions), inherits: texts(inherits) }
}

fn model(entities: &[(&str, &str)], roles: Vec<Role>) -> Model {
    let one = |(id, name): &(&str, &str)| {
        let mut entity = entity(name, Vec::new());
        entity.id = Arc::from(*id);
        Arc::new(entity)
    };
    Model::new(entities.iter().map(one).collect()).with_roles(roles)
}

fn told(old: &Model, new: &Model) -> Vec<String> {
    compare(old, new).iter().map(|it| format!("{} {}: {}", it.kind.as_str(), it.entity, it.summary)).collect()
}

const BOTH: &[(&str, &str)] = &[("e1", "Invoice"), ("e2", "Note")];

#[test]
fn a_change_of_permissions_says_whether_it_widens_or_narrows() {
    let user = |permissions: &[&str]| role("r1", "user", permissions, &[]);
    let change = |before: &[&str], after: &[&str]| {
        told(&model(BOTH, vec![user(before)]), &model(BOTH, vec![user(after)])).join(" | ")
    };
    assert_eq!(change(&["read:*"], &["read:*"]), "");
    assert_eq!(
        change(&["read:Note"], &["read:*", "create:Note"]),
        "widenRole user: role `user` permits more: gains `read:*`, `create:Note`; loses `read:Note`"
    );
    assert_eq!(change(&["*"], &["read:*"]), "narrowRole user: role `user` permits less: gains `read:*`; loses `*`");
    assert_eq!(
        change(&["read:Note"], &["read:Invoice"]),
        "changeRole user: role `user` permits more and less: gains `read:Invoice`; loses `read:Note`"
    );
    assert_eq!(
        change(&["read:*"], &["list:*"]),
        "changeRole user: role `user` permits the same in other words: gains `list:*`; loses `read:*`"
    );
}

#[test]
fn roles_come_go_are_renamed_and_hand_on_what_they_gain() {
    let old = model(
        BOTH,
        vec![
            role("r1", "user", &["read:*"], &[]),
            role("r2", "chief", &[], &["user"]),
            role("r3", "guest", &["*"], &[]),
        ],
    );
    let new = model(
        BOTH,
        vec![
            role("r1", "member", &["read:*", "create:*"], &[]),
            role("r2", "chief", &[], &["member"]),
            role("r4", "clerk", &["update:Note"], &["member"]),
            role("r5", "empty", &[], &[]),
        ],
    );
    assert_eq!(
        told(&old, &new),
        [
            "renameRole member: role `user` is now called `member`",
            "widenRole member: role `member` permits more: gains `create:*`; so for `chief`, `clerk`, who inherit it",
            "addRole clerk: new role `clerk`: `update:Note`, all of `member`",
            "addRole empty: new role `empty`: nothing of its own",
            "removeRole guest: role `guest` is no longer there, and permits nothing",
        ]
    );
    assert!(told(&new, &new).is_empty());
}

#[test]
fn inheritance_counts_and_a_renamed_entity_keeps_its_rights() {
    let old = model(BOTH, vec![role("r1", "user", &["read:Note"], &[]), role("r2", "chief", &[], &["user"])]);
    let less = model(BOTH, vec![role("r1", "user", &["read:Note"], &[]), role("r2", "chief", &[], &[])]);
    assert_eq!(told(&old, &less), ["narrowRole chief: role `chief` permits less: loses all of `user`"]);
    let renamed = model(&[("e1", "Invoice"), ("e2", "Memo")], vec![role("r1", "user", &["read:Memo"], &[])]);
    let before = model(BOTH, vec![role("r1", "user", &["read:Note"], &[])]);
    assert_eq!(
        told(&before, &renamed),
        ["changeRole user: role `user` permits the same in other words: gains `read:Memo`; loses `read:Note`"]
    );
}

#[test]
fn a_change_of_roles_alone_needs_no_schema_operation_and_can_always_be_done() {
    let (old, new) = (model(&[], vec![role("r1", "user", &["*"], &[])]), model(&[], Vec::new()));
    for direction in [Direction::Apply, Direction::Rollback] {
        let evolution = evolve(&old, &[], &new, direction);
        assert_eq!((evolution.changes.len(), evolution.operations.len(), evolution.findings.len()), (1, 0, 0));
    }
}
