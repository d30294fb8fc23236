//! Several processes over one store: edits meet without loss, releases and revoked tokens are seen by all.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "shared/sides.rs"]
mod sides;
mod support;

use maq_app::{
    AppResult, ApplyRequest, EditOutcome, Job, LOCAL, ListRequest, Origin, PublishPlan, Refusal, TokenRequest,
};
use maq_doc::Edit;
use maq_query::meta;
use maq_store::{Store, StoreKind};
use maq_value::{Actor, Principal};
use serde_json::{Value as Json, json};
use sides::{Shared, Side, shared};
use std::sync::Arc;
use tokio::sync::Barrier;

fn invoice() -> Json {
    json!({
        "kind": "entity", "format": 1, "id": "ent_i", "name": "Invoice", "class": "document", "label": "Bill",
        "fields": [
            { "id": "fld_a", "name": "number", "type": "string", "required": true },
            { "id": "fld_b", "name": "total", "type": "integer" },
            { "id": "fld_c", "name": "note", "type": "string" }
        ],
        "policies": [ { "id": "pol_a", "name": "all", "effect": "allow", "actions": ["*"], "roles": ["admin"] } ]
    })
}

fn place(path: &[&str]) -> Vec<String> {
    path.iter().map(|part| (*part).to_owned()).collect()
}

fn set(path: &[&str], value: Json) -> Edit {
    Edit::Set { document: "ent_i".into(), path: place(path), value: Some(value) }
}

fn remove(path: &[&str]) -> Edit {
    Edit::Remove { document: "ent_i".into(), path: place(path) }
}

fn move_before(field: &str, before: Option<&str>) -> Edit {
    let before = before.map(str::to_owned);
    Edit::Move { document: "ent_i".into(), path: place(&["fields", field]), before }
}

fn add_field(id: &str, name: &str) -> Edit {
    let value = json!({ "id": id, "name": name, "type": "string" });
    Edit::Add { document: "ent_i".into(), path: place(&["fields"]), value, before: None }
}

impl Side {
    async fn edit(&self, base: i64, edits: Vec<Edit>) -> AppResult<EditOutcome> {
        self.services.workspace.apply_edits(&self.actor, "edit", edits, Some(base)).await
    }

    /// As `edit`, with the id its sender drew.
    async fn send(&self, id: &str, base: i64, edits: Vec<Edit>) -> AppResult<EditOutcome> {
        let origin = Origin { base_seq: Some(base), group_id: Some(id.to_owned()) };
        self.services.workspace.sent_as(origin).apply_edits(&self.actor, "edit", edits, Some(base)).await
    }

    async fn seq(&self) -> i64 {
        self.services.workspace.get_state(&self.actor).await.unwrap().seq
    }

    async fn documents(&self) -> Vec<Json> {
        let documents = self.services.workspace.documents(&self.actor).await.unwrap();
        documents.iter().map(|document| document.to_json()).collect()
    }

    async fn document(&self) -> Json {
        self.documents().await.into_iter().find(|document| document["id"] == "ent_i").unwrap()
    }

    async fn names(&self) -> Vec<String> {
        let document = self.document().await;
        document["fields"].as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect()
    }
}

fn refused<T: std::fmt::Debug>(result: AppResult<T>) -> Refusal {
    result.unwrap_err().refusal().unwrap().clone()
}

/// Both sides have the invoice, at the number answered.
async fn designed() -> (Shared, i64) {
    let shared = shared(StoreKind::Workspace).await;
    // Somebody else made it, so that nobody here takes it back.
    let workspace = &shared.ann.services.workspace;
    let first = vec![Edit::AddDocument { document: invoice() }];
    workspace.apply_edits(&Actor::owner("zoe"), "Add Invoice", first, None).await.unwrap();
    let base = shared.bob.seq().await;
    (shared, base)
}

#[tokio::test]
async fn each_side_sees_the_others_edits() {
    let (shared, base) = designed().await;
    let mut events = shared.bob.services.events.subscribe();
    let done = shared.ann.edit(base, vec![set(&["label"], json!("Invoice"))]).await.unwrap();
    assert_eq!(events.try_recv().unwrap().changed, ["workspace", "audit"]);
    let state = shared.bob.services.workspace.get_state(&shared.bob.actor).await.unwrap();
    assert_eq!((state.seq, state.undo), (done.seq, None), "bob has nothing of his own to undo");
    assert_eq!(shared.bob.document().await["label"], "Invoice");
    let changes = shared.bob.services.workspace.changes_after(&shared.bob.actor, base).await.unwrap();
    let told: Vec<Edit> = changes.rows.unwrap().iter().flat_map(|row| row.edits.clone()).collect();
    assert_eq!(told, [set(&["label"], json!("Invoice"))]);
}

