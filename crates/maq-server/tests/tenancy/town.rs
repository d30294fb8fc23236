//! A server with three tenants of two realms each. What each owns carries marks that nobody else may ever see; who
//! attacks knows all of it.

use super::raw;
use super::support::World;
use maq_value::Actor;
use reqwest::Method;
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex, OnceLock};

/// A tenant's realm, and what a thief of its data would know.
pub struct Place {
    pub tenant: String,
    pub realm: String,
    pub token: String,
    /// The id of its customer.
    pub customer: String,
    /// The id of its invoice.
    pub invoice: String,
    /// The unique number of its customer.
    pub number: String,
    /// What stands in its texts.
    pub text: String,
    /// A cursor of its list of customers.
    pub cursor: String,
    /// An idempotency key it used, and with what.
    pub key: (String, Json),
}

pub struct Town {
    pub world: World,
    pub places: Vec<Place>,
}

impl Town {
    pub async fn built() -> Town {
        let world = World::published().await;
        let mut places = Vec::new();
        for (at, tenant) in ["amber", "birch", "cedar"].into_iter().enumerate() {
            let root = Actor::admin("root");
            world.services.access.add_tenant(&root, tenant, Some(&format!("{tenant}-mark-house"))).await.unwrap();
            for (half, realm) in ["live", "trial"].into_iter().enumerate() {
                places.push(place(&world, tenant, realm, at * 2 + half).await);
            }
        }
        Town { world, places }
    }

    /// What each place but `own` has that must not be told: no word of it may be in an answer to another.
    pub fn marks(&self, own: &Place) -> Vec<String> {
        let others = self.places.iter().filter(|place| place.token != own.token);
        let marks = others.flat_map(|place| {
            let mut marks =
                vec![place.customer.clone(), place.invoice.clone(), place.number.clone(), place.text.clone()];
            marks.extend([place.key.0.clone(), format!("user-{}", place.text)]);
            if place.tenant != own.tenant {
                marks.extend([place.tenant.clone(), format!("{}-mark-house", place.tenant)]);
            }
            marks
        });
        marks.collect()
    }

    /// Every record of a place, as its own people see it.
    pub async fn holdings(&self, place: &Place) -> String {
        let mut all = String::new();
        for entity in ["Customer", "Invoice"] {
            let path = format!("/api/data/{entity}?page=1&pageSize=100");
            all.push_str(&raw(self.world.request(Method::GET, &path, &place.token)).await.body);
        }
        all
    }
}

async fn place(world: &World, tenant: &str, realm: &str, at: usize) -> Place {
    let text = format!("mark-{tenant}-{realm}");
    let request =
        json!({ "userId": format!("user-{text}"), "roles": ["admin"], "tenants": [tenant], "realmId": realm });
    let request = serde_json::from_value(request).unwrap();
    let token = world.services.access.create_token(&Actor::admin("root"), request).await.unwrap().1;
    let token = token.expose().to_owned();
    let number = format!("MARK{at}");
    let body = json!({ "number": number, "name": text });
    let key = (format!("key-{text}"), body.clone());
    let sent = world.request(Method::POST, "/api/data/Customer", &token).header("idempotency-key", &key.0).json(&body);
    let made = raw(sent).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let customer = made.json()["data"]["id"].as_str().unwrap().to_owned();
    let body = json!({ "number": format!("Z{at}"), "name": text });
    assert_eq!(raw(world.request(Method::POST, "/api/data/Customer", &token).json(&body)).await.status, 201);
    let body = json!({ "customer": customer, "total": "7.00", "count": at });
    let made = raw(world.request(Method::POST, "/api/data/Invoice", &token).json(&body)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let invoice = made.json()["data"]["id"].as_str().unwrap().to_owned();
    let page = raw(world.request(Method::GET, "/api/data/Customer?limit=1&sort=number", &token)).await;
    let cursor = page.json()["meta"]["next"].as_str().unwrap().to_owned();
    Place { tenant: tenant.into(), realm: realm.into(), token, customer, invoice, number, text, cursor, key }
}

/// Everything that this process wrote to its log.
pub fn log() -> String {
    String::from_utf8_lossy(&written().lock().unwrap()).into_owned()
}

fn written() -> &'static Arc<Mutex<Vec<u8>>> {
    static WRITTEN: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    WRITTEN.get_or_init(Arc::default)
}

/// Keeps the log from now on, down to the smallest word of our own crates.
pub fn keep_log() {
    struct Sink;
    impl std::io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            written().lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let levels = tracing_subscriber::EnvFilter::new("trace,h2=off,hyper=off,reqwest=off,hyper_util=off,mio=off");
    let _ = tracing_subscriber::fmt().with_env_filter(levels).with_ansi(false).with_writer(|| Sink).try_init();
    tracing::info!("the log is kept");
}
