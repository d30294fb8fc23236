//! Stage one: who is there. The first entity of a name, and the first document of an id, is the one that is meant.

use crate::suggestions::Suggestions;
use maq_doc::{DiagramDoc, Document, EntityDoc, RoleDoc};
use maq_ir::{EntityIdx, IdentityType};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// What the documents are called.
#[derive(Debug)]
pub(crate) struct NamesOutput<'a> {
    /// The entities that are looked at, in document order.
    pub entities: Vec<NamedEntity<'a>>,
    /// The roles that are looked at, in document order.
    pub roles: Vec<&'a RoleDoc>,
    /// The diagrams that are looked at.
    pub diagrams: Vec<&'a DiagramDoc>,
    /// Documents whose id an earlier one has; nothing else is said about them.
    pub repeated_documents: Vec<&'a str>,
    /// Member ids that stand twice: document, path of the second, id, and the document of the first.
    pub repeated_members: Vec<RepeatedMember<'a>>,
    /// Changes when an entity comes, goes, moves or is renamed.
    pub stamp: u64,
    by_name: HashMap<&'a str, usize>,
    entity_ids: HashSet<&'a str>,
    suggestions: OnceCell<Suggestions>,
    referrers: OnceCell<HashMap<String, Vec<usize>>>,
}

/// An entity and its place in the model.
#[derive(Debug)]
pub(crate) struct NamedEntity<'a> {
    /// The document as it was handed in.
    pub document: &'a Arc<Document>,
    /// The same as an entity.
    pub doc: &'a EntityDoc,
    /// Its place in the model; none when another entity has its name, or it has none.
    pub index: Option<EntityIdx>,
}

/// The id of a member that something else has already.
#[derive(Debug)]
pub(crate) struct RepeatedMember<'a> {
    /// The document of the second.
    pub document: &'a str,
    /// The list the second stands in; empty for the document itself.
    pub list: &'static str,
    /// The id.
    pub id: &'a str,
    /// The document of the first.
    pub first: &'a str,
}

/// What a name leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    /// The entity.
    pub index: EntityIdx,
    /// Its identity.
    pub identity: IdentityType,
}

/// Looks at who is there.
pub(crate) fn collect(documents: &[Arc<Document>]) -> NamesOutput<'_> {
    let mut names = NamesOutput {
        entities: Vec::with_capacity(documents.len()),
        roles: Vec::new(),
        diagrams: Vec::new(),
        repeated_documents: Vec::new(),
        repeated_members: Vec::new(),
        stamp: 0,
        by_name: HashMap::with_capacity(documents.len()),
        entity_ids: HashSet::with_capacity(documents.len()),
        suggestions: OnceCell::new(),
        referrers: OnceCell::new(),
    };
    let mut ids: HashMap<&str, &str> = HashMap::with_capacity(documents.len() * 16);
    let mut stamp = DefaultHasher::new();
    let mut in_model = 0;
    for document in documents {
        if ids.contains_key(document.id()) {
            names.repeated_documents.push(document.id());
            continue;
        }
        ids.insert(document.id(), document.id());
        match &**document {
            Document::Role(doc) => names.roles.push(doc),
            Document::Diagram(doc) => {
                names.diagrams.push(doc);
                let members = (doc.areas.iter().map(|area| ("areas", &*area.id)))
                    .chain(doc.notes.iter().map(|note| ("notes", &*note.id)));
                names.find_repeated(&mut ids, &doc.id, members);
            }
            Document::Entity(doc) => {
                doc.name.hash(&mut stamp);
                names.entity_ids.insert(&doc.id);
                let is_first = !doc.name.is_empty() && !names.by_name.contains_key(&*doc.name);
                if is_first {
                    names.by_name.insert(&doc.name, names.entities.len());
                }
                let index = is_first.then_some(EntityIdx(in_model));
                in_model += u32::from(is_first);
                names.entities.push(NamedEntity { document, doc, index });
                names.find_repeated(&mut ids, &doc.id, members_of(doc));
            }
        }
    }
    names.stamp = stamp.finish();
    names
}

fn members_of(doc: &EntityDoc) -> impl Iterator<Item = (&'static str, &str)> {
    (doc.fields.iter().map(|field| ("fields", &*field.id)))
        .chain(doc.uniques.iter().map(|unique| ("uniques", &*unique.id)))
        .chain(doc.indexes.iter().map(|index| ("indexes", &*index.id)))
        .chain(doc.rules.iter().map(|rule| ("rules", &*rule.id)))
        .chain(doc.policies.iter().map(|policy| ("policies", &*policy.id)))
}

impl<'a> NamesOutput<'a> {
    fn find_repeated(
        &mut self,
        ids: &mut HashMap<&'a str, &'a str>,
        document: &'a str,
        members: impl Iterator<Item = (&'static str, &'a str)>,
    ) {
        for (list, id) in members {
            if let Some(first) = ids.get(id) {
                self.repeated_members.push(RepeatedMember { document, list, id, first });
            } else {
                ids.insert(id, document);
            }
        }
    }

    /// The entity a name means.
    pub fn named(&self, name: &str) -> Option<&NamedEntity<'a>> {
        self.by_name.get(name).and_then(|at| self.entities.get(*at))
    }

    /// What a name leads to.
    pub fn link(&self, name: &str) -> Option<Link> {
        let named = self.named(name)?;
        Some(Link { index: named.index?, identity: identity_of(named.doc).unwrap_or(IdentityType::Uuid) })
    }

    /// Whether an entity has this id.
    pub fn has_entity_id(&self, id: &str) -> bool {
        self.entity_ids.contains(id)
    }

    /// The entity name that was probably meant.
    pub fn suggest(&self, wrong: &str) -> Option<&str> {
        let suggestions = || Suggestions::new(self.entities.iter().map(|named| &*named.doc.name));
        self.suggestions.get_or_init(suggestions).nearest(wrong, |name| !name.is_empty())
    }

    /// The entities with a reference to `name`.
    pub fn referrers(&self, name: &str) -> Vec<&'a EntityDoc> {
        let collect = || {
            let mut referrers: HashMap<String, Vec<usize>> = HashMap::new();
            for (at, named) in self.entities.iter().enumerate() {
                for target in named.doc.fields.iter().filter_map(|field| field.reference_to.as_ref()) {
                    let positions = referrers.entry(target.clone()).or_default();
                    if positions.last() != Some(&at) {
                        positions.push(at);
                    }
                }
            }
            referrers
        };
        let positions = self.referrers.get_or_init(collect).get(name);
        let docs = positions.into_iter().flatten().filter_map(|at| self.entities.get(*at));
        docs.map(|named| named.doc).collect()
    }
}

/// The identity an entity declares; none when the word is unknown.
pub(crate) fn identity_of(doc: &EntityDoc) -> Option<IdentityType> {
    match doc.identity.kind.as_str() {
        "uuid" => Some(IdentityType::Uuid),
        "integer" => Some(IdentityType::Integer),
        "text" => Some(IdentityType::Text),
        _ => None,
    }
}
