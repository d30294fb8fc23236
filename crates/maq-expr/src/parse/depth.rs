//! How deep a text nests, from its tokens alone: never less than the tree that a parser makes of it, and not more than a
//! few times as much. A recursive parser must not see a text that would take its stack.

use super::tokens::{Token, TokenKind};

/// One pair of brackets, or the whole text.
#[derive(Default)]
struct Group {
    /// Signs since the last `&&`, `||` or comma: each may be a level.
    signs: usize,
    /// The deepest group since then.
    inner: usize,
    /// The deepest part so far.
    deepest: usize,
    /// `?` so far: each is a level for all that follows.
    choices: usize,
    /// `&&` and `||` so far: they make a balanced tree.
    links: usize,
}

impl Group {
    fn end_part(&mut self) {
        self.deepest = self.deepest.max(self.signs + self.inner);
        self.signs = 0;
        self.inner = 0;
    }

    fn depth(mut self) -> usize {
        self.end_part();
        let levels = (usize::BITS - self.links.leading_zeros()) as usize;
        self.deepest + self.choices + levels + 1
    }
}

/// At least the depth of the tree.
pub(super) fn depth(text: &str, tokens: &[Token]) -> usize {
    let mut groups = Vec::new();
    let mut group = Group::default();
    for token in tokens.iter().filter(|token| token.kind == TokenKind::Sign || token.span.of(text) == "in") {
        match token.span.of(text) {
            "(" | "[" | "{" => {
                group.signs += 1;
                groups.push(std::mem::take(&mut group));
            }
            ")" | "]" | "}" => {
                let inner = std::mem::replace(&mut group, groups.pop().unwrap_or_default()).depth();
                group.inner = group.inner.max(inner);
            }
            "&&" | "||" => {
                group.end_part();
                group.links += 1;
            }
            "," => group.end_part(),
            "?" => {
                group.end_part();
                group.choices += 1;
            }
            ":" => group.end_part(),
            _ => group.signs += 1,
        }
    }
    group.depth()
}