#[tokio::test]
async fn edits_of_different_places_are_both_there() {
    let (shared, base) = designed().await;
    shared.line.slow();
    shared.ann.edit(base, vec![set(&["fields", "fld_a", "label"], json!("No."))]).await.unwrap();
    let second = shared.bob.edit(base, vec![set(&["fields", "fld_b", "label"], json!("Sum"))]).await.unwrap();
    assert_eq!(second.seq, base + 2, "bob was not told, and found out by the guard");
    shared.line.deliver();
    for side in [&shared.ann, &shared.bob] {
        let fields = side.document().await["fields"].clone();
        assert_eq!((&fields[0]["label"], &fields[1]["label"]), (&json!("No."), &json!("Sum")));
    }
}

#[tokio::test]
async fn edits_of_one_place_are_a_conflict_with_both_values_and_mine_can_be_sent_again() {
    let (shared, base) = designed().await;
    shared.line.slow();
    shared.ann.edit(base, vec![set(&["label"], json!("Ann's"))]).await.unwrap();
    let both = vec![set(&["label"], json!("Bob's")), set(&["description"], json!("By Bob"))];
    let refusal = refused(shared.bob.edit(base, both).await);
    assert_eq!(refusal.code, "workspace/conflict");
    assert_eq!(refusal.title, "somebody else changed `Invoice › label` since this was loaded");
    let conflict = &refusal.conflicts[0];
    assert_eq!((conflict.document.as_str(), conflict.path.as_slice()), ("ent_i", place(&["label"]).as_slice()));
    assert_eq!(conflict.theirs, Some(json!("Ann's")));
    assert_eq!(conflict.mine, Some(json!("Bob's")));
    assert_eq!(conflict.base, Some(json!("Bill")));
    assert_eq!((conflict.theirs_by.as_str(), conflict.edits.as_slice()), ("ann", [0].as_slice()));
    assert!(conflict.theirs_at.ends_with('Z'), "{}", conflict.theirs_at);
    assert_eq!(shared.bob.document().await["description"], Json::Null, "nothing of the group was applied");
    let now = shared.bob.seq().await;
    shared.bob.edit(now, conflict.use_mine.clone()).await.unwrap();
    shared.line.deliver();
    assert_eq!(shared.ann.document().await["label"], "Bob's");
}

#[tokio::test]
async fn the_same_value_twice_is_no_conflict() {
    let (shared, base) = designed().await;
    shared.ann.edit(base, vec![set(&["label"], json!("X")), remove(&["fields", "fld_c"])]).await.unwrap();
    shared.bob.edit(base, vec![set(&["label"], json!("X")), remove(&["fields", "fld_c"])]).await.unwrap();
    assert_eq!(shared.bob.names().await, ["number", "total"]);
}

#[tokio::test]
async fn a_change_inside_what_somebody_removed_is_a_conflict_in_both_directions() {
    let (shared, base) = designed().await;
    shared.ann.edit(base, vec![remove(&["fields", "fld_b"])]).await.unwrap();
    let late =
        vec![set(&["fields", "fld_b", "label"], json!("Sum")), set(&["fields", "fld_b", "required"], json!(true))];
    let refusal = refused(shared.bob.edit(base, late).await);
    let [conflict] = refusal.conflicts.as_slice() else { panic!("{refusal:?}") };
    assert_eq!((conflict.path.as_slice(), &conflict.theirs), (place(&["fields", "fld_b"]).as_slice(), &None));
    let mine = json!({ "id": "fld_b", "name": "total", "type": "integer", "label": "Sum", "required": true });
    assert_eq!((conflict.mine.as_ref(), conflict.edits.as_slice()), (Some(&mine), [0, 1].as_slice()));
    shared.bob.edit(shared.bob.seq().await, conflict.use_mine.clone()).await.unwrap();
    assert_eq!(shared.ann.names().await, ["number", "total", "note"], "it is back in its place");

    let base = shared.ann.seq().await;
    shared.bob.edit(base, vec![set(&["fields", "fld_c", "label"], json!("Remark"))]).await.unwrap();
    let refusal = refused(shared.ann.edit(base, vec![remove(&["fields", "fld_c"])]).await);
    let conflict = &refusal.conflicts[0];
    assert_eq!((conflict.label.as_str(), &conflict.mine), ("Invoice › note", &None));
    assert_eq!(conflict.theirs.as_ref().unwrap()["label"], "Remark");
    shared.ann.edit(shared.ann.seq().await, conflict.use_mine.clone()).await.unwrap();
    assert_eq!(shared.bob.names().await, ["number", "total"]);
}

