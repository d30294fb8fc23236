//! A server that runs customers, invoices and lines, with policies that look at records; and one whose entities have
//! generated policies.

use super::support::{Files, NoServers, services_at, world};
use maq_app::{Change, Options, Parts, Refusal, Services, SystemClock, SystemIds, create_services};
use maq_doc::Edit;
use maq_keychain::MemoryStore;
use maq_store::StoreKind;
use maq_store_postgres::{Address, PostgresStore};
use maq_testkit::postgres::database;
use maq_value::{Actor, Instant, Principal};
use serde_json::{Value as Json, json};
use std::sync::Arc;

pub struct Town {
    pub server: Services,
    folder: Option<tempfile::TempDir>,
}

async fn server() -> Town {
    if !module_path!().starts_with("postgres") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.maquette");
        return Town { server: services_at(&path, StoreKind::Server, Options::default()).await, folder: Some(folder) };
    }
    let database = Box::leak(Box::new(database()));
    let (records, admin) =
        (Address::parse(&database.data_url()).unwrap(), Address::parse(&database.owner_url()).unwrap());
    let made = PostgresStore::create(&records, Some(&admin), StoreKind::Server, "town", "sto_1", Instant::now());
    let parts = Parts {
        store: made.await.unwrap(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        secrets: Arc::new(MemoryStore::default()),
        sources: Arc::new(Files),
        targets: Arc::new(NoServers),
        options: Options::default(),
    };
    Town { server: create_services(parts).await.unwrap(), folder: None }
}

impl Town {
    /// A server that runs these entities.
    pub async fn of(documents: Vec<Json>) -> Town {
        let town = server().await;
        let publisher = world().await;
        let edits = documents.into_iter().map(|document| Edit::AddDocument { document }).collect();
        publisher.services.workspace.apply_edits(&publisher.owner, "Add", edits, None).await.unwrap();
        let key = publisher.services.access.signing_key(&publisher.owner).await.unwrap().public_key;
        let root = Actor::admin("root");
        town.server.access.trust_key(&root, &key).await.unwrap();
        let release = publisher.services.releases.make_release(&publisher.owner, None).await.unwrap();
        let plan = town.server.deployer.plan(&root, &release.envelope).await.unwrap();
        town.server.deployer.apply(&root, &release.envelope, &plan.digest).await.unwrap().unwrap();
        let _ = &town.folder;
        town
    }

    pub async fn create(&self, principal: &Principal, entity: &str, values: Json) -> Result<Json, Refusal> {
        told(self.server.data.create(principal, entity, values).await.map(|record| record.to_json()))
    }

    pub async fn update(&self, principal: &Principal, entity: &str, id: &str, values: Json) -> Result<Json, Refusal> {
        told(self.server.data.update(principal, entity, id, values, None).await.map(|record| record.to_json()))
    }

    pub async fn delete(&self, principal: &Principal, entity: &str, id: &str) -> Result<(), Refusal> {
        told(self.server.data.delete(principal, entity, id, None).await)
    }

    pub async fn get(&self, principal: &Principal, entity: &str, id: &str) -> Result<Json, Refusal> {
        told(self.server.data.get(principal, entity, id).await.map(|record| record.to_json()))
    }

    pub async fn batch(&self, principal: &Principal, changes: Json) -> Result<Vec<Json>, Refusal> {
        let changes: Vec<Change> = serde_json::from_value(changes).unwrap();
        told(self.server.data.batch(principal, &changes, None).await.map(|written| written.records))
    }
}

#[allow(clippy::result_large_err)] // a refusal is looked at whole
pub fn told<T>(result: maq_app::AppResult<T>) -> Result<T, Refusal> {
    result.map_err(|error| error.refusal().unwrap_or_else(|| panic!("a fault: {error}")).clone())
}

/// The code of a refusal.
pub fn code<T: std::fmt::Debug>(result: Result<T, Refusal>) -> String {
    result.unwrap_err().code
}

pub fn id_of(record: &Json) -> String {
    record["id"].as_str().unwrap().to_owned()
}

pub fn admin() -> Principal {
    Principal::new("ann", &["admin"])
}

/// A seller of a region.
pub fn seller(region: &str) -> Principal {
    let mut principal = Principal::new(format!("seller-{region}"), &["sales"]);
    principal.attributes.insert("region".into(), json!(region));
    principal
}

