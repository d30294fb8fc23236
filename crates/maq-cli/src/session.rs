//! Opening what a command works on: a workspace's file, a folder of documents, a server's store.

use crate::failure::{CliResult, Failure};
use maq_app::Services;
use maq_contract::{ApplyEdits, EditResult, Nothing, WorkspaceState};
use maq_diag::Finding;
use maq_doc::{Document, Edit, EntityDoc, RoleDoc, parse_text};
use maq_host::Place;
use maq_rpc::Router;
use maq_store::StoreKind;
use maq_value::Actor;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// An open workspace and the person who works on it.
pub struct Session {
    pub router: Router,
    pub services: Services,
    pub actor: Actor,
}

impl Session {
    async fn over(services: Services) -> CliResult<Session> {
        match Router::for_person(services.clone(), &maq_host::person_id()).await {
            Ok(router) => Ok(Session { actor: router.actor().clone(), router, services }),
            Err(error) => {
                services.close().await;
                Err(error.into())
            }
        }
    }

    /// Opens the workspace's file at `path`.
    pub async fn open(path: &Path) -> CliResult<Session> {
        refuse_folder(path)?;
        Session::over(maq_host::open(&place_of(path)?, StoreKind::Workspace).await?).await
    }

    /// Opens the workspace at `path`, or makes it; its place when it was made just now.
    pub async fn open_or_make(path: &Path) -> CliResult<(Session, Option<Place>)> {
        refuse_folder(path)?;
        let place = place_of(path)?;
        let (services, made) = maq_host::open_workspace(&place).await?;
        Ok((Session::over(services).await?, made.then_some(place)))
    }

    /// Makes a workspace at `path`.
    pub async fn create(path: &Path) -> CliResult<Session> {
        Session::over(maq_host::create(&place_of(path)?, StoreKind::Workspace).await?).await
    }

    /// A workspace that is gone when it is closed, for looking at what an import would do.
    pub async fn in_memory() -> CliResult<Session> {
        Session::over(maq_host::in_memory("preview").await?).await
    }

    /// Opens a workspace's file, or reads a folder of documents as a workspace in memory. Documents that cannot be read
    /// are findings.
    pub async fn read(path: &Path) -> CliResult<(Session, Vec<Finding>)> {
        if !path.is_dir() {
            return Ok((Session::open(path).await?, Vec::new()));
        }
        let (documents, findings) = read_documents(path)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let session = Session::over(maq_host::in_memory(&name).await?).await?;
        session.add_documents("Read documents", &documents).await?;
        Ok((session, findings))
    }

    /// Asks a command of the table.
    pub async fn ask<Q: Serialize, A: DeserializeOwned>(&self, command: &str, request: &Q) -> CliResult<A> {
        self.ask_job(command, request, None).await
    }

    /// As [`Session::ask`], as a job that can be watched.
    pub async fn ask_job<Q: Serialize, A: DeserializeOwned>(
        &self,
        command: &str,
        request: &Q,
        job: Option<String>,
    ) -> CliResult<A> {
        let request = serde_json::to_value(request).map_err(maq_app::AppError::fault)?;
        let answer = self.router.call(command, request, job).await?;
        Ok(serde_json::from_value(answer).map_err(maq_app::AppError::fault)?)
    }

    /// The workspace as it stands.
    pub async fn state(&self) -> CliResult<WorkspaceState> {
        self.ask("workspace.get_state", &Nothing {}).await
    }

    /// Applies one group of edits.
    pub async fn edit(&self, label: &str, edits: Vec<Edit>) -> CliResult<EditResult> {
        let request = ApplyEdits { label: label.to_owned(), edits, base_seq: None, group_id: None };
        self.ask("workspace.apply_edits", &request).await
    }

    /// Adds documents as one group of edits; nothing is done without any.
    pub async fn add_documents(&self, label: &str, documents: &[Document]) -> CliResult<()> {
        if documents.is_empty() {
            return Ok(());
        }
        let edits = documents.iter().map(|document| Edit::AddDocument { document: document.to_json() }).collect();
        self.edit(label, edits).await.map(drop)
    }

