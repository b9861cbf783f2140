//! Reads instances: by their state, their arguments or their items.

use serde::de::{Error as _, Unexpected, Visitor};

use super::super::view::{ContainerKind, InstanceView, Text, Tree, View};
use super::access::{Pairs, Style};
use super::context::NodeDeserializer;
use super::error_text;
use crate::class_name;
use crate::{Class, Construction, PickleError, Result};

/// An instance, and how it was made.
pub(super) struct InstanceReader<T> {
    class: Option<Class>,
    args: Vec<T>,
    /// The arguments, if they are a tuple.
    all_args: Option<T>,
    view: Box<InstanceView<T>>,
}

/// The forms of a state.
enum State<'de, T: Tree<'de>> {
    Attributes(T::Pairs),
    /// From `__dict__` and from slots.
    Both(Vec<(T, T)>),
    /// Values in the order of the fields, as frozen dataclasses with slots have it.
    Row(T::Items),
}

impl<'de, T: Tree<'de>> InstanceReader<T> {
    pub(super) fn of(view: Box<InstanceView<T>>) -> Self {
        let args = match view.args.view() {
            View::Items(_, items) => items.collect(),
            _ => Vec::new(),
        };
        let made = InstanceReader {
            class: class(view.callable),
            args,
            all_args: Some(view.args),
            view,
        };
        made.seen_through()
    }

    /// Protocols 0 and 1 make objects by a function that takes the class.
    fn seen_through(mut self) -> Self {
        let by = |name| {
            let class = self.class.as_ref();
            class.is_some_and(|class| class.is("copyreg", name))
        };
        let (rebuilt, renewed) = (by("_reconstructor"), by("__newobj__"));
        if (rebuilt || renewed) && !self.args.is_empty() {
            self.class = class(self.args.remove(0));
            self.all_args = None;
            self.view.construction = Construction::New;
            if rebuilt {
                // The base class, and the state for it if that is not None.
                self.args.drain(..self.args.len().min(1));
                self.args
                    .retain(|state| !matches!(state.view(), View::None));
                // For a namedtuple.
                if let [part] = self.args[..]
                    && let View::Items(ContainerKind::Tuple, items) = part.view()
                {
                    self.args = items.collect();
                }
            }
        }
        self
    }

