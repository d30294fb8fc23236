//! Words that SQLite's or PostgreSQL's grammar reserves. Names are always quoted, so they do no harm; people who write
//! queries by hand want to know.

/// Sorted, lower case.
const WORDS: [&str; 117] = [
    "add", "all", "alter", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
    "autoincrement", "between", "both", "case", "cast", "check", "collate", "collation", "column", "commit",
    "concurrently", "constraint", "create", "cross", "current_catalog", "current_date", "current_role",
    "current_schema", "current_time", "current_timestamp", "current_user", "default", "deferrable", "delete", "desc",
    "distinct", "do", "drop", "else", "end", "escape", "except", "exists", "false", "fetch", "for", "foreign",
    "freeze", "from", "full", "grant", "group", "having", "ilike", "in", "index", "indexed", "initially", "inner",
    "insert", "intersect", "into", "is", "isnull", "join", "lateral", "leading", "left", "like", "limit",
    "localtime", "localtimestamp", "natural", "not", "nothing", "notnull", "null", "offset", "on", "only", "or",
    "order", "outer", "overlaps", "placing", "primary", "references", "returning", "right", "select", "session_user",
    "set", "similar", "some", "symmetric", "system_user", "table", "tablesample", "then", "to", "trailing",
    "transaction", "true", "union", "unique", "update", "user", "using", "values", "variadic", "verbose", "when",
    "where", "window", "with",
];

/// Whether `name` is a reserved word.
pub(crate) fn is_reserved(name: &str) -> bool {
    WORDS.binary_search(&name.to_ascii_lowercase().as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_sorted() {
        assert!(WORDS.is_sorted());
        assert!(is_reserved("Order") && !is_reserved("orders"));
    }
}