#[tokio::test]
async fn a_member_that_both_moved_is_a_conflict_and_other_moves_meet() {
    let (shared, base) = designed().await;
    shared.ann.edit(base, vec![move_before("fld_c", Some("fld_a"))]).await.unwrap();
    let refusal = refused(shared.bob.edit(base, vec![move_before("fld_c", Some("fld_b"))]).await);
    let conflict = &refusal.conflicts[0];
    assert_eq!(
        (conflict.path.as_slice(), conflict.label.as_str()),
        (place(&["fields"]).as_slice(), "Invoice › fields")
    );
    shared.bob.edit(base, vec![move_before("fld_a", None)]).await.unwrap();
    assert_eq!(shared.ann.names().await, ["note", "total", "number"]);
    // The neighbour is gone: the next one that stays takes its place.
    let base = shared.ann.seq().await;
    shared.ann.edit(base, vec![remove(&["fields", "fld_b"])]).await.unwrap();
    shared.bob.edit(base, vec![move_before("fld_c", Some("fld_b"))]).await.unwrap();
    assert_eq!(shared.ann.names().await, ["note", "number"]);
}

#[tokio::test]
async fn two_windows_of_one_process_meet_by_the_same_rules_and_a_sender_never_meets_itself() {
    let (shared, base) = designed().await;
    let ann = &shared.ann;
    ann.send("one/1", base, vec![set(&["label"], json!("1"))]).await.unwrap();
    ann.send("one/2", base, vec![set(&["label"], json!("2"))]).await.unwrap();
    let refusal = refused(ann.send("two/1", base, vec![set(&["label"], json!("3"))]).await);
    assert_eq!(refusal.code, "workspace/conflict");
    assert_eq!(refusal.conflicts[0].theirs, Some(json!("2")));
}

#[tokio::test]
async fn a_group_that_is_sent_twice_is_applied_once() {
    let (shared, base) = designed().await;
    let first = shared.ann.send("one/1", base, vec![add_field("fld_d", "due")]).await.unwrap();
    shared.bob.edit(first.seq, vec![set(&["label"], json!("Later"))]).await.unwrap();
    for side in [&shared.ann, &shared.ann] {
        let again = side.send("one/1", base, vec![add_field("fld_d", "due")]).await.unwrap();
        assert_eq!((again.seq, &again.edits), (first.seq, &first.edits));
    }
    let undo = async || {
        let origin = Origin { base_seq: None, group_id: Some("one/2".into()) };
        shared.ann.services.workspace.sent_as(origin).undo(&shared.ann.actor).await.unwrap()
    };
    assert_eq!(undo().await.seq, undo().await.seq);
    assert_eq!(shared.ann.names().await, ["number", "total", "note"]);
    assert_eq!(shared.bob.names().await, ["number", "total", "note"]);
    let set_again = shared.ann.send("one/3", base, vec![set(&["description"], json!("a"))]).await.unwrap();
    shared.ann.send("one/4", base, vec![set(&["description"], json!("b"))]).await.unwrap();
    let again = shared.ann.send("one/3", base, vec![set(&["description"], json!("a"))]).await.unwrap();
    assert_eq!(again.seq, set_again.seq);
    assert_eq!(shared.bob.document().await["description"], "b");
}

