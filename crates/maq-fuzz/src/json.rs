//! Arbitrary JSON, and JSON near a valid one.

use crate::Input;
use serde_json::{Map, Value as Json};

impl Input<'_> {
    /// Any JSON, nesting at most `depth` deep.
    pub fn json(&mut self, depth: usize) -> Json {
        match self.pick(if depth == 0 { 6 } else { 8 }) {
            0 => Json::Null,
            1 => Json::Bool(self.pick(2) == 1),
            2 => Json::from(self.number()),
            3 => Json::from(self.double()),
            4 | 5 => Json::String(self.text()),
            6 => Json::Array((0..self.pick(4)).map(|_| self.json(depth - 1)).collect()),
            _ => Json::Object((0..self.pick(4)).map(|_| (self.text(), self.json(depth - 1))).collect()),
        }
    }

    /// Changes some places of `json`: other values, other texts, keys and members taken out, doubled, renamed, moved.
    pub fn mutate(&mut self, json: &mut Json) {
        for _ in 0..=self.pick(4) {
            let donor = self.place(json).clone();
            let place = self.place_mut(json);
            self.change(place, donor);
        }
    }

    fn change(&mut self, place: &mut Json, donor: Json) {
        match (self.pick(6), &mut *place) {
            (0, _) => *place = self.json(3),
            (1, _) => *place = donor,
            (_, Json::Object(object)) => self.change_object(object, donor),
            (_, Json::Array(list)) => self.change_list(list, donor),
            (_, Json::String(text)) => self.change_text(text),
            (_, Json::Bool(value)) => *value = !*value,
            (_, Json::Number(_)) => {
                *place = if self.pick(2) == 0 { self.number().into() } else { self.double().into() }
            }
            (_, Json::Null) => *place = self.json(1),
        }
    }

    fn change_object(&mut self, object: &mut Map<String, Json>, donor: Json) {
        let keys: Vec<String> = object.keys().cloned().collect();
        let key = self.one(&keys).cloned().unwrap_or_default();
        match self.pick(4) {
            0 => drop(object.shift_remove(&key)),
            1 => drop(object.insert(self.text(), donor)),
            2 => {
                let value = object.shift_remove(&key).unwrap_or_default();
                object.insert(self.text(), value);
            }
            _ => {
                let other = self.one(&keys).cloned().unwrap_or_default();
                let value = object.get(&key).cloned().unwrap_or_default();
                object.insert(other, value);
            }
        }
    }

    fn change_list(&mut self, list: &mut Vec<Json>, donor: Json) {
        let at = self.pick(list.len());
        match self.pick(4) {
            0 if at < list.len() => drop(list.remove(at)),
            1 => list.insert(at, donor),
            2 if at < list.len() => {
                let other = self.pick(list.len());
                list.swap(at, other);
            }
            _ => list.extend(list.get(at).cloned()),
        }
    }

    fn change_text(&mut self, text: &mut String) {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let at = self.one(&places).copied().unwrap_or(0);
        match self.pick(5) {
            0 => text.truncate(at),
            1 => text.insert_str(at, self.known()),
            2 => text.make_ascii_uppercase(),
            3 => *text = text.repeat(2),
            _ => *text = self.text(),
        }
    }

    fn place<'j>(&mut self, mut json: &'j Json) -> &'j Json {
        while self.pick(4) > 0 {
            let next = match json {
                Json::Array(list) => self.one(list),
                Json::Object(object) => object.values().nth(self.pick(object.len())),
                _ => None,
            };
            let Some(inner) = next else { break };
            json = inner;
        }
        json
    }

    fn place_mut<'j>(&mut self, json: &'j mut Json) -> &'j mut Json {
        if self.pick(5) == 0 {
            return json;
        }
        let inside = match &*json {
            Json::Array(list) => list.len(),
            Json::Object(object) => object.len(),
            _ => 0,
        };
        if inside == 0 {
            return json;
        }
        let at = self.pick(inside);
        if json.is_array() {
            return self.place_mut(&mut json[at]);
        }
        let key = json.as_object().and_then(|object| object.keys().nth(at)).cloned().unwrap_or_default();
        self.place_mut(&mut json[key])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_mutation_comes_from_the_bytes_and_changes_something() {
        let valid = json!({"name": "Invoice", "fields": [{"id": "a"}, {"id": "b", "maxLength": 3}], "open": true});
        let changed = |seed: u8| {
            let bytes: Vec<u8> = (0..200_u8).map(|at| at.wrapping_mul(seed).wrapping_add(seed)).collect();
            let mut json = valid.clone();
            Input::new(&bytes).mutate(&mut json);
            json
        };
        let different = (1..=200).filter(|seed| changed(*seed) != valid).count();
        assert!(different > 100, "{different} of 200 are different");
        assert_eq!(changed(77), changed(77));
    }
}