pub fn documents() -> Vec<Json> {
    let admins = |entity: &str| json!({ "id": format!("pol_adm_{entity}"), "name": "admins", "effect": "allow", "actions": ["*"], "roles": ["admin"] });
    vec![
        json!({
            "kind": "entity", "format": 1, "id": "ent_customer", "name": "Customer",
            "fields": [
                { "id": "fld_cn", "name": "name", "type": "string", "required": true },
                { "id": "fld_cr", "name": "region", "type": "string", "required": true },
            ],
            "policies": [
                admins("customer"),
                { "id": "pol_c1", "name": "ownRegion", "effect": "allow", "actions": ["read", "update"], "roles": ["sales"],
                  "condition": "record.region == principal.region" },
                { "id": "pol_c2", "name": "northGoes", "effect": "allow", "actions": ["delete"], "roles": ["remover"],
                  "condition": "record.region == 'north'" },
                { "id": "pol_c3", "name": "removersRead", "effect": "allow", "actions": ["read"], "roles": ["remover"],
                  "condition": "record.region == 'north'" },
            ],
        }),
        json!({
            "kind": "entity", "format": 1, "id": "ent_invoice", "name": "Invoice",
            "fields": [
                { "id": "fld_in", "name": "number", "type": "string", "required": true, "unique": true },
                { "id": "fld_ic", "name": "customer", "type": "reference", "referenceTo": "Customer", "required": true },
                { "id": "fld_is", "name": "status", "type": "enum", "enumValues": ["draft", "open", "paid"],
                  "required": true, "default": "draft" },
                { "id": "fld_it", "name": "total", "type": "decimal", "precision": 12, "scale": 2 },
                { "id": "fld_ie", "name": "email", "type": "string" },
                { "id": "fld_io", "name": "note", "type": "string" },
            ],
            "policies": [
                admins("invoice"),
                { "id": "pol_i1", "name": "regionReads", "effect": "allow", "actions": ["read"], "roles": ["sales"],
                  "condition": "record.customer.region == principal.region",
                  "fields": { "read": ["number", "customer", "status", "total"], "write": [],
                              "mask": { "email": { "kind": "partial", "start": 1, "end": 4 } } } },
                { "id": "pol_i2", "name": "regionWrites", "effect": "allow", "actions": ["create", "update"],
                  "roles": ["sales"],
                  "condition": "record.customer.region == principal.region && record.status != 'paid'",
                  "fields": { "read": "*", "write": ["number", "customer", "status", "email", "note"] } },
                { "id": "pol_i3", "name": "draftsGo", "effect": "allow", "actions": ["delete"], "roles": ["sales"],
                  "condition": "record.status == 'draft' && record.customer.region == principal.region" },
                { "id": "pol_i4", "name": "largeOnes", "effect": "allow", "actions": ["read"], "roles": ["auditor"],
                  "condition": "record.lines.exists(l, l.amount > 100)" },
            ],
        }),
        json!({
            "kind": "entity", "format": 1, "id": "ent_line", "name": "Line",
            "fields": [
                { "id": "fld_li", "name": "invoice", "type": "reference", "referenceTo": "Invoice", "required": true,
                  "onDelete": "cascade" },
                { "id": "fld_la", "name": "amount", "type": "integer", "required": true },
            ],
            "policies": [
                admins("line"),
                { "id": "pol_l1", "name": "openOnes", "effect": "allow", "actions": ["read", "create", "update"],
                  "roles": ["sales"], "condition": "record.invoice.status != 'paid'" },
                { "id": "pol_l2", "name": "smallGo", "effect": "allow", "actions": ["delete"], "roles": ["sales"],
                  "condition": "record.amount < 100" },
            ],
        }),
        json!({
            "kind": "entity", "format": 1, "id": "ent_memo", "name": "Memo",
            "fields": [
                { "id": "fld_mc", "name": "customer", "type": "reference", "referenceTo": "Customer", "onDelete": "setNull" },
                { "id": "fld_mt", "name": "text", "type": "string" },
            ],
            "policies": [
                admins("memo"),
                { "id": "pol_m1", "name": "attached", "effect": "allow", "actions": ["read", "update"], "roles": ["remover"],
                  "condition": "record.text == 'free' || has(record.customer)" },
            ],
        }),
    ]
}
