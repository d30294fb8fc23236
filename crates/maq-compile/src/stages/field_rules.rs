//! A part of stage eight: the field rules and obligations of a policy. What cannot be understood is left out of what an
//! allow gives, and makes a deny take everything.

use crate::stages::fields::FieldsOutput;
use crate::stages::policies::effect_of;
use crate::stages::references::ReferencesOutput;
use maq_doc::{FieldListDoc, FieldRulesDoc, MaskDoc, ObligationDoc};
use maq_ir::{Effect, FieldIdx, FieldList, FieldRules, FieldType, Mask, Obligation};
use maq_value::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The fields a name can mean.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    /// By name.
    pub fields: &'a FieldsOutput<'a>,
    /// With types.
    pub references: &'a ReferencesOutput,
}

impl Known<'_> {
    fn place(self, name: &str) -> Option<FieldIdx> {
        *self.references.places.get(self.fields.position(name)?)?
    }

    fn ty(&self, name: &str) -> Option<&FieldType> {
        self.references.types.get(self.fields.position(name)?)?.as_ref()
    }

    fn all(self) -> impl Iterator<Item = FieldIdx> {
        self.references.places.iter().filter_map(|place| *place)
    }

    /// The listed fields; none when something listed cannot be understood.
    fn list(self, list: &FieldListDoc) -> (FieldList, bool) {
        if list.is_every() {
            return (FieldList::Every, true);
        }
        let mut places: Vec<FieldIdx> = Vec::with_capacity(list.names().len());
        let mut is_whole = true;
        for name in list.names() {
            match self.place(name) {
                Some(place) => places.push(place),
                None => is_whole = false,
            }
        }
        places.sort_unstable();
        places.dedup();
        (FieldList::Some(places), is_whole)
    }
}

/// The field rules of a policy with this effect.
pub(crate) fn resolve(doc: &FieldRulesDoc, effect: Effect, known: Known<'_>) -> FieldRules {
    let mut is_whole = true;
    let mut list = |doc: &Option<FieldListDoc>| {
        doc.as_ref().map(|doc| {
            let (list, understood) = known.list(doc);
            is_whole &= understood;
            list
        })
    };
    let (read, write) = (list(&doc.read), list(&doc.write));
    let mut masks = BTreeMap::new();
    for (name, doc) in &doc.mask {
        let Some(place) = known.place(name) else {
            is_whole = false;
            continue;
        };
        // A mask that cannot be understood shows nothing.
        masks.insert(place, known.ty(name).and_then(|ty| mask_of(doc, ty).ok()).unwrap_or(Mask::Null));
    }
    if effect == Effect::Deny && !is_whole {
        return FieldRules { read: FieldList::Every, write: FieldList::Every, masks };
    }
    let nothing = || FieldList::Some(Vec::new());
    let read = read.unwrap_or_else(|| if effect == Effect::Deny { nothing() } else { FieldList::Every });
    let write = write.unwrap_or_else(|| match effect {
        Effect::Deny => read.clone(),
        Effect::Allow if masks.is_empty() => read.clone(),
        Effect::Allow => {
            let unmasked = known.all().filter(|place| read.has(*place) && !masks.contains_key(place));
            FieldList::Some(unmasked.collect())
        }
    });
    FieldRules { read, write, masks }
}

/// The mask on a field of type `ty`, or why it does not fit.
pub(crate) fn mask_of(doc: &MaskDoc, ty: &FieldType) -> Result<Mask, String> {
    let is_text = matches!(ty, FieldType::String | FieldType::Text);
    let extra = |keys: &[(&str, bool)]| {
        let given = keys.iter().find(|(_, is_given)| *is_given);
        given.map_or(Ok(()), |(key, _)| Err(format!("`{key}` does not go with it")))
    };
    let ends = [("start", doc.start.is_some()), ("end", doc.end.is_some())];
    let value = ("value", doc.value.is_some());
    match doc.kind.as_str() {
        "null" => extra(&[ends[0], ends[1], value]).map(|()| Mask::Null),
        "partial" if !is_text => Err("it is for texts".to_owned()),
        "partial" => {
            extra(&[value]).map(|()| Mask::Partial { start: doc.start.unwrap_or(0), end: doc.end.unwrap_or(0) })
        }
        "hash" if !is_text => Err("it makes a text of a value that is none".to_owned()),
        "hash" => extra(&[ends[0], ends[1], value]).map(|()| Mask::Hash),
        "fixed" => {
            extra(&ends)?;
            let json = doc.value.as_ref().ok_or_else(|| "it needs a `value`".to_owned())?;
            if let FieldType::Enum(values) = ty
                && !json.as_str().is_some_and(|text| values.iter().any(|value| value == text))
            {
                return Err("its `value` is none of the enum's".to_owned());
            }
            let value = Value::from_json(json, ty.kind()).map_err(|_| "its `value` is of another type".to_owned())?;
            if value.is_absent() {
                Err("its `value` is empty; `null` says so".to_owned())
            } else {
                Ok(Mask::Fixed(value))
            }
        }
        _ => Err("it is no kind of mask".to_owned()),
    }
}

/// The obligations that can be understood, of a policy with this effect.
pub(crate) fn obligations(docs: &[ObligationDoc], effect: Effect) -> Vec<Obligation> {
    let known = docs.iter().filter(|doc| !doc.kind.trim().is_empty());
    known
        .map(|doc| Obligation {
            id: doc.id.as_deref().map(Arc::from),
            kind: doc.kind.as_str().into(),
            on: doc.on.as_deref().and_then(effect_of).unwrap_or(effect),
            params: Arc::new(doc.params.clone()),
            advice: doc.advice,
        })
        .collect()
}
