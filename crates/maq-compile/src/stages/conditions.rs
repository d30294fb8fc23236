//! The stage over the whole model: conditions. What they may speak of are the shapes of all entities, so it comes after
//! every entity is resolved. Conditions of rules are checked already, and wait until records are checked by them. Unlike the other stages it says itself what is wrong, for the words are the expression's.

use crate::fixes;
use crate::words::short;
use maq_diag::{Finding, Place, catalogue};
use maq_doc::EntityDoc;
use maq_expr::{
    BinaryOp, Condition, EntityIndex, Environment, Input, Kind, Node, Problem, Type, UnaryOp, Val, evaluate,
};
use maq_ir::Entity;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// An entity with its conditions.
#[derive(Debug, Clone)]
pub(crate) struct ConditionsOutput {
    /// The entity; the same as before when it has no conditions.
    pub entity: Arc<Entity>,
    /// What is wrong with them.
    pub findings: Vec<Finding>,
    /// The entities whose shapes they read; none when it may be any.
    pub reads: Option<BTreeSet<EntityIndex>>,
}

/// Whether there is anything to compile.
pub(crate) fn has_conditions(doc: &EntityDoc) -> bool {
    doc.policies.iter().any(|policy| policy.condition.is_some()) || doc.rules.iter().any(|rule| rule.when.is_some())
}

/// Compiles the conditions of `doc` into `entity`.
pub(crate) fn resolve(entity: &Arc<Entity>, doc: &EntityDoc, environment: &Arc<Environment>) -> ConditionsOutput {
    let mut output = ConditionsOutput {
        entity: entity.clone(),
        findings: Vec::new(),
        reads: Some(environment.record.into_iter().collect()),
    };
    if !has_conditions(doc) {
        return output;
    }
    let mut resolved = (**entity).clone();
    let mut places: HashMap<Arc<str>, Vec<usize>> = HashMap::new();
    for (at, policy) in resolved.policies.iter().enumerate() {
        places.entry(policy.id.clone()).or_default().push(at);
    }
    for policy in doc.policies.iter() {
        let Some(text) = &policy.condition else { continue };
        let path = ["policies", policy.id.as_str(), "condition"];
        let condition = output.compile(doc, &path, text, environment);
        if let Some(condition) = &condition {
            output.look_at_policy(doc, &policy.id, &policy.name, condition);
        }
        let lowered = condition.filter(|condition| output.can_be_lowered(doc, &path, condition));
        for at in places.get(&*policy.id).into_iter().flatten() {
            if let Some(place) = resolved.policies.get_mut(*at) {
                place.broken |= lowered.is_none();
                place.condition.clone_from(&lowered);
            }
        }
    }
    for rule in &doc.rules {
        let Some(text) = &rule.when else { continue };
        output.compile(doc, &["rules", rule.id.as_str(), "when"], text, environment);
    }
    output.entity = Arc::new(resolved);
    output
}

/// The same conditions among shapes that changed elsewhere.
pub(crate) fn move_to(output: &mut ConditionsOutput, environment: &Arc<Environment>) {
    let mut entity = (*output.entity).clone();
    for condition in entity.policies.iter_mut().filter_map(|policy| policy.condition.as_mut()) {
        condition.environment = environment.clone();
    }
    output.entity = Arc::new(entity);
}

impl ConditionsOutput {
    fn compile(
        &mut self,
        doc: &EntityDoc,
        path: &[&str],
        text: &str,
        environment: &Arc<Environment>,
    ) -> Option<Condition> {
        let (condition, problems) = match Condition::compile(text, environment) {
            Ok((condition, problems)) => (Some(condition), problems),
            Err(problems) => (None, problems),
        };
        self.findings.extend(problems.iter().map(|problem| finding_of(&doc.id, path, text, problem)));
        match (&condition, &mut self.reads) {
            (Some(condition), Some(reads)) => read_shapes(&condition.root, reads),
            _ => self.reads = None,
        }
        condition
    }

    /// A database answers it too.
    fn can_be_lowered(&mut self, doc: &EntityDoc, path: &[&str], condition: &Condition) -> bool {
        let Err(refused) = condition.lower(None) else { return true };
        let mut place = Place::at(doc.id.as_str(), path);
        place.span = Some((refused.span.start, refused.span.end));
        let params = [("what", &*short(&refused.what))];
        self.findings.push(Finding::new(catalogue::EXPRESSION_NOT_LOWERABLE, place, &params));
        false
    }

