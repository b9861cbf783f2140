//! Instances: what a pickle says about how to make an object.

use std::sync::Arc;

use super::class::Class;
use super::discard;
use super::object::{
    Anchor, Change, Construction, Dict, Instance, InstanceBody, InstanceParts, Target, Tuple, Value,
};

/// As the [`Instance`] of them: no longer, however many changes there are.
impl std::fmt::Debug for InstanceParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&Instance::from(self.clone()), f)
    }
}

impl InstanceParts {
    /// Calls for each value in it, in order.
    pub(crate) fn for_each_child<'a>(&'a self, mut call: impl FnMut(&'a Value)) {
        let fields = [&self.callable, &self.args, &self.kwargs];
        fields.into_iter().for_each(&mut call);
        for change in &self.changes {
            change.for_each_child(&mut call);
        }
    }
}

impl Change {
    /// Calls for each value in it, in order.
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
    /// `cls.__new__(cls)`, the usual beginning of an object.
    pub fn new(class: Class) -> Self {
        InstanceParts {
            callable: Value::Class(class),
            args: Tuple::from(Vec::new()).into(),
            ..InstanceParts::default()
        }
        .into()
    }

    /// `callable(*args)`.
    pub fn call(class: Class, args: impl Into<Tuple>) -> Self {
        InstanceParts {
            construction: Construction::Call,
            callable: Value::Class(class),
            args: args.into().into(),
            ..InstanceParts::default()
        }
        .into()
    }

    /// The same with a change.
    pub fn with(mut self, change: Change) -> Self {
        self.make_mut().changes.push(change);
        self
    }

    /// The same with these attributes in its `__dict__`.
    pub fn with_state(self, state: impl Into<Value>) -> Self {
        self.with(Change::State(state.into()))
    }

    /// The same with keyword arguments: [`Construction::NewEx`].
    pub fn with_kwargs(mut self, kwargs: Dict) -> Self {
        let parts = self.make_mut();
        parts.construction = Construction::NewEx;
        parts.kwargs = Value::Dict(kwargs);
        self
    }

    pub(crate) fn from_body(body: Arc<InstanceBody>) -> Self {
        Instance(body)
    }

    /// The instance of these parts, which an anchor inside of them stands for.
    pub fn with_anchor(parts: InstanceParts, anchor: &Anchor) -> Self {
        let body = Arc::new(InstanceBody {
            parts,
            anchor: Some(anchor.clone()),
        });
        anchor.bind(Target::Instance(Arc::downgrade(&body)));
        Instance(body)
    }

    /// What stands for it inside of itself, if it contains itself.
    pub fn anchor(&self) -> Option<&Anchor> {
        self.0.anchor.as_ref()
    }

    /// What it consists of.
    pub fn parts(&self) -> &InstanceParts {
        &self.0.parts
    }

    /// What it consists of, to be changed; other handles keep the instance as it was. For one that
    /// contains itself, see [`Anchor`].
    pub fn make_mut(&mut self) -> &mut InstanceParts {
        &mut Arc::make_mut(&mut self.0).parts
    }

    /// The class or function that is called, where it has a name. Objects that reduce to
    /// `copyreg._reconstructor(cls, base, state)` are of class `cls`.
    ///
    /// `None` for a class inside of another that was pickled with a protocol below 4: its name is
    /// in parts there, as `getattr(Outer, 'Inner')`, which stays what calls. [`is`](Self::is) sees
    /// through that.
    pub fn class(&self) -> Option<&Class> {
        let class = self.0.parts.callable.as_class()?;
        match self.args() {
            [Value::Class(made), ..] if class.is_reconstructor() => Some(made),
            _ => Some(class),
        }
    }

    /// Whether it is made by that class or function, also where `getattr(Outer, 'Inner')` stands
    /// for `Outer.Inner`.
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

    /// The positional arguments.
    pub fn args(&self) -> &[Value] {
        self.0.parts.args.items().unwrap_or_default()
    }

    /// The state that it is given last: usually its `__dict__`, or with slots a pair of dicts.
    pub fn state(&self) -> Option<&Value> {
        let mut changes = self.0.parts.changes.iter().rev();
        changes.find_map(|change| match change {
            Change::State(state) => Some(state),
            _ => None,
        })
    }

    /// An attribute from its state: from `__dict__` or from slots.
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

    /// Whether both are one object: Python's `is`.
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

/// Whether it is that class, whose name may be in parts.
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
        // Each step leaves a shorter name.
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
