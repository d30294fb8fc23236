//! The disk is full: a small file system of memory, which only root may make. Elsewhere these two say so and pass.

use crate::clients::Caller;
use crate::stage::{Answer, prepare, published};
use crate::support::Desk;
use maq_testkit::postgres::{Cluster, Options};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system of a few MiB, which goes when it is dropped.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    /// None where this process may not make one.
    fn new(options: &str) -> Option<Disk> {
        Disk::within(&std::env::temp_dir(), options)
    }

    /// The same below `place`.
    fn within(place: &Path, options: &str) -> Option<Disk> {
        let folder = tempfile::tempdir_in(place).unwrap();
        let words = ["-t", "tmpfs", "-o", options, "maquette-test"];
        let made = Command::new("mount").args(words).arg(folder.path()).output();
        if made.is_ok_and(|made| made.status.success()) {
            return Some(Disk { folder });
        }
        println!("left out: this process may not mount a small file system");
        None
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }

    /// Leaves no room.
    fn fill(&self) {
        use std::io::Write as _;
        let mut file = std::fs::File::create(self.filler()).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.path()).output());
    }
}

/// Creates until the disk is full, sees that reads go on, makes room, and creates again.
async fn fills(disk: &Disk, caller: &Caller) {
    assert_eq!(caller.post("FIRST", None).await.status, 201);
    disk.fill();
    let mut made = 1;
    let refused: Answer = loop {
        let answer = caller.post(&format!("C{made}"), None).await;
        if answer.status != 201 {
            break answer;
        }
        made += 1;
        assert!(made < 20_000, "the disk is not full");
    };
    let told = |key: &str| refused.body[key].as_str().unwrap_or_default();
    assert_eq!((refused.status, told("code")), (503, "store/disk-full"), "{}", refused.body);
    assert_eq!(told("title"), "no room is left on the disk; nothing was written");
    assert_eq!((refused.retry_after.as_deref(), refused.body["retry"].as_bool()), (Some("1"), Some(true)));
    assert_eq!(caller.count("Customer").await, made, "reads go on, and nothing was written");
    disk.free();
    assert_eq!(caller.post("LAST", None).await.status, 201, "no hand but the one that made room");
    assert_eq!(caller.count("Customer").await, made + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_sqlite_refuses_writes_and_nothing_else() {
    let Some(disk) = Disk::new("size=8m") else { return };
    let mut desk = Desk::new();
    desk.server = disk.path().join("server.db").to_string_lossy().into_owned();
    let (host, tokens) = published(&desk);
    fills(&disk, &Caller::new(&host.url, &tokens.data)).await;
    drop(host);
    assert_eq!(desk.data(&["doctor", "--store", &desk.server])["well"], true);
}

/// A workspace on a full disk: the edit is refused, the ones before are there, and with room it goes through.
#[test]
fn a_full_disk_under_a_workspace_refuses_the_edit() {
    let Some(disk) = Disk::new("size=4m") else { return };
    let mut desk = Desk::new();
    desk.ws = disk.path().join("ws.maquette").to_string_lossy().into_owned();
    desk.data(&["new", &desk.ws, "--sample", "invoicing"]);
    disk.fill();
    let add = ["add", "field", &desk.ws, "Customer", "nickName", "string"];
    let (code, refusal) = desk.refused(&add);
    assert_eq!((code, refusal.as_str()), (6, "store/disk-full"));
    disk.free();
    desk.data(&add);
    assert_eq!(desk.data(&["doctor", &desk.ws])["well"], true);
    assert_eq!(desk.data(&["history", &desk.ws])["entries"].as_array().map(Vec::len), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_postgres_refuses_writes_and_nothing_else() {
    let cluster = Cluster::start(Options::default());
    // Where Postgres, which runs as somebody else, may go.
    let Some(disk) = Disk::within(cluster.socket_folder(), "size=64m,mode=777") else { return };
    let place = disk.path().join("space");
    std::fs::create_dir(&place).unwrap();
    assert!(Command::new("chown").args(["postgres:postgres"]).args([disk.path(), &place]).status().unwrap().success());
    cluster.sql("postgres", &format!("CREATE TABLESPACE small LOCATION '{}'", place.display()));
    prepare(&cluster);
    cluster.sql("postgres", "ALTER DATABASE serve SET TABLESPACE small");
    let desk = Desk::at("ws.maquette", &cluster.url("serve", "rec"), &cluster.url("serve", "own"));
    let (host, tokens) = published(&desk);
    fills(&disk, &Caller::new(&host.url, &tokens.data)).await;
    drop(host);
    assert_eq!(desk.data(&["doctor", "--store", &desk.server])["well"], true);
}
