//! The policies of drafts, for whoever writes them: who may do what as a table, what is wrong with a condition while it
//! is typed, what could stand at the cursor, and trying everything out before it is published.
//!
//! Nothing here decides by itself: the table, the decisions, the filter and the masks are `maq-policy`'s, on the model
//! that the drafts compile to. Nothing is changed, stored or audited either.

mod bench;
mod rows;
mod trial;

pub use trial::{Trial, TrialField, TrialNote, TrialRecord, TrialRequest, TrialRow, TrialRows};

use crate::AppResult;
use crate::authorise::{Permission, authorise};
use crate::error::refusals;
use crate::services::Inner;
use maq_expr::{Completions, Condition, EntityIndex, Environment, Problem};
use maq_ir::{Combining, EntityIdx, Model, shapes::shapes};
use maq_policy::{ACTIONS, Asker, PolicySet, Possible, RoleCatalogue};
use maq_value::Actor;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The policies of an entity as a table.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// The algorithm that counts.
    pub combining: Combining,
    /// Actions, in the order of columns.
    pub actions: Vec<String>,
    /// One for each role, for everyone else, and for each user that a policy names.
    pub rows: Vec<MatrixRow>,
}

/// A row of the table.
#[derive(Debug, Clone)]
pub struct MatrixRow {
    /// Whose.
    pub who: Who,
    /// In the order of the actions.
    pub cells: Vec<Possible>,
}

/// Whose row it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Somebody with this role alone.
    Role(String),
    /// Somebody without any role that a policy names.
    Everyone,
    /// A user that a policy names.
    User(String),
}

/// What is wrong with a condition.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Everything, in the order of the text.
    pub problems: Vec<Problem>,
    /// In canonical form, when it has no errors.
    pub canonical: Option<String>,
}

/// The policies of drafts.
#[derive(Clone)]
pub struct PolicyStudio {
    inner: Arc<Inner>,
}

impl PolicyStudio {
    pub(crate) fn new(inner: Arc<Inner>) -> PolicyStudio {
        PolicyStudio { inner }
    }

    /// Who may do what, as far as it can be told before anybody asks.
    ///
    /// # Errors
    /// `actor/not-allowed`, `registry/entity-not-found`.
    pub async fn matrix(&self, actor: &Actor, entity_id: &str) -> AppResult<Matrix> {
        let (model, index) = self.draft(actor, entity_id).await?;
        let set = set_of(&model, index).ok_or_else(|| no_entity(entity_id))?;
        let names = |list: fn(&maq_ir::Policy) -> &Vec<Arc<str>>| -> BTreeSet<Arc<str>> {
            let policies = ACTIONS.iter().flat_map(|action| set.policies_for(action));
            policies.flat_map(list).filter(|name| &***name != "*").cloned().collect()
        };
        let roles = names(|policy| &policy.roles).into_iter().map(|name| Who::Role(name.to_string()));
        let users = names(|policy| &policy.principals).into_iter().map(|name| Who::User(name.to_string()));
        let actions: Vec<String> = ACTIONS.iter().map(ToString::to_string).collect();
        let rows = roles.chain([Who::Everyone]).chain(users).map(|who| {
            let asker = match &who {
                Who::Role(name) => Asker::Role(name),
                Who::Everyone => Asker::Everyone,
                Who::User(name) => Asker::User(name),
            };
            let cells = actions.iter().map(|action| set.possible(asker, action)).collect();
            MatrixRow { who, cells }
        });
        Ok(Matrix { combining: set.combining(), rows: rows.collect(), actions })
    }

    /// What is wrong with a condition on the entity's records.
    ///
    /// # Errors
    /// `actor/not-allowed`, `registry/entity-not-found`.
    pub async fn check(&self, actor: &Actor, entity_id: &str, text: &str) -> AppResult<Checked> {
        let environment = self.environment(actor, entity_id).await?;
        let (mut problems, canonical) = match Condition::compile(text, &environment) {
            Ok((condition, warnings)) => (warnings, Some(condition.print())),
            Err(problems) => (problems, None),
        };
        problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        Ok(Checked { problems, canonical })
    }

    /// What could stand at byte `offset` of a condition on the entity's records.
    ///
    /// # Errors
    /// `actor/not-allowed`, `registry/entity-not-found`.
    pub async fn complete(&self, actor: &Actor, entity_id: &str, text: &str, offset: usize) -> AppResult<Completions> {
        let environment = self.environment(actor, entity_id).await?;
        Ok(maq_expr::complete(text, offset, &environment))
    }

    /// What a condition on the entity's records may speak of.
    async fn environment(&self, actor: &Actor, entity_id: &str) -> AppResult<Arc<Environment>> {
        let (model, index) = self.draft(actor, entity_id).await?;
        let entities: Vec<_> = model.entities().map(|view| view.entity.clone()).collect();
        Ok(Arc::new(Environment::model(shapes(&entities), EntityIndex(index.0))))
    }

    /// The model of the drafts, and the place of the entity in it.
    async fn draft(&self, actor: &Actor, entity_id: &str) -> AppResult<(Arc<Model>, EntityIdx)> {
        authorise(actor, Permission::View)?;
        let model = self.inner.drafts().await?.model();
        let index = model.entity_by_id(entity_id).ok_or_else(|| no_entity(entity_id))?.index;
        Ok((model, index))
    }
}

/// The policies of an entity with what roles may do to it, ready to decide.
fn set_of(model: &Model, index: EntityIdx) -> Option<PolicySet> {
    Some(PolicySet::compile_in(model.view(index)?, &RoleCatalogue::of(model)))
}

fn no_entity(id: &str) -> crate::AppError {
    refusals::ENTITY_NOT_FOUND.with(&[("name", id)])
}