#[tokio::test]
async fn undo_takes_back_ones_own_and_says_when_others_stand_on_it() {
    let (shared, base) = designed().await;
    let (ann, bob) = (&shared.ann, &shared.bob);
    ann.edit(base, vec![set(&["label"], json!("Ann's"))]).await.unwrap();
    bob.edit(base, vec![set(&["description"], json!("Bob's"))]).await.unwrap();
    let undone = ann.services.workspace.undo(&ann.actor).await.unwrap();
    assert_eq!(undone.edits, [set(&["label"], json!("Bill"))], "bob's newer group stays");
    assert_eq!(bob.document().await["description"], "Bob's");
    // Bob's edit does not take Ann's redo away; one of hers does.
    bob.edit(bob.seq().await, vec![set(&["description"], json!("Bob's 2"))]).await.unwrap();
    assert_eq!(ann.services.workspace.redo(&ann.actor).await.unwrap().edits, [set(&["label"], json!("Ann's"))]);
    bob.edit(bob.seq().await, vec![set(&["label"], json!("Bob's"))]).await.unwrap();
    let refusal = refused(ann.services.workspace.undo(&ann.actor).await);
    assert_eq!(refusal.code, "edit/undo-conflict");
    let title = "`edit` cannot be taken back or brought again: `Invoice › label` was changed since by bob";
    assert_eq!(refusal.title, title);
    // Once Bob takes his back, Ann can.
    bob.services.workspace.undo(&bob.actor).await.unwrap();
    ann.services.workspace.undo(&ann.actor).await.unwrap();
    assert_eq!(bob.document().await["label"], "Bill");
    let refusal = refused(shared.bob.services.workspace.redo(&bob.actor).await);
    assert_eq!(refusal.code, "edit/undo-conflict", "what bob's label stood on is gone");
}

#[tokio::test]
async fn a_broken_line_makes_everything_be_read_anew() {
    let (shared, base) = designed().await;
    shared.line.slow();
    shared.ann.edit(base, vec![set(&["label"], json!("Unheard"))]).await.unwrap();
    assert_eq!(shared.bob.document().await["label"], "Bill");
    shared.line.lose();
    assert_eq!(shared.bob.document().await["label"], "Unheard");
}

/// A small generator, so that a failing case can be run again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

fn random_edits(dice: &mut Dice, document: &Json, number: usize) -> Vec<Edit> {
    let fields: Vec<String> = document["fields"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|field| field["id"].as_str().unwrap().to_owned())
        .collect();
    let any = |dice: &mut Dice| fields.get(dice.below(fields.len().max(1))).cloned();
    let mut edits = Vec::new();
    for part in 0..=dice.below(2) {
        let edit = match (dice.below(6), any(dice)) {
            (0, _) => set(&["label"], json!(format!("Label {number}"))),
            (1, Some(field)) => set(&["fields", &field, "label"], json!(format!("Field {number}"))),
            (2, Some(field)) => set(&["fields", &field, "required"], json!(number.is_multiple_of(2))),
            (3, Some(field)) if fields.len() > 2 => remove(&["fields", &field]),
            (4, Some(field)) => {
                let before = any(dice).filter(|before| *before != field);
                move_before(&field, before.as_deref())
            }
            _ => add_field(&format!("fld_{number}_{part}"), &format!("field{number}{part}")),
        };
        edits.push(edit);
    }
    edits
}

#[tokio::test]
async fn interleaved_edits_of_two_sides_end_in_the_same_documents_everywhere() {
    for seed in 0..4 {
        let (shared, base) = designed().await;
        let mut dice = Dice(seed);
        let sides = [&shared.ann, &shared.bob];
        // What each side last saw: the number and the document.
        let mut seen = [(base, invoice()), (base, invoice())];
        let (mut applied, mut conflicts) = (0, 0);
        for number in 0..200 {
            match dice.below(8) {
                0 => shared.line.slow(),
                1 => shared.line.deliver(),
                _ => {}
            }
            let at = dice.below(2);
            let side = sides[at];
            let outcome = match dice.below(8) {
                0 => side.services.workspace.undo(&side.actor).await,
                1 => side.services.workspace.redo(&side.actor).await,
                _ => {
                    let edits = random_edits(&mut dice, &seen[at].1, number);
                    side.send(&format!("{at}/{number}"), seen[at].0, edits).await
                }
            };
            match outcome {
                Ok(_) => applied += 1,
                Err(error) => {
                    let code = error.refusal().unwrap_or_else(|| panic!("{error}")).code.clone();
                    let known = ["workspace/conflict", "workspace/moved-on", "edit/undo-conflict", "edit/does-not-fit"];
                    let none = ["edit/nothing-to-undo", "edit/nothing-to-redo"];
                    assert!(
                        known.contains(&code.as_str()) || none.contains(&code.as_str()),
                        "{seed}/{number}: {error}"
                    );
                    conflicts += usize::from(code == "workspace/conflict");
                }
            }
            // A side looks only now and then, so that its edits are made on something old.
            if dice.below(3) == 0 {
                seen[at] = (side.seq().await, side.document().await);
            }
        }
        shared.line.deliver();
        let ann = shared.ann.documents().await;
        assert_eq!(ann, shared.bob.documents().await, "seed {seed}");
        let stored = shared.ann.store.store.read(meta::list_drafts(shared.ann.store.dialect())).await.unwrap();
        let stored: Vec<Json> =
            stored.0.iter().map(|row| serde_json::from_str(row[1].as_text().unwrap()).unwrap()).collect();
        let own = shared.ann.services.workspace.documents(&shared.ann.actor).await.unwrap();
        let stored: Vec<Json> =
            stored.into_iter().map(|body| maq_doc::read_document(own[0].id(), body).unwrap().to_json()).collect();
        assert_eq!(ann, stored, "seed {seed}");
        assert!(applied > 60 && conflicts > 3, "seed {seed}: {applied} applied, {conflicts} conflicts");
    }
}

