//! Instances: how an object is made, as its pickle describes it.

use std::sync::Arc;

use super::class::Class;
use super::discard;
use super::object::{
    Anchor, Change, Construction, Dict, Instance, InstanceBody, InstanceParts, Target, Tuple, Value,
};

/// Writes the same as the [`Instance`], which is cut short if there are many changes.
impl std::fmt::Debug for InstanceParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&Instance::from(self.clone()), f)
    }
}

impl InstanceParts {
    /// Calls `call` for each direct child, in order.
    pub(crate) fn for_each_child<'a>(&'a self, mut call: impl FnMut(&'a Value)) {
        let fields = [&self.callable, &self.args, &self.kwargs];
        fields.into_iter().for_each(&mut call);
        for change in &self.changes {
            change.for_each_child(&mut call);
        }
    }
}

impl Change {
    /// Calls `call` for each direct child, in order.
    pub(crate) fn for_each_child<'a>(&'a self, mut call: impl FnMut(&'a Value)) {
        match self {
            Change::SetItem(key, value) => {
                call(key);
                call(value);
            }
            Change::State(value)
            | Change::Append(value)
            | Change::Add(value)
            | Change::Call(value) => call(value),
        }
    }
}

impl Clone for InstanceBody {
    fn clone(&self) -> Self {
        InstanceBody {
            parts: self.parts.clone(),
            anchor: None,
        }
    }
}

impl Drop for InstanceBody {
    fn drop(&mut self) {
        discard::parts(&mut self.parts);
    }
}

impl Instance {
    /// Makes `cls.__new__(cls)`, the usual first step of an object.
    pub fn new(class: Class) -> Self {
        InstanceParts {
            callable: Value::Class(class),
            args: Tuple::from(Vec::new()).into(),
            ..InstanceParts::default()
        }
        .into()
    }

    /// Makes `callable(*args)`.
    pub fn call(class: Class, args: impl Into<Tuple>) -> Self {
        InstanceParts {
            construction: Construction::Call,
            callable: Value::Class(class),
            args: args.into().into(),
            ..InstanceParts::default()
        }
        .into()
    }

    /// Adds a change.
    pub fn with(mut self, change: Change) -> Self {
        self.make_mut().changes.push(change);
        self
    }

    /// Adds a state: the attributes of its `__dict__`.
    pub fn with_state(self, state: impl Into<Value>) -> Self {
        self.with(Change::State(state.into()))
    }

    /// Sets keyword arguments: [`Construction::NewEx`].
    pub fn with_kwargs(mut self, kwargs: Dict) -> Self {
        let parts = self.make_mut();
        parts.construction = Construction::NewEx;
        parts.kwargs = Value::Dict(kwargs);
        self
    }

    pub(crate) fn from_body(body: Arc<InstanceBody>) -> Self {
        Instance(body)
    }

    /// Makes an instance of these parts that carries the anchor.
    pub fn with_anchor(parts: InstanceParts, anchor: &Anchor) -> Self {
        let body = Arc::new(InstanceBody {
            parts,
            anchor: Some(anchor.clone()),
        });
        anchor.bind(Target::Instance(Arc::downgrade(&body)));
        Instance(body)
    }

    /// Returns the anchor that stands for it, if it contains itself.
    pub fn anchor(&self) -> Option<&Anchor> {
        self.0.anchor.as_ref()
    }

    /// Returns its parts.
    pub fn parts(&self) -> &InstanceParts {
        &self.0.parts
    }

    /// Returns its parts for changes; other handles keep the old instance. For an instance that
    /// contains itself, see [`Anchor`].
    pub fn make_mut(&mut self) -> &mut InstanceParts {
        &mut Arc::make_mut(&mut self.0).parts
    }

    /// Returns the class or function that is called, if it has a name. For
    /// `copyreg._reconstructor(cls, base, state)` that is `cls`.
    ///
    /// `None` for a nested class pickled with a protocol below 4, which is written as
    /// `getattr(Outer, 'Inner')`. [`is`](Self::is) knows that form too.
    pub fn class(&self) -> Option<&Class> {
        let class = self.0.parts.callable.as_class()?;
        match self.args() {
            [Value::Class(made), ..] if class.is_reconstructor() => Some(made),
            _ => Some(class),
        }
    }

    /// Returns whether that class or function makes it, also if `Outer.Inner` is written as
    /// `getattr(Outer, 'Inner')`.
    ///
    /// ```
    /// use mpconn_pickle::{Class, Instance, Protocol, Value, dumps, loads};
    ///
    /// let item = Value::from(Instance::new(Class::new("shop", "Order.Item")));
    /// let read = loads(dumps(&item, Protocol::V2)?)?;
    /// assert!(read.as_instance().is_some_and(|item| item.is("shop", "Order.Item")));
    /// # Ok::<(), mpconn_pickle::PickleError>(())
    /// ```
    pub fn is(&self, module: &str, qualname: &str) -> bool {
        let callable = &self.0.parts.callable;
        let made = match (callable, self.args()) {
            (Value::Class(class), [made, ..]) if class.is_reconstructor() => made,
            _ => callable,
        };
        is_class(made, module, qualname)
    }

    /// Returns the positional arguments.
    pub fn args(&self) -> &[Value] {
        self.0.parts.args.items().unwrap_or_default()
    }

    /// Returns the last state set: usually its `__dict__`, or with slots a pair of dicts.
    pub fn state(&self) -> Option<&Value> {
        let mut changes = self.0.parts.changes.iter().rev();
        changes.find_map(|change| match change {
            Change::State(state) => Some(state),
            _ => None,
        })
    }

    /// Returns an attribute from its state: from `__dict__` or from slots.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        match self.state()? {
            Value::Dict(state) => state.get_str(name),
            // (__dict__ or None, slots)
            Value::Tuple(both) if both.len() == 2 => both
                .iter()
                .filter_map(Value::as_dict)
                .find_map(|state| state.get_str(name)),
            _ => None,
        }
    }

    /// Returns whether both are one object: Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn is_unique(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

/// Returns whether it is that class, which may be written as nested `getattr` calls.
fn is_class(mut value: &Value, module: &str, mut qualname: &str) -> bool {
    loop {
        let call = match value {
            Value::Class(class) => return class.is(module, qualname),
            Value::Instance(call) => call,
            _ => return false,
        };
        let getattr = call.0.parts.callable.as_class();
        let (true, [outer, Value::Str(name)]) = (
            getattr.is_some_and(|class| class.is("builtins", "getattr")),
            call.args(),
        ) else {
            return false;
        };
        let rest = qualname.strip_suffix(name.as_str());
        // Each step shortens the name.
        let Some(rest) = rest.and_then(|rest| rest.strip_suffix('.')) else {
            return false;
        };
        (value, qualname) = (outer, rest);
    }
}

impl From<InstanceParts> for Instance {
    fn from(parts: InstanceParts) -> Self {
        Instance(Arc::new(InstanceBody {
            parts,
            anchor: None,
        }))
    }
}
