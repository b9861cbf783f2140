//! Functions, as arguments.

use serde::{Serialize, Serializer};

use crate::pickle::{Class, Instance, Value};

/// A function for a manager to call, by its name: Python imports it from its module, which has to exist
/// there. A callable that Python pickles by more than a name, such as a `functools.partial`, is made from
/// an [`Instance`].
///
/// ```
/// use mpconn::manager::Function;
/// use mpconn::pickle::{Class, Instance};
///
/// let sqrt = Function::new("math", "sqrt");
/// let second = Instance::call(Class::new("operator", "itemgetter"), vec![1.into()]);
/// let second = Function::from(second);
/// # let _ = (sqrt, second);
/// ```
#[derive(Clone, Debug)]
pub struct Function(Value);

impl Function {
    /// Returns a function, class or builtin, by its module and its name there: `"builtins"` is the module of
    /// `len`, for Python 2 as well.
    pub fn new(module: &str, name: &str) -> Self {
        Class::new(module, name).into()
    }
}

impl From<Class> for Function {
    fn from(class: Class) -> Self {
        Function(class.into())
    }
}

impl From<&Class> for Function {
    fn from(class: &Class) -> Self {
        class.clone().into()
    }
}

/// Returns a callable object as a function.
impl From<Instance> for Function {
    fn from(instance: Instance) -> Self {
        Function(instance.into())
    }
}

impl From<&Function> for Function {
    fn from(function: &Function) -> Self {
        function.clone()
    }
}

impl From<&Function> for Value {
    fn from(function: &Function) -> Self {
        function.0.clone()
    }
}

impl Serialize for Function {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
