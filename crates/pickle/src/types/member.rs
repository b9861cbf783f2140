//! Members of enums.

use super::expect::unexpected;
use crate::{Class, Construction, Instance, PickleError, Value};

/// A member of an `enum.Enum`, by class and value, as `Color.RED` and combinations of flags are
/// pickled. The name is in the class, which stays in Python.
///
/// A Rust enum with the name of a Python class does the same through serde; use this type for
/// classes known only at run time.
///
/// ```
/// use mpconn_pickle::types::Member;
/// use mpconn_pickle::{Class, Value};
///
/// // shop.Color.RED, which is shop.Color(1)
/// let red = Member::new(Class::new("shop", "Color"), 1);
/// let value = Value::from(red.clone());
/// assert_eq!(Member::try_from(&value)?, red);
/// assert!(red.value().as_i64() == Some(1));
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    class: Class,
    form: Form,
}

#[derive(Clone, Debug, PartialEq)]
enum Form {
    Value(Value),
    Name(Value),
}

impl Member {
    /// Makes `class(value)`.
    pub fn new(class: Class, value: impl Into<Value>) -> Self {
        let form = Form::Value(value.into());
        Member { class, form }
    }

    /// Makes `getattr(class, name)`, the form of enums with `pickle_by_enum_name` (3.12 and later).
    pub fn by_name(class: Class, name: &str) -> Self {
        let form = Form::Name(name.into());
        Member { class, form }
    }

    /// Returns `type(member)`.
    pub fn class(&self) -> &Class {
        &self.class
    }

    /// Returns `member.value`; `None` for a member pickled by name.
    pub fn value(&self) -> &Value {
        static NONE: Value = Value::None;
        match &self.form {
            Form::Value(value) => value,
            Form::Name(_) => &NONE,
        }
    }

    /// Returns `member.name` if it is pickled by name.
    pub fn name(&self) -> Option<&str> {
        match &self.form {
            Form::Value(_) => None,
            Form::Name(name) => name.as_str(),
        }
    }
}

impl From<Member> for Value {
    fn from(member: Member) -> Self {
        match member.form {
            Form::Value(value) => Instance::call(member.class, vec![value]).into(),
            Form::Name(name) => {
                let getattr = Class::new("builtins", "getattr");
                Instance::call(getattr, vec![member.class.into(), name]).into()
            }
        }
    }
}

impl TryFrom<&Value> for Member {
    type Error = PickleError;

    /// Accepts any call of a class with one argument: only Python knows whether it is an enum.
    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let instance = value.as_instance();
        let instance = instance.filter(|instance| {
            let parts = instance.parts();
            parts.construction == Construction::Call && parts.changes.is_empty()
        });
        let class = instance.and_then(Instance::class);
        match (class, instance.map(Instance::args)) {
            (Some(getattr), Some([Value::Class(class), name @ Value::Str(_)]))
                if getattr.is("builtins", "getattr") =>
            {
                let form = Form::Name(name.clone());
                let class = class.clone();
                Ok(Member { class, form })
            }
            (Some(class), Some([value])) => Ok(Member::new(class.clone(), value.clone())),
            _ => Err(unexpected(value, "a member of an enum")),
        }
    }
}
