//! `==` between values of any depth and any amount of sharing.

use std::collections::HashMap;
use std::mem::discriminant;

use super::handle::Handle;
use super::{Dict, FrozenSet, Instance, List, PersistentId, Set, Tuple, Value};

/// Compares values. A container equals itself, as in Python, even if it holds a NaN. Cycles are
/// equal if they lead back to corresponding places.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        let mut comparison = Comparison::default();
        comparison.compare(self, other) && comparison.finish()
    }
}

/// Pairs of containers still to compare, and pairs assumed equal. An assumption holds unless a
/// difference is found, and then nothing is equal.
#[derive(Default)]
struct Comparison<'a> {
    pending: Vec<(&'a Value, &'a Value)>,
    equal: Classes,
}

impl<'a> Comparison<'a> {
    fn finish(&mut self) -> bool {
        while let Some((left, right)) = self.pending.pop() {
            if !self.look_into(left, right) {
                return false;
            }
        }
        true
    }

    /// Compares leaves; containers are queued.
    fn compare(&mut self, left: &'a Value, right: &'a Value) -> bool {
        match (left, right) {
            (Value::None, Value::None) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::BigInt(a), Value::BigInt(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Complex(a, b), Value::Complex(c, d)) => (a, b) == (c, d),
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::SurrogateStr(a), Value::SurrogateStr(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::ByteArray(a), Value::ByteArray(b)) => a == b,
            (Value::Buffer(a), Value::Buffer(b)) => a == b,
            (Value::Class(a), Value::Class(b)) => a == b,
            (Value::Recursive(a), Value::Recursive(b)) => {
                self.equal.are_one(a.address(), b.address())
            }
            _ if left.is_container() && discriminant(left) == discriminant(right) => {
                self.pending.push((left, right));
                true
            }
            _ => false,
        }
    }

    fn look_into(&mut self, left: &'a Value, right: &'a Value) -> bool {
        if self.known(left.handle(), right.handle()) {
            return true;
        }
        match (left, right) {
            (Value::Dict(a), Value::Dict(b)) => self.dicts(a, b),
            (Value::Instance(a), Value::Instance(b)) => self.instances(a, b),
            (Value::Persistent(a), Value::Persistent(b)) => self.compare(a.id(), b.id()),
            _ => match (left.items(), right.items()) {
                (Some(a), Some(b)) => self.items(a, b),
                _ => false,
            },
        }
    }

    /// Returns whether two containers are one object or assumed equal; assumes it from now on.
    fn known(&mut self, left: Option<Handle<'_>>, right: Option<Handle<'_>>) -> bool {
        let (Some(left), Some(right)) = (left, right) else {
            return false;
        };
        if left.address == right.address {
            return true;
        }
        if let (Some(a), Some(b)) = (left.anchor, right.anchor) {
            self.equal.unite(a.address(), b.address());
        }
        // An unshared container is met once only.
        let shared = !left.unique || !right.unique;
        shared && !self.equal.unite(left.address, right.address)
    }

    fn items(&mut self, left: &'a [Value], right: &'a [Value]) -> bool {
        let mut both = left.iter().zip(right);
        left.len() == right.len() && both.all(|(a, b)| self.compare(a, b))
    }

    fn dicts(&mut self, left: &'a Dict, right: &'a Dict) -> bool {
        let mut both = left.pairs().iter().zip(right.pairs());
        left.len() == right.len()
            && both.all(|(a, b)| self.compare(&a.0, &b.0) && self.compare(&a.1, &b.1))
    }

    fn instances(&mut self, left: &'a Instance, right: &'a Instance) -> bool {
        let (a, b) = (left.parts(), right.parts());
        let kinds = |(a, b)| discriminant(a) == discriminant(b);
        if a.construction != b.construction
            || a.changes.len() != b.changes.len()
            || !a.changes.iter().zip(&b.changes).all(kinds)
        {
            return false;
        }
        // Changes of the same kinds have the same number of values.
        let mut fields = (Vec::new(), Vec::new());
        a.for_each_child(|child| fields.0.push(child));
        b.for_each_child(|child| fields.1.push(child));
        fields
            .0
            .into_iter()
            .zip(fields.1)
            .all(|(a, b)| self.compare(a, b))
    }
}

/// A union-find over the addresses of objects assumed equal. It makes at most one union an object,
/// while the number of pairs may be far larger.
#[derive(Default)]
struct Classes {
    parents: HashMap<usize, usize>,
}

impl Classes {
    /// Merges two classes; `false` if they are one already.
    fn unite(&mut self, left: usize, right: usize) -> bool {
        let (left, right) = (self.find(left), self.find(right));
        if left != right {
            self.parents.insert(left, right);
        }
        left != right
    }

    fn are_one(&mut self, left: usize, right: usize) -> bool {
        self.find(left) == self.find(right)
    }

    fn find(&mut self, mut member: usize) -> usize {
        while let Some(&parent) = self.parents.get(&member) {
            // Halve the path for the next lookup.
            if let Some(&above) = self.parents.get(&parent) {
                self.parents.insert(member, above);
            }
            member = parent;
        }
        member
    }
}

macro_rules! through_value {
    ($($name:ident as $variant:ident;)*) => {$(
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                Value::$variant(self.clone()) == Value::$variant(other.clone())
            }
        }
    )*};
}
through_value! {
    Tuple as Tuple;
    List as List;
    Set as Set;
    FrozenSet as FrozenSet;
    Dict as Dict;
    Instance as Instance;
    PersistentId as Persistent;
}

#[cfg(test)]
mod tests;
