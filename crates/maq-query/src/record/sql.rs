//! A statement on records under construction: text, binds, and tenant and realm always first.

use crate::{Dialect, SqlValue, Statement};
use maq_value::Scope;
use std::fmt::Write as _;

/// The place of bind `number`.
pub(crate) fn place(dialect: Dialect, number: usize) -> String {
    match dialect {
        Dialect::Sqlite => format!("?{number}"),
        Dialect::Postgres => format!("${number}"),
    }
}

pub(crate) struct Sql {
    dialect: Dialect,
    text: String,
    binds: Vec<SqlValue>,
}

impl Sql {
    /// Begins with tenant and realm bound as the first two values.
    pub(crate) fn begin(dialect: Dialect, scope: &Scope) -> Sql {
        let binds = vec![scope.tenant_id.as_str().into(), scope.realm_id.as_str().into()];
        Sql { dialect, text: String::with_capacity(256), binds }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// ` WHERE` on tenant and realm.
    pub(crate) fn push_scope(&mut self) {
        let (tenant, realm) = (place(self.dialect, 1), place(self.dialect, 2));
        let _ = write!(self.text, " WHERE \"tenant_id\" = {tenant} AND \"realm_id\" = {realm}");
    }

    /// Binds `value` and writes its place; answers the place for using it again.
    pub(crate) fn bind(&mut self, value: SqlValue) -> String {
        let place = self.keep(value);
        self.text.push_str(&place);
        place
    }

    /// The place of bind `number`, 1 for the tenant and 2 for the realm.
    pub(crate) fn place(&self, number: usize) -> String {
        place(self.dialect, number)
    }

    /// Binds `value` without writing its place.
    pub(crate) fn keep(&mut self, value: SqlValue) -> String {
        self.binds.push(value);
        place(self.dialect, self.binds.len())
    }

    /// How many values are bound.
    pub(crate) fn bound(&self) -> usize {
        self.binds.len()
    }

    pub(crate) fn finish(self) -> Statement {
        Statement::on_records(self.text, self.binds)
    }
}