    /// Whether it is of the class that a type's name is, if it is one.
    pub(super) fn check<V: Visitor<'de>>(&self, name: &str, visitor: &V) -> Result<()> {
        let Some((module, qualname)) = class_name::split(name) else {
            return Ok(());
        };
        match &self.class {
            Some(class) if class.is(module, qualname) => Ok(()),
            Some(class) => Err(PickleError::new(format!(
                "an instance of {} where one of {module}.{qualname} is expected",
                class.brief()
            ))),
            None => Err(self.wrong(visitor)),
        }
    }

    /// The same, where only a name of a class will do.
    pub(super) fn check_named<V: Visitor<'de>>(&self, name: &str, visitor: &V) -> Result<()> {
        match class_name::split(name) {
            Some(_) => self.check(name, visitor),
            None => Err(self.wrong(visitor)),
        }
    }

    fn words(&self) -> String {
        match &self.class {
            Some(class) => format!("instance of {}", class.brief()),
            None => error_text::kind(&self.view.callable.view()),
        }
    }

    #[cold]
    fn wrong<V: Visitor<'de>>(&self, visitor: &V) -> PickleError {
        PickleError::invalid_type(Unexpected::Other(&self.words()), visitor)
    }

    fn is(&self, module: &str, qualname: &str) -> bool {
        let class = self.class.as_ref();
        class.is_some_and(|class| class.is(module, qualname))
    }

    fn state(&self) -> Option<State<'de, T>> {
        match self.view.state?.view() {
            View::Dict(pairs) => Some(State::Attributes(pairs)),
            View::Items(ContainerKind::Tuple, mut both) if both.len() == 2 => {
                match (both.next()?.view(), both.next()?.view()) {
                    (View::Dict(own), View::Dict(slots)) => {
                        Some(State::Both(own.chain(slots).collect()))
                    }
                    (View::Dict(one), View::None) | (View::None, View::Dict(one)) => {
                        Some(State::Attributes(one))
                    }
                    _ => self.state_row(),
                }
            }
            _ => self.state_row(),
        }
    }

    fn state_row(&self) -> Option<State<'de, T>> {
        match self.view.state?.view() {
            View::Items(ContainerKind::Tuple | ContainerKind::List, items) => {
                Some(State::Row(items))
            }
            _ => None,
        }
    }

    /// Returns the argument of `cls(5)`, if it is a plain value and there is nothing else.
    pub(super) fn only_argument(&self) -> Option<T> {
        let &[argument] = &self.args[..] else {
            return None;
        };
        let plain = matches!(
            argument.view(),
            View::Bool(_)
                | View::Int(_)
                | View::BigInt(_)
                | View::Float(_)
                | View::Str(_)
                | View::SurrogateStr(_)
                | View::Bytes(_)
        );
        (plain && self.has_no_items()).then_some(argument)
    }

    fn has_no_items(&self) -> bool {
        self.view.appended.is_empty() && self.view.added.is_empty() && self.view.pairs.is_empty()
    }

    /// Returns the content if only the arguments hold it: `cls([1, 2])` of a subclass of `set`.
    fn inner_items(&self) -> Option<T::Items> {
        match self.args.first()?.view() {
            View::Items(_, items) if self.args.len() == 1 || self.is("collections", "deque") => {
                Some(items)
            }
            _ => None,
        }
    }

    /// Returns the items that it was made with, then those of APPENDS or ADDITEMS.
    fn items(&self) -> Option<Vec<T>> {
        let inner = self.inner_items();
        if self.view.appended.is_empty() && self.view.added.is_empty() && inner.is_none() {
            return None;
        }
        let later = self.view.appended.iter().chain(&self.view.added).copied();
        Some(inner.into_iter().flatten().chain(later).collect())
    }

    pub(super) fn visit_seq<V: Visitor<'de>>(
        self,
        place: NodeDeserializer<'_, 'de, T>,
        visitor: V,
    ) -> Result<V::Value> {
        if let Some(items) = self.items() {
            return place.visit_items(items.into_iter(), visitor);
        }
        match self.view.construction {
            // A namedtuple.
            Construction::New if !self.args.is_empty() => {
                place.visit_items(self.args.into_iter(), visitor)
            }
            // Any other without items may as well be no sequence.
            _ if self.is("collections", "deque") => {
                place.visit_items(Vec::new().into_iter(), visitor)
            }
            _ => match self.state_row() {
                Some(State::Row(items)) => place.visit_items(items, visitor),
                _ => Err(self.wrong(&visitor)),
            },
        }
    }

    pub(super) fn visit_tuple<V: Visitor<'de>>(
        self,
        place: NodeDeserializer<'_, 'de, T>,
        len: usize,
        visitor: V,
    ) -> Result<V::Value> {
        if self.args.len() == len && self.has_no_items() && !self.is("collections", "deque") {
            return place.visit_items(self.args.into_iter(), visitor);
        }
        self.visit_seq(place, visitor)
    }

    /// Reads a newtype struct: the argument it is made with, or for types not named as a class what it stands for.
    pub(super) fn visit_newtype<V: Visitor<'de>>(
        self,
        place: NodeDeserializer<'_, 'de, T>,
        name: &str,
        visitor: V,
    ) -> Result<V::Value> {
        if class_name::split(name).is_none() {
            return visitor.visit_newtype_struct(place);
        }
        self.check(name, &visitor)?;
        match self.args[..] {
            [argument] if self.has_no_items() && self.view.state.is_none() => {
                place.around.enter(place.node, |inside| {
                    visitor.visit_newtype_struct(inside.place(argument)?)
                })
            }
            _ => visitor.visit_newtype_struct(place),
        }
    }

    pub(super) fn visit_map<V: Visitor<'de>>(
        self,
        place: NodeDeserializer<'_, 'de, T>,
        visitor: V,
    ) -> Result<V::Value> {
        if !self.view.pairs.is_empty() {
            let pairs = self.view.pairs.into_iter();
            return place.visit_pairs(pairs, Style::Keys, visitor);
        }
        if let [argument] = self.args[..] {
            match argument.view() {
                // collections.Counter
                View::Dict(pairs) => return place.visit_pairs(pairs, Style::Keys, visitor),
                // Python 2's collections.OrderedDict
                View::Items(_, items) if self.is("collections", "OrderedDict") => {
                    let pairs = items.map(pair).collect::<Option<Vec<_>>>();
                    let pairs = pairs.ok_or_else(|| self.wrong(&visitor))?.into_iter();
                    return place.visit_pairs(pairs, Style::Keys, visitor);
                }
                _ => {}
            }
        }
        self.visit_attributes(place, visitor)
    }

    fn visit_attributes<V: Visitor<'de>>(
        self,
        place: NodeDeserializer<'_, 'de, T>,
        visitor: V,
    ) -> Result<V::Value> {
        let style = Style::Attributes;
        if self.view.state.is_none()
            && let Some(View::Dict(pairs)) = self.view.kwargs.map(Tree::view)
        {
            return place.visit_pairs(pairs, style, visitor);
        }
        match self.state() {
            Some(State::Attributes(pairs)) => place.visit_pairs(pairs, style, visitor),
            Some(State::Both(pairs)) => place.visit_pairs(pairs.into_iter(), style, visitor),
            None if self.is_empty_map() => {
                place.visit_pairs(Vec::new().into_iter(), style, visitor)
            }
            _ => Err(self.wrong(&visitor)),
        }
    }

    fn is_empty_map(&self) -> bool {
        let plain = self.args.is_empty() && self.view.state.is_none() && self.has_no_items();
        plain || self.is("collections", "defaultdict") || self.is("collections", "Counter")
    }

    pub(super) fn visit_struct<V: Visitor<'de>>(
        self,
        place: NodeDeserializer<'_, 'de, T>,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let args = match fields.contains(&"args") {
            true => self.all_args.map(|args| ("args", args)),
            false => None,
        };
        let style = Style::Attributes;
        match self.state() {
            Some(State::Attributes(pairs)) if args.is_some() && self.is_called() => {
                visit_with(place, pairs, args, visitor)
            }
            Some(State::Attributes(pairs)) => place.visit_pairs(pairs, style, visitor),
            Some(State::Both(pairs)) => place.visit_pairs(pairs.into_iter(), style, visitor),
            Some(State::Row(items)) => place.visit_items(items, visitor),
            None if self.view.state.is_some() => Err(self.wrong(&visitor)),
            None if args.is_some() => visit_with(place, Vec::new().into_iter(), args, visitor),
            None if !self.has_no_items() => self.visit_filled_struct(place, visitor),
            None if self.args.is_empty() => self.visit_attributes(place, visitor),
            None => match self.args[..] {
                [only] if matches!(only.view(), View::Dict(_)) && fields.len() != 1 => {
                    self.visit_map(place, visitor)
                }
                _ => place.visit_items(self.args.into_iter(), visitor),
            },
        }
    }

    fn is_called(&self) -> bool {
        self.view.construction == Construction::Call
    }

    /// A subclass of dict, or of list.
    fn visit_filled_struct<V: Visitor<'de>>(
        self,
        place: NodeDeserializer<'_, 'de, T>,
        visitor: V,
    ) -> Result<V::Value> {
        if self.view.pairs.is_empty() {
            return self.visit_seq(place, visitor);
        }
        place.visit_pairs(self.view.pairs.into_iter(), Style::Fields, visitor)
    }

    /// Reads it where the type does not say how: attributes, pairs, items, or the only argument.
    pub(super) fn visit_any<V: Visitor<'de>>(
        self,
        place: NodeDeserializer<'_, 'de, T>,
        visitor: V,
    ) -> Result<V::Value> {
        if let Some(argument) = self.only_argument() {
            let around = place.around;
            return serde::Deserializer::deserialize_any(
                NodeDeserializer {
                    node: argument,
                    around,
                },
                visitor,
            );
        }
        if self.items().is_some() {
            return self.visit_seq(place, visitor);
        }
        let attributes = !matches!(self.state(), None | Some(State::Row(_)));
        let dict = |arg: &T| matches!(arg.view(), View::Dict(_));
        if attributes || !self.view.pairs.is_empty() || self.args.iter().any(dict) {
            return self.visit_map(place, visitor);
        }
        match self.args.is_empty() && self.view.state.is_none() {
            true => self.visit_map(place, visitor),
            false => self.visit_seq(place, visitor),
        }
    }

    /// Returns the member of an `enum.Enum`: its value in `cls(value)`, its name in `getattr(cls, name)`.
    pub(super) fn member<V>(&self, name: &str, expecting: V) -> Result<Member<T>>
    where
        V: Fn(&str) -> PickleError,
    {
        let by_name = self.is("builtins", "getattr");
        let (class, member) = match self.args[..] {
            [of, member] if by_name => (class(of), Member::Name(member)),
            [value] => (self.class.clone(), Member::Value(value)),
            _ => return Err(expecting(&self.words())),
        };
        let fits = class_name::split(name).is_none_or(|(module, qualname)| {
            class
                .as_ref()
                .is_some_and(|class| class.is(module, qualname))
        });
        match (fits, class) {
            (true, _) => Ok(member),
            (false, Some(class)) => Err(expecting(&format!("member of {}", class.brief()))),
            (false, None) => Err(expecting(&self.words())),
        }
    }
}

