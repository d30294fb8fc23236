//! A condition: an expression of type bool, checked once and asked many times.

use crate::{
    Environment, EvalError, Explanation, Input, Known, Limits, Node, Predicate, Problem, Refused, Type, Val, check,
    eval, lower, parse, print, residual, resolve,
};
use std::sync::Arc;

/// A checked condition.
#[derive(Debug, Clone)]
pub struct Condition {
    /// As it was written.
    pub text: Arc<str>,
    /// Its tree, with types.
    pub root: Arc<Node>,
    /// What its names mean.
    pub environment: Arc<Environment>,
}

/// Conditions are the same when they read the same.
impl PartialEq for Condition {
    fn eq(&self, other: &Condition) -> bool {
        self.text == other.text && self.environment.record == other.environment.record
    }
}

/// What a condition says of an input.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// True.
    True,
    /// False.
    False,
    /// It could not be told; never an allow.
    Error(EvalError),
}

impl Condition {
    /// Parses, resolves and checks. A condition comes with no problem of severity error, and with the warnings.
    ///
    /// # Errors
    /// Every problem found.
    pub fn compile(text: &str, environment: &Arc<Environment>) -> Result<(Condition, Vec<Problem>), Vec<Problem>> {
        let syntax = parse(text, Limits::default())?;
        let node = resolve(&syntax, environment).map_err(|problems| check::with_quotes(problems, environment))?;
        let (root, problems) = check::check(node, text, environment, Some(&Type::Bool));
        if problems.iter().any(Problem::is_error) {
            return Err(problems);
        }
        Ok((Condition { text: text.into(), root: Arc::new(root), environment: environment.clone() }, problems))
    }

    /// What it says of `input`.
    pub fn evaluate(&self, input: &Input<'_>) -> Outcome {
        match eval::evaluate(&self.root, input) {
            Ok(Val::Bool(true)) => Outcome::True,
            Ok(Val::Bool(false)) => Outcome::False,
            Ok(_) => Outcome::Error(EvalError::not_a_truth_value()),
            Err(error) => Outcome::Error(error),
        }
    }

    /// The value of every sub-expression.
    pub fn explain<'a>(&'a self, input: &Input<'a>) -> Explanation<'a> {
        eval::explain(&self.root, &self.text, input)
    }

    /// What is left of it when principal, context and time are known: constants folded, errors kept.
    #[must_use]
    pub fn residual(&self, known: &Known<'_>) -> Node {
        residual::residual(&self.root, known)
    }

    /// As a predicate on rows. Without `known`, whether it can be lowered at all is told: what the caller brings is
    /// then a value nobody knows.
    ///
    /// # Errors
    /// The first part that no database can answer as we do.
    pub fn lower(&self, known: Option<&Known<'_>>) -> Result<Predicate, Refused> {
        match known {
            Some(known) => lower(&self.residual(known), &self.environment),
            None => lower(&self.root, &self.environment),
        }
    }

    /// How many parts it has for a database, at most, when no list of who asks has more than so many elements; none when
    /// that cannot be told. The flags of who asks do not matter: every branch counts.
    pub fn weight(&self, elements: usize) -> Option<usize> {
        lower::lower_at_most(&self.root, &self.environment, elements).ok().map(|predicate| predicate.weight())
    }

    /// In canonical form: the same for every way of writing the same tree.
    pub fn print(&self) -> String {
        print::print(&self.root)
    }
}
