//! Problems of types, in words.

use crate::{Environment, Problem, Repair, Span, Type};
use maq_diag::{CodeInfo, catalogue};

/// A problem with its parameters; repairs are added with [`Problem::with`].
pub(crate) fn problem(code: &'static CodeInfo, span: Span, params: &[(&'static str, &str)]) -> Problem {
    let params = params.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
    Problem { code, params, span, repairs: Vec::new() }
}

impl Problem {
    /// With a repair.
    pub(crate) fn with(mut self, repair: Option<Repair>) -> Problem {
        self.repairs.extend(repair);
        self
    }
}

/// A repair that writes `text` at `span`.
pub(crate) fn write(span: Span, text: impl Into<String>) -> Option<Repair> {
    let text = text.into();
    Some(Repair { title: format!("Write `{text}`"), span, text })
}

/// The start of the help when a name was nearly right.
pub(crate) fn hint(meant: Option<&str>) -> String {
    meant.map(|meant| format!("did you mean `{meant}`? ")).unwrap_or_default()
}

/// An unknown name that is a value of some enum was meant as a text: offers the quotes.
pub(crate) fn with_quotes(mut problems: Vec<Problem>, environment: &Environment) -> Vec<Problem> {
    for problem in problems.iter_mut().filter(|problem| problem.code == catalogue::EXPRESSION_NAME_UNKNOWN) {
        let Some((_, name)) = problem.params.iter().find(|(key, _)| *key == "name") else { continue };
        let is_value = |ty: &Type| matches!(ty, Type::Enum(values) if values.iter().any(|value| **value == **name));
        if environment.entities.iter().any(|entity| entity.fields.iter().any(|field| is_value(&field.ty))) {
            let quoted = crate::print::quoted(name);
            problem.repairs.splice(0..0, write(problem.span, quoted));
        }
    }
    problems
}
