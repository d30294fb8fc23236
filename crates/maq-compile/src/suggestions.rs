//! "Did you mean" over many names without comparing with each: only names that begin alike are compared, and never
//! more than 200 of them.

use maq_diag::did_you_mean;
use std::collections::HashMap;

/// Most names compared with one wrong one.
const CANDIDATES: usize = 200;
/// Longest wrong name for which a suggestion is looked for.
const LONGEST: usize = 96;

/// Names by how they begin.
#[derive(Debug, Default)]
pub(crate) struct Suggestions {
    by_beginning: HashMap<String, Vec<String>>,
}

impl Suggestions {
    /// Over `names`.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Suggestions {
        let mut by_beginning: HashMap<String, Vec<String>> = HashMap::new();
        for name in names.into_iter().filter(|name| name.len() <= LONGEST) {
            let lower = name.to_lowercase();
            for letters in [1, 3] {
                let names = by_beginning.entry(beginning(&lower, letters)).or_default();
                if names.len() <= CANDIDATES {
                    names.push(name.to_owned());
                }
            }
        }
        Suggestions { by_beginning }
    }

    /// The name nearest to `wrong` among those that `fit`.
    pub fn nearest(&self, wrong: &str, fit: impl Fn(&str) -> bool) -> Option<&str> {
        if wrong.len() > LONGEST {
            return None;
        }
        let lower = wrong.to_lowercase();
        let mut names = self.by_beginning.get(&beginning(&lower, 1))?;
        if names.len() > CANDIDATES {
            names = self.by_beginning.get(&beginning(&lower, 3))?;
        }
        did_you_mean(wrong, names.iter().map(String::as_str).filter(|name| fit(name)))
    }
}

/// The first letters, with their number in front so that a short name is not mistaken for a beginning.
fn beginning(lower: &str, letters: usize) -> String {
    letters.to_string() + &lower.chars().take(letters).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_found_among_a_thousand_names() {
        let names: Vec<String> = (0..1000).map(|at| format!("Entity{at}")).chain(["Customer".into()]).collect();
        let suggestions = Suggestions::new(names.iter().map(String::as_str));
        assert_eq!(suggestions.nearest("Custmer", |_| true), Some("Customer"));
        assert_eq!(suggestions.nearest("Custmer", |name| name != "Customer"), None);
        assert_eq!(suggestions.nearest(&"C".repeat(10_000), |_| true), None);
    }
}