/// Makes a request of `side` stop where it reads what holds `word`, does `meanwhile`, and lets it go on.
async fn while_reading<T>(
    side: &Side,
    word: &'static str,
    request: impl Future<Output = T>,
    meanwhile: impl Future<Output = ()>,
) -> T {
    let barrier = Arc::new(Barrier::new(2));
    *side.store.pause.lock().unwrap() = Some((word, barrier.clone()));
    let mut request = std::pin::pin!(request);
    tokio::select! {
        _ = barrier.wait() => {}
        _ = &mut request => panic!("nothing was read with `{word}`"),
    }
    meanwhile.await;
    tokio::join!(request, barrier.wait()).0
}

async fn plan(side: &Side) -> PublishPlan {
    side.services.publisher.make_plan(&side.actor, LOCAL, None).await.unwrap()
}

async fn apply(side: &Side, plan: &PublishPlan) -> AppResult<()> {
    let (release, plan) = (plan.release.digest.clone(), plan.plan.digest.clone());
    let request = ApplyRequest { target: LOCAL.into(), release, plan, with_data: false };
    side.services.publisher.apply_plan(&side.actor, request, &Job::none()).await.map(|_| ())
}

async fn fields_served(side: &Side) -> Vec<String> {
    let page = side.services.data.list(&Principal::new("ann", &["admin"]), "Invoice", &ListRequest::default()).await;
    let row = page.unwrap().data[0].to_json();
    row.as_object().unwrap().keys().cloned().collect()
}

/// Both sides serve the first release with one invoice; a second release with a field `due` is planned.
async fn released() -> (Shared, PublishPlan) {
    let (shared, base) = designed().await;
    let first = plan(&shared.ann).await;
    apply(&shared.ann, &first).await.unwrap();
    let admin = Principal::new("ann", &["admin"]);
    shared.ann.services.data.create(&admin, "Invoice", json!({ "number": "1" })).await.unwrap();
    assert!(!fields_served(&shared.bob).await.contains(&"due".to_owned()));
    shared.ann.edit(base, vec![add_field("fld_d", "due")]).await.unwrap();
    let second = plan(&shared.ann).await;
    (shared, second)
}

#[tokio::test]
async fn a_release_applied_on_one_side_is_served_by_the_other_and_a_second_apply_is_stale() {
    let (shared, second) = released().await;
    let theirs = plan(&shared.bob).await;
    assert_eq!(theirs.plan.digest, second.plan.digest);
    let mut events = shared.bob.services.events.subscribe();
    // Bob prepares his deployment, and Ann's comes in between: the guard refuses his.
    let anns = async { apply(&shared.ann, &second).await.unwrap() };
    let bobs = while_reading(&shared.bob, "FROM meta_entities ORDER BY", apply(&shared.bob, &theirs), anns).await;
    assert_eq!(refused(bobs).code, "publish/plan-stale");
    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        told.extend(event.changed);
    }
    assert!(told.contains(&"releases") && told.contains(&"records"), "{told:?}");
    assert!(fields_served(&shared.bob).await.contains(&"due".to_owned()));
    let status = shared.bob.services.deployer.status(&shared.bob.actor).await.unwrap();
    assert_eq!(status.deployments.len(), 2);
    assert!(plan(&shared.bob).await.plan.empty);
}