    /// The entity of this name.
    pub async fn entity(&self, name: &str) -> CliResult<EntityDoc> {
        let state = self.state().await?;
        let mut entities = state.documents.iter().filter_map(Document::as_entity);
        if let Some(entity) = entities.clone().find(|entity| entity.name == name || entity.id == name) {
            return Ok(entity.clone());
        }
        let near = maq_diag::did_you_mean(name, entities.by_ref().map(|entity| entity.name.as_str()));
        let help = near.map_or("correct the name".to_owned(), |near| format!("did you mean `{near}`?"));
        Err(Failure::of("registry/entity-not-found", 404, format!("there is no entity `{name}`"), &help))
    }

    /// The role of this name.
    pub async fn role(&self, name: &str) -> CliResult<RoleDoc> {
        let state = self.state().await?;
        let roles = state.documents.iter().filter_map(Document::as_role);
        if let Some(role) = roles.clone().find(|role| role.name == name || role.id == name) {
            return Ok(role.clone());
        }
        let near = maq_diag::did_you_mean(name, roles.map(|role| role.name.as_str()));
        let help = near.map_or("correct the name".to_owned(), |near| format!("did you mean `{near}`?"));
        Err(Failure::of("roles/role-not-found", 404, format!("there is no role `{name}`"), &help))
    }

    /// Finishes what is under way and closes the file.
    pub async fn close(&self) {
        self.router.close().await;
    }

    /// Does `work` and closes the file, whatever came of it.
    pub async fn finish<T>(self, work: impl AsyncFnOnce(&Session) -> CliResult<T>) -> CliResult<T> {
        let result = work(&self).await;
        self.close().await;
        result
    }
}

fn refuse_folder(path: &Path) -> CliResult<()> {
    if !path.is_dir() {
        return Ok(());
    }
    Err(Failure::usage(
        "usage/folder-not-file",
        format!("`{}` is a folder of documents, which is only read", path.display()),
        "make a workspace with `maquette new`, and bring the documents in with `maquette import`",
    ))
}

/// Opens the store of a server, with the login that owns it where one is named.
pub async fn open_server(store: &str, admin: Option<&str>) -> CliResult<Services> {
    Ok(maq_host::open(&server_place(store, admin)?, StoreKind::Server).await?)
}

/// The login that owns a server's schemas, for commands that have no flag for it.
pub fn admin_store() -> Option<String> {
    std::env::var("MAQUETTE_ADMIN_STORE").ok().filter(|address| !address.is_empty())
}

/// Where the store of a server is.
pub fn server_place(store: &str, admin: Option<&str>) -> CliResult<Place> {
    if let Some(admin) = admin {
        warn_of_password(admin);
    }
    Ok(place_of(Path::new(store))?.with_admin(admin)?)
}

/// Where a store is: a path, or the address of a Postgres.
pub fn place_of(written: &Path) -> CliResult<Place> {
    let text = written.to_string_lossy();
    warn_of_password(&text);
    match text.split_once("://") {
        Some((scheme, _)) if !["postgres", "postgresql", "sqlite"].contains(&scheme) => Err(Failure::usage(
            "usage/store-not-supported",
            format!("`{scheme}://` stores cannot be opened by this version"),
            "give the path of a file, or a `postgres://` address",
        )),
        _ => Ok(Place::of(written)?),
    }
}

/// Arguments are there for everybody on the machine to read.
fn warn_of_password(address: &str) {
    let in_arguments =
        std::env::args().any(|argument| argument == address || argument.ends_with(&format!("={address}")));
    if maq_host::has_password(address) && in_arguments {
        eprintln!("warning: a password in an argument can be read by others; use PGPASSWORD or the file ~/.pgpass");
    }
}

/// Every `*.json` below a folder (or one file), read as documents, in the order of their paths.
pub fn read_documents(path: &Path) -> CliResult<(Vec<Document>, Vec<Finding>)> {
    let mut files = Vec::new();
    collect(path, &mut files)?;
    files.sort();
    let (mut documents, mut findings) = (Vec::new(), Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(|error| Failure::file(&file, &error))?;
        let name = file.strip_prefix(path).unwrap_or(&file).display().to_string();
        let name = if name.is_empty() { file.display().to_string() } else { name };
        match parse_text(&name, &text) {
            Ok(document) => documents.push(document),
            Err(found) => findings.extend(found),
        }
    }
    Ok((documents, findings))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> CliResult<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path).map_err(|error| Failure::file(path, &error))? {
        let entry = entry.map_err(|error| Failure::file(path, &error))?.path();
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && (entry.is_dir() || entry.extension().is_some_and(|ending| ending == "json")) {
            collect(&entry, files)?;
        }
    }
    Ok(())
}
