//! Members of enums.

use super::expect::unexpected;
use crate::{Class, Construction, Instance, PickleError, Value};

/// A member of an `enum.Enum`, by its class and value: what `Color.RED` and combinations of flags
/// are in a pickle. The name is in the class, which stays in Python.
///
/// A Rust enum whose name is that of a Python class does the same through serde; this is for
/// classes that are known at run time only.
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
    /// `class(value)`
    pub fn new(class: Class, value: impl Into<Value>) -> Self {
        let form = Form::Value(value.into());
        Member { class, form }
    }

    /// `getattr(class, name)`, as enums with `pickle_by_enum_name` are pickled (3.12 and later).
    pub fn by_name(class: Class, name: &str) -> Self {
        let form = Form::Name(name.into());
        Member { class, form }
    }

    /// `type(member)`
    pub fn class(&self) -> &Class {
        &self.class
    }

    /// `member.value`; `None` for a member that is pickled by its name.
    pub fn value(&self) -> &Value {
        static NONE: Value = Value::None;
        match &self.form {
            Form::Value(value) => value,
            Form::Name(_) => &NONE,
        }
    }

    /// `member.name`, where it is pickled by its name.
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

    /// From any call of a class with one argument: whether that is an enum only Python knows.
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
