//! Members of a workspace: who is one, who manages them, and that it never loses its last owner.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use maq_app::{AppResult, Options};
use maq_store::StoreKind;
use maq_value::Actor;
use support::{World, world, world_of};

fn title<T>(result: AppResult<T>) -> String {
    result.err().unwrap().refusal().unwrap().title.clone()
}

fn roles(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn members(world: &World) -> Vec<(String, String)> {
    let rows = world.services.access.list_members(&world.owner).await.unwrap();
    rows.into_iter().map(|row| (row.user_id, row.roles.join(" "))).collect()
}

#[tokio::test]
async fn a_workspace_without_members_belongs_to_whoever_opens_it() {
    let world = world().await;
    let access = &world.services.access;
    for person in ["ann", "bob"] {
        assert_eq!(access.actor_of(person).await.unwrap(), Actor::owner(person));
    }
    assert!(members(&world).await.is_empty());
}

#[tokio::test]
async fn with_the_first_member_its_maker_becomes_an_owner_and_others_are_out() {
    let world = world().await;
    let access = &world.services.access;
    let made = access.put_member(&world.owner, " bob ", &roles(&["publisher", "designer", "designer"])).await.unwrap();
    assert_eq!((made.user_id.as_str(), made.roles), ("bob", roles(&["designer", "publisher"])));
    assert_eq!(
        members(&world).await,
        [("ann".to_owned(), "owner".to_owned()), ("bob".to_owned(), "designer publisher".to_owned())]
    );
    let bob = access.actor_of("bob").await.unwrap();
    assert_eq!(bob.roles, roles(&["designer", "publisher"]));
    assert_eq!(title(access.actor_of("eve").await), "`eve` is no member of this workspace");
    assert_eq!(title(access.put_member(&bob, "eve", &roles(&["viewer"])).await), "`bob` may not administer here");
    assert_eq!(title(access.remove_member(&bob, "ann").await), "`bob` may not administer here");
}

#[tokio::test]
async fn the_last_owner_cannot_leave_or_lose_the_role() {
    let world = world().await;
    let (access, ann) = (&world.services.access, &world.owner);
    let last = "the last owner cannot leave, or lose the role";
    assert_eq!(title(access.put_member(ann, "ann", &roles(&["viewer"])).await), last, "the first one");
    access.put_member(ann, "bob", &roles(&["designer"])).await.unwrap();
    assert_eq!(title(access.remove_member(ann, "ann").await), last);
    assert_eq!(title(access.put_member(ann, "ann", &roles(&["viewer"])).await), last);
    access.put_member(ann, "bob", &roles(&["owner"])).await.unwrap();
    access.put_member(ann, "ann", &roles(&["viewer"])).await.unwrap();
    assert_eq!(
        title(access.put_member(ann, "eve", &roles(&["viewer"])).await),
        "`ann` may not administer here",
        "an actor made before is judged by the members as they stand"
    );
    let bob = access.actor_of("bob").await.unwrap();
    access.remove_member(&bob, "ann").await.unwrap();
    assert_eq!(title(access.remove_member(&bob, "ann").await), "`ann` is no member of this workspace");
    assert_eq!(title(access.remove_member(&bob, "bob").await), last);
}

#[tokio::test]
async fn two_owners_who_take_each_other_out_leave_one() {
    let world = world().await;
    let access = &world.services.access;
    access.put_member(&world.owner, "bob", &roles(&["owner"])).await.unwrap();
    let (ann, bob) = (access.actor_of("ann").await.unwrap(), access.actor_of("bob").await.unwrap());
    let (first, second) = tokio::join!(access.remove_member(&ann, "bob"), access.remove_member(&bob, "ann"));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    let left = if first.is_ok() { ann } else { bob };
    assert_eq!(access.list_members(&left).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_a_member_is_refused() {
    let world = world().await;
    let (access, ann) = (&world.services.access, &world.owner);
    for (user, given, reason) in [
        ("bob", vec![], "a member needs a role"),
        (" ", vec!["viewer"], "a person's id has 1 to 200 characters"),
        ("bob", vec!["king"], "`king` is no role; the roles are viewer, designer, policyOwner, publisher, owner"),
    ] {
        let refused = access.put_member(ann, user, &roles(&given)).await;
        assert_eq!(title(refused), format!("the member cannot be changed: {reason}"));
    }
    assert!(members(&world).await.is_empty());
    let server = world_of(StoreKind::Server, Options::default()).await;
    let refused = server.services.access.put_member(&Actor::admin("a"), "bob", &roles(&["viewer"])).await;
    assert_eq!(title(refused), "the member cannot be changed: a server has tokens, not members");
}

#[tokio::test]
async fn changes_of_members_are_in_the_audit() {
    let world = world().await;
    let (access, ann) = (&world.services.access, &world.owner);
    access.put_member(ann, "bob", &roles(&["viewer"])).await.unwrap();
    access.remove_member(ann, "bob").await.unwrap();
    let recent = world.services.audit_log.get_recent(ann, 10).await.unwrap();
    let events: Vec<(String, String)> =
        recent.data.into_iter().map(|event| (event.event.event_type, event.event.resource)).collect();
    assert_eq!(
        events,
        [("access.member.remove".to_owned(), "bob".to_owned()), ("access.member.put".to_owned(), "bob".to_owned())]
    );
}
