//! What may be asked, by whom, and with which policies it is answered.

use super::question::PolicyQuestion;
use crate::AppResult;
use crate::active::Engines;
use crate::error::refusals;
use maq_ir::EntityView;
use maq_policy::PolicySet;
use maq_value::{Principal, Record, Value};
use serde_json::{Map, Value as Json};

/// Which policies answer a question.
#[derive(Debug, Clone, Copy)]
pub(super) enum Face {
    /// All of them: who asks does what obligations say, or takes an allow as a deny.
    Decision,
    /// It answers records: who asks for itself is shown no more than by the data API.
    Records,
}

impl Face {
    pub fn policies<'a>(self, engines: &'a Engines, question: &PolicyQuestion) -> &'a PolicySet {
        match self {
            Face::Records if question.is_own => engines.enforced(),
            Face::Records | Face::Decision => &engines.policies,
        }
    }
}

/// Why a principal cannot be one. No token has such a name, and no store can be asked about it.
pub(super) fn no_name(principal: &Principal) -> Option<&'static str> {
    let who = [&principal.user_id, &principal.tenant_id, &principal.realm_id];
    let mut names = who.into_iter().chain(&principal.org_id).chain(&principal.roles);
    names.any(|name| name.contains('\0')).then_some("a name of the principal holds U+0000")
}

pub(super) fn acts_nowhere(principal: &Principal) -> bool {
    principal.tenant_id.is_empty() || principal.realm_id.is_empty()
}

/// Who asks for itself chooses neither what conditions take for granted nor the time: with a choice of them the answers
/// would tell values that may not be read, and show what the data API does not.
pub(super) fn refuse_untrusted(question: &PolicyQuestion) -> AppResult<()> {
    if question.is_own && (!question.context.is_empty() || question.now.is_some()) {
        return Err(refusals::POLICY_CONTEXT_NOT_TRUSTED.with(&[("user", &question.principal.user_id)]));
    }
    Ok(())
}

/// A record from the fields that are given.
pub(super) fn given(view: EntityView<'_>, engines: &Engines, values: &Map<String, Json>) -> AppResult<Record> {
    let unreadable = |reason: String| refusals::POLICY_RECORD_UNREADABLE.with(&[("reason", &reason)]);
    let mut record = engines.records.record_from_json(&Json::Object(Map::new()));
    for field in view.entity.fields.iter().filter(|field| field.absent == maq_ir::Absent::Null) {
        record.set(field.name.clone(), Value::Null);
    }
    for (name, json) in values {
        let kind = engines.records.field(name).and_then(|field| engines.records.kind(field));
        let kind = kind.ok_or_else(|| unreadable(format!("`{}` has no field `{name}`", view.name())))?;
        let value = Value::from_json(json, kind).map_err(|error| unreadable(format!("`{name}`: {error}")))?;
        let absent = view.entity.fields.iter().find(|field| *field.name == **name).map(|field| field.absent);
        let is_missing = value.is_absent() && absent != Some(maq_ir::Absent::Null);
        record.set(name.as_str(), if is_missing { Value::Missing } else { value });
    }
    Ok(record)
}