#[tokio::test]
async fn a_model_that_is_read_while_the_release_changes_is_whole() {
    for word in ["is_active = 1", "FROM meta_names", "FROM meta_tables"] {
        let (shared, second) = released().await;
        // Bob forgets his model, and reads it anew while Ann deploys.
        shared.line.lose();
        let anns = async {
            shared.line.slow();
            apply(&shared.ann, &second).await.unwrap();
        };
        let served = while_reading(&shared.bob, word, fields_served(&shared.bob), anns).await;
        assert!(served.contains(&"due".to_owned()), "{word}: {served:?}");
        shared.line.deliver();
        let admin = Principal::new("ann", &["admin"]);
        let values = json!({ "number": "2", "due": "soon" });
        let created = shared.bob.services.data.create(&admin, "Invoice", values).await.unwrap();
        assert_eq!(created.to_json()["due"], "soon", "{word}");
    }
}

#[tokio::test]
async fn a_request_on_the_old_model_is_answered_by_the_old_model() {
    let (shared, second) = released().await;
    shared.line.slow();
    let anns = async { apply(&shared.ann, &second).await.unwrap() };
    let served = while_reading(&shared.bob, "FROM \"", fields_served(&shared.bob), anns).await;
    assert!(!served.contains(&"due".to_owned()), "{served:?}");
    // Before the notice the old model still writes rows that the new one reads.
    let admin = Principal::new("ann", &["admin"]);
    shared.bob.services.data.create(&admin, "Invoice", json!({ "number": "2" })).await.unwrap();
    shared.line.deliver();
    assert!(fields_served(&shared.bob).await.contains(&"due".to_owned()));
    let all = shared.ann.services.data.list(&admin, "Invoice", &ListRequest::default()).await.unwrap();
    assert_eq!(all.data.len(), 2);
}

#[tokio::test]
async fn a_token_revoked_on_one_side_is_refused_on_the_other() {
    let shared = shared(StoreKind::Server).await;
    let (ann, bob) = (&shared.ann.services.access, &shared.bob.services.access);
    let token = ann.init_server().await.unwrap();
    let admin = ann.authenticate_admin(&token).await.unwrap();
    let request = TokenRequest { user_id: "eve".into(), ..TokenRequest::default() };
    let (row, secret) = ann.create_token(&admin, request).await.unwrap();
    bob.authenticate(secret.expose(), None, None).await.unwrap();
    ann.revoke_token(&admin, &row.id).await.unwrap();
    assert_eq!(refused(bob.authenticate(secret.expose(), None, None).await).code, "auth/token-invalid");
}

#[tokio::test]
async fn a_tenant_suspended_on_one_side_is_refused_on_the_other() {
    let shared = shared(StoreKind::Server).await;
    let (ann, bob) = (&shared.ann.services.access, &shared.bob.services.access);
    let token = ann.init_server().await.unwrap();
    let admin = ann.authenticate_admin(&token).await.unwrap();
    let request = TokenRequest { user_id: "eve".into(), ..TokenRequest::default() };
    let (_, secret) = ann.create_token(&admin, request).await.unwrap();
    bob.authenticate(secret.expose(), None, None).await.unwrap();
    ann.suspend_tenant(&admin, "default", true).await.unwrap();
    assert_eq!(refused(bob.authenticate(secret.expose(), None, None).await).code, "auth/tenant-suspended");
    ann.suspend_tenant(&admin, "default", false).await.unwrap();
    bob.authenticate(secret.expose(), None, None).await.unwrap();
}

#[tokio::test]
async fn a_member_taken_out_on_one_side_is_out_on_the_other() {
    let shared = shared(StoreKind::Workspace).await;
    let (ann, bob) = (&shared.ann, &shared.bob);
    let access = &ann.services.access;
    access.put_member(&ann.actor, "bob", &["designer".to_owned()]).await.unwrap();
    assert_eq!(bob.services.access.actor_of("bob").await.unwrap().roles, ["designer"]);
    access.put_member(&ann.actor, "bob", &["viewer".to_owned()]).await.unwrap();
    assert_eq!(bob.services.access.actor_of("bob").await.unwrap().roles, ["viewer"]);
    access.remove_member(&ann.actor, "bob").await.unwrap();
    assert_eq!(refused(bob.services.access.actor_of("bob").await).code, "actor/not-a-member");
}
