//! Type variables and what they stand for.

use super::super::signatures::Signature;
use crate::Type;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known of each type variable.
#[derive(Debug, Clone, Default)]
pub(super) struct Types {
    bound: Vec<Option<Type>>,
}

impl Types {
    /// A new type variable.
    pub fn open(&mut self) -> Type {
        self.bound.push(None);
        Type::Param(format!("?{}", self.bound.len() - 1).into())
    }

    fn place(ty: &Type) -> Option<usize> {
        match ty {
            Type::Param(name) => name.strip_prefix('?')?.parse().ok(),
            _ => None,
        }
    }

    /// The type with its outermost variable replaced.
    pub fn shallow(&self, ty: &Type) -> Type {
        let mut ty = ty;
        while let Some(Some(bound)) = Types::place(ty).and_then(|place| self.bound.get(place)) {
            ty = bound;
        }
        ty.clone()
    }

    /// The type without variables: what nothing is known of is `dyn`.
    pub fn settled(&self, ty: &Type) -> Type {
        let part = |inner: &Arc<Type>| Arc::new(self.settled(inner));
        match self.shallow(ty) {
            Type::Param(_) => Type::Dyn,
            Type::List(inner) => Type::List(part(&inner)),
            Type::Map(key, value) => Type::Map(part(&key), part(&value)),
            Type::Optional(inner) => Type::Optional(part(&inner)),
            Type::Type(inner) => Type::Type(part(&inner)),
            other => other,
        }
    }

    fn mentions(&self, ty: &Type, place: usize) -> bool {
        match self.shallow(ty) {
            Type::List(inner) | Type::Optional(inner) | Type::Type(inner) => self.mentions(&inner, place),
            Type::Map(key, value) => self.mentions(&key, place) || self.mentions(&value, place),
            other => Types::place(&other) == Some(place),
        }
    }

    /// Whether a value of type `value` can stand where `target` is wanted; binds variables of both. Nothing is bound
    /// when it cannot.
    pub fn assignable(&mut self, target: &Type, value: &Type) -> bool {
        let before = self.bound.clone();
        let fits = self.fits(target, value);
        if !fits {
            self.bound = before;
        }
        fits
    }

    fn fits(&mut self, target: &Type, value: &Type) -> bool {
        let (target, value) = (self.shallow(target), self.shallow(value));
        if target == value {
            return true;
        }
        for (variable, other) in [(&target, &value), (&value, &target)] {
            if let Some(place) = Types::place(variable) {
                if self.mentions(other, place) {
                    return false;
                }
                if let Some(bound) = self.bound.get_mut(place) {
                    *bound = Some(other.clone());
                }
                return true;
            }
        }
        match (&target, &value) {
            (Type::Dyn | Type::Wrong, _) | (_, Type::Dyn | Type::Wrong) => true,
            // Null is a value of every type that is a message in the specification, and of abstract types.
            (Type::Timestamp | Type::Duration | Type::Optional(_) | Type::Opaque(_), Type::Null)
            | (Type::Null, Type::Timestamp | Type::Duration | Type::Optional(_) | Type::Opaque(_)) => true,
            (Type::List(left), Type::List(right)) | (Type::Optional(left), Type::Optional(right)) => {
                self.fits(left, right)
            }
            (Type::Map(key, value), Type::Map(other_key, other)) => {
                self.fits(key, other_key) && self.fits(value, other)
            }
            (Type::Type(_), Type::Type(_)) => true,
            _ => false,
        }
    }

    /// The more general of two types that fit each other.
    pub fn joined(&mut self, left: &Type, right: &Type) -> Option<Type> {
        self.assignable(left, right).then(|| self.general(left, right))
    }

    fn general(&self, left: &Type, right: &Type) -> Type {
        let part = |left: &Arc<Type>, right: &Arc<Type>| Arc::new(self.general(left, right));
        match (self.shallow(left), self.shallow(right)) {
            (Type::Dyn, _) | (_, Type::Dyn) => Type::Dyn,
            (Type::Null, other) | (other, Type::Null) => other,
            (Type::List(left), Type::List(right)) => Type::List(part(&left, &right)),
            (Type::Optional(left), Type::Optional(right)) => Type::Optional(part(&left, &right)),
            (Type::Map(key, value), Type::Map(other_key, other)) => {
                Type::Map(part(&key, &other_key), part(&value, &other))
            }
            (left, _) => left,
        }
    }

    /// The result of an overload for these arguments; none when it does not take them.
    pub fn overload(&mut self, row: &Signature, args: &[Type]) -> Option<Type> {
        if !row.takes(args.len()) {
            return None;
        }
        let mut params = BTreeMap::new();
        for (place, argument) in args.iter().enumerate() {
            let param = self.renamed(row.param(place)?, &mut params);
            if !self.assignable(&param, argument) {
                return None;
            }
        }
        let result = self.renamed(&row.result, &mut params);
        Some(match self.shallow(&result) {
            Type::Wrong => Type::Dyn,
            known => known,
        })
    }

    /// A type of the table with fresh variables for its parameters.
    fn renamed(&mut self, ty: &Type, params: &mut BTreeMap<Arc<str>, Type>) -> Type {
        match ty {
            Type::Param(name) => match params.get(name) {
                Some(known) => known.clone(),
                None => {
                    let open = self.open();
                    params.insert(name.clone(), open.clone());
                    open
                }
            },
            Type::List(inner) => Type::List(Arc::new(self.renamed(inner, params))),
            Type::Optional(inner) => Type::Optional(Arc::new(self.renamed(inner, params))),
            Type::Type(inner) => Type::Type(Arc::new(self.renamed(inner, params))),
            Type::Map(key, value) => {
                Type::Map(Arc::new(self.renamed(key, params)), Arc::new(self.renamed(value, params)))
            }
            other => other.clone(),
        }
    }
}
