//! Why a store could not be opened, in words and with help.

use maq_app::{AppError, Refusal, RefusalClass};
use maq_store::{StoreError, StoreKind};
use std::collections::BTreeMap;

/// The refusal that a store's error means to a person; a fault stays one.
pub fn refuse_store(error: StoreError) -> AppError {
    let title = error.to_string();
    let title = title.trim_end_matches('.').to_owned();
    let (code, class, location, help) = match &error {
        StoreError::NotAStore { location, .. } => (
            "store/not-a-store",
            RefusalClass::Invalid,
            location,
            "give a file made by `maquette new`; a foreign database comes in with `maquette import`",
        ),
        StoreError::WrongKind { location, found: StoreKind::Server } => (
            "store/wrong-kind",
            RefusalClass::Conflict,
            location,
            "this is a server's store: start it with `maquette serve --store`",
        ),
        StoreError::WrongKind { location, found: StoreKind::Workspace } => (
            "store/wrong-kind",
            RefusalClass::Conflict,
            location,
            "this is a workspace: a server needs a store of its own, made with `maquette init --server --store`",
        ),
        StoreError::Newer { location, .. } => {
            ("store/newer", RefusalClass::Conflict, location, "open it with a newer Maquette; nothing was changed")
        }
        StoreError::Locked(location) => (
            "store/in-use",
            RefusalClass::Conflict,
            location,
            "close the studio or server that has it open, then try again",
        ),
        StoreError::NotFound(location) => {
            ("store/not-found", RefusalClass::NotFound, location, "correct the path, or make it with `maquette new`")
        }
        StoreError::Exists(location) => ("store/exists", RefusalClass::Conflict, location, "choose another path"),
        StoreError::Permission(location) => (
            "store/no-permission",
            RefusalClass::Denied,
            location,
            "ask for the right to read and write the file and its folder",
        ),
        StoreError::Corrupt { location, .. } => (
            "store/damaged",
            RefusalClass::Conflict,
            location,
            "nothing was changed; bring back a copy, or ask `maquette doctor` what is wrong",
        ),
        StoreError::Unsafe { location, .. } => (
            "store/unsafe-role",
            RefusalClass::Denied,
            location,
            "records need a login of their own that owns nothing: see the page on installing a server",
        ),
        StoreError::NeedsAdmin(location) => (
            "store/admin-needed",
            RefusalClass::Denied,
            location,
            "name the login that owns the schemas with `--admin-store` or `MAQUETTE_ADMIN_STORE`",
        ),
        StoreError::Unavailable(reason) => (
            "store/unavailable",
            RefusalClass::Unavailable,
            reason,
            "check that the database runs and that its address is right, then try again",
        ),
        _ => return error.into(),
    };
    AppError::Refusal(Box::new(Refusal {
        code: code.to_owned(),
        class,
        title,
        params: BTreeMap::from([("location".to_owned(), location.clone())]),
        help: help.to_owned(),
        retry: matches!(error, StoreError::Locked(_) | StoreError::Unavailable(_)),
        findings: Vec::new(),
        conflicts: Vec::new(),
    }))
}
