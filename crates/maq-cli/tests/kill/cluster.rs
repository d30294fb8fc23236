//! Postgres itself is killed, with every process of it, while a studio and a server work on it. It writes to disk what
//! it commits, as in production. Nobody starts the studio or the server again.

use crate::clients::{Acknowledged, Caller, Page, add_entity, audited, field_names, groups};
use crate::hosts::published;
use crate::moments::{Dice, assert_store_whole, assert_whole, kills, moment, start};
use crate::support::Desk;
use maq_testkit::postgres::{Cluster, Options};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_postgres_loses_nothing_acknowledged() {
    const TEST: u64 = 11;
    const WRITERS: u64 = 3;
    let cluster = Cluster::start(Options { fsync: true, ..Options::default() });
    let desk = desk_in(&cluster);
    let mut dice = Dice::new(TEST);
    let token = published(&desk);
    add_entity(&desk);
    let mut server = desk.host(&["serve", "--store", &desk.server, "--listen", "127.0.0.1:0"]);
    let mut studio = desk.host(&["studio", &desk.ws, "--listen", "127.0.0.1:0", "--no-open"]);
    let (page, caller) = (Page::open(&studio).await, Caller::new(&server.url, &token));
    let (mut fields, mut records): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let before = groups(&desk, &desk.ws);
    // The edits and records that may be there without an answer.
    let mut unanswered = 0;
    for kill in 0..kills(TEST) {
        let wait = dice.wait(Duration::from_millis(300));
        let moment = moment(kill, wait);
        let (edits, made) = (Acknowledged::default(), Acknowledged::default());
        let editing = tokio::spawn(page.clone().edit_on(format!("k{kill}"), edits.clone()));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| tokio::spawn(caller.clone().create_on(format!("K{kill}W{writer}"), made.clone())))
            .collect();
        // Every other time a release of the workspace goes into its own tables too.
        let publisher = (kill % 2 == 1).then(|| start(&desk, &["publish", &desk.ws, "--yes"]));
        tokio::time::sleep(wait).await;
        cluster.kill_9();
        editing.await.unwrap();
        for writer in writers {
            writer.await.unwrap();
        }
        if let Some(publisher) = publisher {
            drop(publisher.wait_with_output());
        }
        cluster.restart();
        fields.append(&mut edits.lock().unwrap());
        records.append(&mut made.lock().unwrap());
        unanswered += 1;
        fields.push(
            until("edits go through again", async |try_number| {
                let name = format!("k{kill}again{try_number}");
                page.add_field(&name).await.then_some(name)
            })
            .await,
        );
        records.push(
            until("records go through again", async |try_number| {
                caller.create(&format!("K{kill}AGAIN{try_number}")).await
            })
            .await,
        );
        let there = field_names(&desk);
        for name in &fields {
            assert!(there.contains(name), "{moment}: acknowledged `{name}` is lost");
        }
        assert_eq!(groups(&desk, &desk.ws) - before, there.len(), "{moment}: the drafts are what the log says");
        for id in &records {
            let (status, _) = caller.get(&format!("/api/data/Customer/{id}")).await.unwrap();
            assert_eq!(status, 200, "{moment}: acknowledged `{id}` is lost");
        }
        let count = caller.count("Customer").await;
        let least = records.len() as u64;
        assert!((least..=least + unanswered * (WRITERS + TRIES)).contains(&count), "{moment}: {count} of {least}");
        desk.data(&["publish", &desk.ws, "--yes"]);
        assert!(!desk.data(&["status", &desk.ws])["release"].is_null(), "{moment}");
    }
    let count = caller.count("Customer").await;
    server.kill();
    studio.kill();
    let moment = "at the end";
    assert_whole(&desk, &desk.ws, moment);
    assert_store_whole(&desk, moment);
    let audited = audited(&desk);
    assert_eq!(audited.len() as u64, count, "each record there is has its event, and no other");
    assert!(records.iter().all(|id| audited.contains(id)), "an acknowledged record has no event");
}

/// How often something is tried until it goes through again.
const TRIES: u64 = 600;

async fn until<T>(what: &str, mut tried: impl AsyncFnMut(u64) -> Option<T>) -> T {
    for number in 0..TRIES {
        if let Some(done) = tried(number).await {
            return done;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what}: not within {TRIES} tries");
}

/// The workspace and the server's store in databases of the cluster, with roles as in production.
fn desk_in(cluster: &Cluster) -> Desk {
    for statement in ["CREATE ROLE own LOGIN", "CREATE ROLE rec LOGIN", "CREATE DATABASE work OWNER own"] {
        cluster.sql("postgres", statement);
    }
    cluster.sql("postgres", "CREATE DATABASE serve OWNER own");
    let ws = format!("{}?workspace=shop", cluster.url("work", "own"));
    Desk::at(&ws, &cluster.url("serve", "rec"), &cluster.url("serve", "own"))
}