/// Visits attributes with one more ahead of them.
fn visit_with<'de, T, I, V>(
    place: NodeDeserializer<'_, 'de, T>,
    pairs: I,
    first: Option<(&'static str, T)>,
    visitor: V,
) -> Result<V::Value>
where
    T: Tree<'de>,
    I: ExactSizeIterator<Item = (T, T)>,
    V: Visitor<'de>,
{
    place.around.enter(place.node, |inside| {
        visitor.visit_map(Pairs::new(pairs, inside, Style::Attributes).with_first(first))
    })
}

/// A member of an `enum.Enum`, by value or name.
pub(super) enum Member<T> {
    Value(T),
    Name(T),
}

/// Returns a class; also a nested one from `getattr(Outer, 'Inner')`, as protocols below 4 write it.
fn class<'de, T: Tree<'de>>(node: T) -> Option<Class> {
    // More than anybody nests. Each instance of the class goes through all of them.
    const MOST: usize = 16;
    let (mut node, mut names) = (node, Vec::new());
    while names.len() <= MOST {
        match node.view() {
            View::Class(class) if names.is_empty() => return Some(class),
            View::Class(class) => {
                names.push(class.qualname().as_str().into());
                names.reverse();
                return Some(Class::new(class.module().as_str(), names.join(".")));
            }
            View::Instance(call) => {
                let (outer, name) = attribute_of(&call)?;
                names.push(name);
                node = outer;
            }
            _ => return None,
        }
    }
    None
}

/// Returns the object and the name of `getattr(outer, 'name')`.
fn attribute_of<'de, T: Tree<'de>>(call: &InstanceView<T>) -> Option<(T, String)> {
    let View::Class(function) = call.callable.view() else {
        return None;
    };
    let View::Items(ContainerKind::Tuple, mut args) = call.args.view() else {
        return None;
    };
    if call.construction != Construction::Call
        || !function.is("builtins", "getattr")
        || args.len() != 2
    {
        return None;
    }
    // Each instance of the class copies it.
    let short = |outer, name: &str| (name.len() <= 1024).then(|| (outer, name.to_owned()));
    match (args.next()?, args.next()?.view()) {
        (outer, View::Str(Text::Borrowed(name))) => short(outer, name),
        (outer, View::Str(Text::Shared(name))) => short(outer, &name),
        _ => None,
    }
}

/// Returns a key and its value, from a list of the two.
fn pair<'de, T: Tree<'de>>(node: T) -> Option<(T, T)> {
    match node.view() {
        View::Items(_, mut both) if both.len() == 2 => both.next().zip(both.next()),
        _ => None,
    }
}
