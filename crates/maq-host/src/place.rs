//! Where a store is, from what a person wrote.

use crate::refuse_store;
use maq_app::AppResult;
use maq_store_postgres::Address;
use std::path::{Path, PathBuf};

/// A file, or a database.
#[derive(Debug, Clone)]
pub enum Place {
    /// A SQLite file.
    File(PathBuf),
    /// A Postgres database.
    Database {
        /// The login for records; a workspace has only this one.
        records: Box<Address>,
        /// The login that owns the schemas of a server.
        admin: Option<Box<Address>>,
    },
}

impl Place {
    /// Reads a path, `sqlite:` before one, or a `postgres://` address.
    ///
    /// # Errors
    /// `store/not-a-store` for an address that cannot be read.
    pub fn parse(written: &str) -> AppResult<Place> {
        if Address::is_one(written) {
            let records = Box::new(Address::parse(written).map_err(refuse_store)?);
            return Ok(Place::Database { records, admin: None });
        }
        let path = written.strip_prefix("sqlite:").map_or(written, |rest| rest.strip_prefix("//").unwrap_or(rest));
        Ok(Place::File(PathBuf::from(path)))
    }

    /// As [`Place::parse`], from an argument that is a path or an address.
    ///
    /// # Errors
    /// As [`Place::parse`].
    pub fn of(path: &Path) -> AppResult<Place> {
        match path.to_str() {
            Some(written) => Place::parse(written),
            None => Ok(Place::File(path.to_owned())),
        }
    }

    /// The same place with the login that owns the schemas; a file has none.
    ///
    /// # Errors
    /// As [`Place::parse`].
    pub fn with_admin(self, written: Option<&str>) -> AppResult<Place> {
        match (self, written) {
            (Place::Database { records, .. }, Some(written)) => {
                let admin = Some(Box::new(Address::parse(written).map_err(refuse_store)?));
                Ok(Place::Database { records, admin })
            }
            (place, _) => Ok(place),
        }
    }

    /// The place for people, without secrets.
    pub fn location(&self) -> String {
        match self {
            Place::File(path) => path.display().to_string(),
            Place::Database { records, .. } => records.location().to_owned(),
        }
    }

    /// The path of a file.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Place::File(path) => Some(path),
            Place::Database { .. } => None,
        }
    }

    /// What a new store here is called.
    pub(crate) fn store_name(&self) -> String {
        let fallback = || "Workspace".to_owned();
        match self {
            Place::File(path) => path.file_stem().map_or_else(fallback, |stem| stem.to_string_lossy().into_owned()),
            Place::Database { records, .. } => records.workspace().map_or("server".to_owned(), str::to_owned),
        }
    }
}

/// Whether an address holds a password, which other people of the machine can read in an argument.
pub fn has_password(written: &str) -> bool {
    let authority = written.split_once("://").map(|(_, rest)| rest.split(['/', '?']).next().unwrap_or_default());
    let login = authority.and_then(|authority| authority.rsplit_once('@')).map(|(login, _)| login);
    login.is_some_and(|login| login.contains(':'))
}
