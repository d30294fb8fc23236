//! The catalogue of operations: what can be permitted at all, by namespace. Operations of the namespace `entity` are
//! decided by the policies of the entity; listing, counting and exporting are reading.

/// The actions of policies; any other is denied.
pub const ACTIONS: [&str; 4] = ["create", "read", "update", "delete"];

/// The namespace that need not be written.
pub(crate) const RECORDS: &str = "entity";

/// A group of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Namespace {
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub description: &'static str,
    /// Its operations.
    pub operations: &'static [Operation],
}

/// Something that can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// The action of policies that decides over it, where there is one.
    pub action: Option<&'static str>,
}

const fn data(name: &'static str, action: &'static str, description: &'static str) -> Operation {
    Operation { name, description, action: Some(action) }
}

const fn other(name: &'static str, description: &'static str) -> Operation {
    Operation { name, description, action: None }
}

/// Every namespace.
pub const NAMESPACES: [Namespace; 5] = [
    Namespace {
        name: "entity",
        description: "records",
        operations: &[
            data("create", "create", "adds a record"),
            data("read", "read", "reads a record"),
            data("update", "update", "changes a record"),
            data("delete", "delete", "deletes a record"),
            data("list", "read", "lists records"),
            data("count", "read", "counts records"),
            data("search", "read", "searches records"),
            data("export", "read", "writes records to a file"),
        ],
    },
    Namespace {
        name: "workflow",
        description: "approvals",
        operations: &[
            other("start", "starts a workflow"),
            other("approve", "approves a task"),
            other("reject", "rejects a task"),
            other("requestChanges", "sends a task back"),
            other("delegate", "lets someone else do a task"),
            other("reassign", "gives a task to someone else"),
            other("comment", "writes a comment on a task"),
            other("attach", "attaches a file to a task"),
            other("cancel", "ends a workflow"),
            other("override", "decides in place of the one who must"),
        ],
    },
    Namespace {
        name: "utility",
        description: "work on many records",
        operations: &[
            other("import", "takes records from a file"),
            other("export", "writes many records to a file"),
            other("print", "prints"),
            other("report", "makes a report"),
        ],
    },
    Namespace {
        name: "delegation",
        description: "lending rights",
        operations: &[
            other("grant", "lends a right"),
            other("revoke", "takes a lent right back"),
            other("inspect", "sees what is lent"),
        ],
    },
    Namespace {
        name: "collaboration",
        description: "working together",
        operations: &[
            other("comment", "writes a comment"),
            other("attach", "attaches a file"),
            other("share", "shows a record to someone"),
            other("assign", "gives a record to someone"),
            other("mention", "calls someone"),
            other("follow", "is told of changes"),
        ],
    },
];

/// Every operation with its namespace.
pub fn operations() -> impl Iterator<Item = (&'static Namespace, &'static Operation)> {
    NAMESPACES.iter().flat_map(|namespace| namespace.operations.iter().map(move |operation| (namespace, operation)))
}

/// The operation called `workflow.approve`. Without a namespace it is one on records (`read`), or else the only one of
/// that name (`approve`); a name that several namespaces have is none.
pub fn operation(name: &str) -> Option<(&'static Namespace, &'static Operation)> {
    let found = operations_named(name);
    match (found.first(), found.len()) {
        (Some(first), 1) => Some(*first),
        (Some(first), _) if first.0.name == RECORDS => Some(*first),
        _ => None,
    }
}

/// Every operation that a name could mean, those on records first.
pub fn operations_named(name: &str) -> Vec<(&'static Namespace, &'static Operation)> {
    let (namespace, name) = match name.split_once('.') {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, name),
    };
    let fits = |space: &Namespace| namespace.is_none_or(|wanted| wanted == space.name);
    operations().filter(|(space, operation)| fits(space) && operation.name == name).collect()
}

/// The action of policies that decides over an operation on records.
pub(crate) fn data_action(name: &str) -> Option<&'static str> {
    ACTIONS.get(action_place(name)?).copied()
}

/// The place of that action among [`ACTIONS`]; written out, for every decision asks.
pub(crate) fn action_place(name: &str) -> Option<usize> {
    match name {
        "create" => Some(0),
        "read" => Some(1),
        "update" => Some(2),
        "delete" => Some(3),
        other => {
            let action = operation(other)?.1.action?;
            ACTIONS.into_iter().position(|known| known == action)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_stands_at_its_place() {
        for (place, action) in ACTIONS.into_iter().enumerate() {
            assert_eq!((action_place(action), data_action(action)), (Some(place), Some(action)));
        }
    }

    #[test]
    fn what_reads_is_decided_as_reading() {
        for name in ["read", "list", "count", "export", "entity.list"] {
            assert_eq!(data_action(name), Some("read"), "{name}");
        }
        for name in ["approve", "workflow.approve", "*", "", "entity.", "Read"] {
            assert_eq!(data_action(name), None, "{name}");
        }
    }

    #[test]
    fn a_namespace_is_needed_only_where_several_have_the_name() {
        let full = |name: &str| operation(name).map(|(space, it)| format!("{}.{}", space.name, it.name));
        assert_eq!(full("read").as_deref(), Some("entity.read"));
        assert_eq!(full("export").as_deref(), Some("entity.export"), "records come first");
        assert_eq!(full("approve").as_deref(), Some("workflow.approve"));
        assert_eq!(full("comment"), None);
        assert_eq!(full("collaboration.comment").as_deref(), Some("collaboration.comment"));
        assert_eq!(full("records.read"), None);
    }

    #[test]
    fn names_stand_once_in_their_namespace() {
        let mut names: Vec<String> = operations().map(|(space, it)| format!("{}.{}", space.name, it.name)).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