    /// It can be true and it can be false.
    fn look_at_policy(&mut self, doc: &EntityDoc, id: &str, name: &str, condition: &Condition) {
        let Some(value) = constant(&condition.root) else { return };
        let path = ["policies", id, "condition"];
        let word = match value {
            Constant::True => "true",
            Constant::False => "false",
            Constant::Error => "an error",
        };
        let params = [("name", &*short(name)), ("value", word)];
        let finding = Finding::new(catalogue::POLICY_CONDITION_CONSTANT, Place::at(doc.id.as_str(), &path), &params);
        self.findings.push(match value {
            Constant::True => finding.with_fix("Take the condition away", fixes::unset(&doc.id, &path)),
            Constant::False => {
                let edits = fixes::remove(&doc.id, &["policies", id]);
                finding.with_fix(format!("Remove `{}`", short(name)), edits)
            }
            // A deny with it always matches, an allow never: what was meant nobody knows.
            Constant::Error => finding,
        });
    }
}

/// What an expression always is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Constant {
    True,
    False,
    Error,
}

/// What `node` is whatever is known; none when that cannot be seen from it.
fn constant(node: &Node) -> Option<Constant> {
    let either = |left: &Node, right: &Node, absorbing: Constant| match (constant(left), constant(right)) {
        (Some(one), _) | (_, Some(one)) if one == absorbing => Some(absorbing),
        (Some(Constant::Error), Some(_)) | (Some(_), Some(Constant::Error)) => Some(Constant::Error),
        (Some(_), Some(other)) => Some(other),
        _ => None,
    };
    match &node.kind {
        Kind::Binary(BinaryOp::And, left, right) => either(left, right, Constant::False),
        Kind::Binary(BinaryOp::Or, left, right) => either(left, right, Constant::True),
        Kind::Unary(UnaryOp::Not, inner) => constant(inner).map(|inner| match inner {
            Constant::True => Constant::False,
            Constant::False => Constant::True,
            Constant::Error => Constant::Error,
        }),
        _ if speaks_of_something(node) => None,
        _ => Some(match evaluate(node, &Input { known: None, record: None, variables: None }) {
            Ok(Val::Bool(true)) => Constant::True,
            Ok(Val::Bool(false)) => Constant::False,
            Ok(_) | Err(_) => Constant::Error,
        }),
    }
}

/// Whether some part of it is not written in it.
fn speaks_of_something(node: &Node) -> bool {
    matches!(node.kind, Kind::Variable(_) | Kind::Local(..))
        || matches!(&node.kind, Kind::Call { function, .. } if &**function == "today")
        || node.parts().into_iter().any(speaks_of_something)
}

/// A problem of an expression at its place in a document; its best repair becomes the fix.
fn finding_of(document: &str, path: &[&str], text: &str, problem: &Problem) -> Finding {
    let mut place = Place::at(document, path);
    place.span = Some((problem.span.start, problem.span.end));
    let params: Vec<(&str, &str)> = problem.params.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let finding = Finding::new(problem.code, place, &params);
    let repaired = problem.repairs.first().and_then(|repair| {
        let (start, end) = (repair.span.start as usize, repair.span.end as usize);
        Some((&repair.title, format!("{}{}{}", text.get(..start)?, repair.text, text.get(end..)?)))
    });
    match repaired {
        Some((title, text)) => finding.with_fix(title.clone(), fixes::set(document, path, text)),
        None => finding,
    }
}

/// The entities whose shapes a tree was resolved with.
fn read_shapes(node: &Node, reads: &mut BTreeSet<EntityIndex>) {
    read_type(&node.ty, reads);
    for part in node.parts() {
        read_shapes(part, reads);
    }
}

fn read_type(ty: &Type, reads: &mut BTreeSet<EntityIndex>) {
    match ty {
        Type::Record(entity) | Type::Reference(entity, _) => {
            reads.insert(*entity);
        }
        Type::List(inner) | Type::Optional(inner) | Type::Nullable(inner) => read_type(inner, reads),
        Type::Map(key, value) => {
            read_type(key, reads);
            read_type(value, reads);
        }
        _ => {}
    }
}
