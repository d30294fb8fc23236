//! A clock that jumps back and forth by years between requests, on both stores: row versions, cursors, the audit's
//! chain, and the ends of tokens and kept answers hold all the same.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_app::{
    AppResult, ApplyRequest, Change, Clock, IDEMPOTENCY_LIFE_SECONDS, IdempotencyKey, Job, LOCAL, ListRequest, Options,
    Paging, Parts, Refusal, Services, SystemIds, TokenRequest, create_services,
};
use maq_doc::Edit;
use maq_keychain::MemoryStore;
use maq_store::{Store, StoreKind};
use maq_store_postgres::{Address, PostgresStore};
use maq_store_sqlite::SqliteStore;
use maq_testkit::postgres::{TestDatabase, database};
use maq_value::{Actor, Instant, Principal};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use support::{Files, NoServers};

const SECOND: i64 = 1_000_000;
const YEAR: i64 = 365 * 24 * 3600 * SECOND;
/// Some day of 2026.
const TODAY: i64 = 1_790_000_000 * SECOND;

/// A clock that somebody sets.
struct Hands(AtomicI64);

impl Hands {
    fn set(&self, micros: i64) {
        self.0.store(micros, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

/// Services under such a clock, and what their store lives in.
struct World {
    services: Services,
    clock: Arc<Hands>,
    _folder: tempfile::TempDir,
    _database: Option<TestDatabase>,
}

async fn on_sqlite(kind: StoreKind) -> World {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::create(&folder.path().join("store.db"), kind, "Test", "sto_1", Instant(TODAY)).unwrap();
    world(store, folder, None).await
}

async fn on_postgres(kind: StoreKind) -> World {
    let database = database();
    let store = match kind {
        StoreKind::Workspace => {
            let place = Address::parse(&format!("{}?workspace=shop", database.owner_url())).unwrap();
            PostgresStore::create(&place, None, kind, "shop", "sto_1", Instant(TODAY)).await
        }
        StoreKind::Server => {
            let (records, admin) = (database.data_url(), database.owner_url());
            let (records, admin) = (Address::parse(&records).unwrap(), Address::parse(&admin).unwrap());
            PostgresStore::create(&records, Some(&admin), kind, "server", "sto_1", Instant(TODAY)).await
        }
    };
    world(store.unwrap(), tempfile::tempdir().unwrap(), Some(database)).await
}

async fn world(store: Arc<dyn Store>, folder: tempfile::TempDir, database: Option<TestDatabase>) -> World {
    let clock = Arc::new(Hands(AtomicI64::new(TODAY)));
    let parts = Parts {
        store,
        clock: clock.clone(),
        ids: Arc::new(SystemIds),
        secrets: Arc::new(MemoryStore::default()),
        sources: Arc::new(Files),
        targets: Arc::new(NoServers),
        options: Options::default(),
    };
    World { services: create_services(parts).await.unwrap(), clock, _folder: folder, _database: database }
}

fn refused<T: std::fmt::Debug>(result: AppResult<T>) -> Refusal {
    result.unwrap_err().refusal().unwrap().clone()
}

/// Years to jump by, from one request to the next.
const JUMPS: [i64; 8] = [0, -30, 5, -1, 40, -12, 3, 0];

async fn records(world: World) {
    let (services, clock, admin) = (&world.services, &world.clock, Principal::new("ann", &["admin"]));
    let owner = Actor::owner("ann");
    let document = json!({
        "kind": "entity", "format": 1, "id": "ent_c", "name": "Customer",
        "fields": [{ "id": "fld_n", "name": "number", "type": "string", "required": true, "unique": true, "maxLength": 20 }],
        "policies": [{ "id": "pol_a", "name": "all", "effect": "allow", "actions": ["*"], "roles": ["admin"] }],
    });
    services.workspace.apply_edits(&owner, "Add", vec![Edit::AddDocument { document }], None).await.unwrap();
    clock.set(TODAY - 20 * YEAR);
    let plan = services.publisher.make_plan(&owner, LOCAL, None).await.unwrap();
    clock.set(TODAY + 20 * YEAR);
    let (release, plan) = (plan.release.digest.clone(), plan.plan.digest.clone());
    let request = ApplyRequest { target: LOCAL.into(), release, plan, with_data: false };
    services.publisher.apply_plan(&owner, request, &Job::none()).await.unwrap();

    // Row versions grow by one, whatever the clock says, and a state that was read is told from a later one.
    let made = services.data.create(&admin, "Customer", json!({ "number": "C0" })).await.unwrap().to_json();
    let id = made["id"].as_str().unwrap().to_owned();
    for (at, years) in JUMPS.into_iter().enumerate() {
        clock.set(TODAY + years * YEAR);
        let version = i64::try_from(at).unwrap() + 1;
        let values = json!({ "number": format!("C0v{version}") });
        let changed =
            services.data.update(&admin, "Customer", &id, values.clone(), Some(version)).await.unwrap().to_json();
        assert_eq!(changed["rowVersion"], version + 1);
        let stale = services.data.update(&admin, "Customer", &id, values, Some(version)).await;
        assert_eq!(refused(stale).code, "data/row-version-conflict");
        services.data.create(&admin, "Customer", json!({ "number": format!("C{}", at + 1) })).await.unwrap();
    }

    // A walk with a cursor meets every record once, in the order it began in, whatever it is sorted by.
    for sort in [vec![], vec!["createdAt".to_owned()], vec!["-updatedAt".to_owned()], vec!["number".to_owned()]] {
        let mut seen: Vec<String> = Vec::new();
        let mut after = None;
        for step in 0.. {
            clock.set(TODAY + JUMPS[step % JUMPS.len()] * YEAR);
            let paging = Paging::Keyset { after };
            let request = ListRequest { sort: sort.clone(), limit: Some(2), paging, ..ListRequest::default() };
            let page = services.data.list(&admin, "Customer", &request).await.unwrap();
            seen.extend(page.data.iter().map(|record| record.to_json()["id"].as_str().unwrap().to_owned()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!((seen.len(), once.len()), (JUMPS.len() + 1, JUMPS.len() + 1), "{sort:?}");
    }

    // An answer that is kept is given while it lives; a clock that is set back makes nothing twice.
    let key = IdempotencyKey::parse("once").unwrap();
    let change = || Change::Create { entity: "Customer".into(), id: None, data: json!({ "number": "KEYED" }) };
    clock.set(TODAY);
    let first = services.data.submit(&admin, change(), Some(&key)).await.unwrap();
    for micros in [TODAY - 10 * YEAR, TODAY + (IDEMPOTENCY_LIFE_SECONDS - 1) * SECOND] {
        clock.set(micros);
        let again = services.data.submit(&admin, change(), Some(&key)).await.unwrap();
        assert_eq!((again.replayed, &again.records), (true, &first.records), "at {micros}");
    }
    clock.set(TODAY + (IDEMPOTENCY_LIFE_SECONDS + 1) * SECOND);
    assert_eq!(refused(services.data.submit(&admin, change(), Some(&key)).await).code, "data/unique-taken");

    // Edits made in the past come after those made in the future.
    clock.set(TODAY - 40 * YEAR);
    let value = json!({ "id": "fld_x", "name": "extra", "type": "string" });
    let edit = Edit::Add { document: "ent_c".into(), path: vec!["fields".into()], value, before: None };
    services.workspace.apply_edits(&owner, "Add extra", vec![edit], None).await.unwrap();
    services.workspace.undo(&owner).await.unwrap();
    let left: Vec<Json> = services.workspace.documents(&owner).await.unwrap().iter().map(|one| one.to_json()).collect();
    assert_eq!(left[0]["fields"].as_array().map(Vec::len), Some(1), "the newest edit is the one made last");

    assert_chain(services, &owner).await;
    services.close().await;
}

async fn assert_chain(services: &Services, actor: &Actor) {
    let mut verified = services.audit_log.verify_chain(actor).await.unwrap();
    // On Postgres events are linked in the background, in the order they were committed and not of their times.
    while verified.unsealed > 0 {
        assert_eq!(verified.problem, None);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        verified = services.audit_log.verify_chain(actor).await.unwrap();
    }
    assert_eq!(verified.problem, None);
    assert!(verified.checked > 5, "{verified:?}");
}

async fn tokens(world: World) {
    let (access, clock) = (&world.services.access, &world.clock);
    let token = access.init_server().await.unwrap();
    let admin = access.authenticate_admin(&token).await.unwrap();
    let request = TokenRequest { user_id: "eve".into(), expires_in: Some(3_600), ..TokenRequest::default() };
    let (row, secret) = access.create_token(&admin, request).await.unwrap();
    let open = async || access.authenticate(secret.expose(), None, None).await;
    assert_eq!(row.expires_at, Some(Instant(TODAY + 3_600 * SECOND)));
    open().await.unwrap();
    // Its end is a moment of the calendar: behind it, it opens nothing; a clock that is set back is before it again.
    for (micros, opens) in [
        (TODAY + 3_599 * SECOND, true),
        (TODAY + 3_601 * SECOND, false),
        (TODAY - 5 * YEAR, true),
        (TODAY + 50 * YEAR, false),
        (TODAY, true),
    ] {
        clock.set(micros);
        let answer = open().await;
        if opens {
            answer.unwrap();
        } else {
            assert_eq!(refused(answer).code, "auth/token-invalid", "at {micros}");
        }
    }
    // A revoked token stays revoked, before the moment it was revoked too.
    clock.set(TODAY + 10 * YEAR);
    access.revoke_token(&admin, &row.id).await.unwrap();
    for years in JUMPS {
        clock.set(TODAY + years * YEAR);
        let code = refused(open().await).code;
        assert_eq!(code, "auth/token-invalid", "{years} years");
    }
    // So does a suspended tenant.
    let (_, secret) =
        access.create_token(&admin, TokenRequest { user_id: "bob".into(), ..TokenRequest::default() }).await.unwrap();
    access.suspend_tenant(&admin, "default", true).await.unwrap();
    for years in JUMPS {
        clock.set(TODAY + years * YEAR);
        let answer = access.authenticate(secret.expose(), None, None).await;
        assert_eq!(refused(answer).code, "auth/tenant-suspended", "{years} years");
    }
    assert_chain_of_few(&world.services, &admin).await;
    world.services.close().await;
}

async fn assert_chain_of_few(services: &Services, actor: &Actor) {
    let verified = services.audit_log.verify_chain(actor).await.unwrap();
    assert_eq!(verified.problem, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_on_sqlite_stand_a_clock_that_jumps() {
    records(on_sqlite(StoreKind::Workspace).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_on_postgres_stand_a_clock_that_jumps() {
    records(on_postgres(StoreKind::Workspace).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_on_sqlite_stand_a_clock_that_jumps() {
    tokens(on_sqlite(StoreKind::Server).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_on_postgres_stand_a_clock_that_jumps() {
    tokens(on_postgres(StoreKind::Server).await).await;
}
