//! The elements that the reader knows.

/// The meaning of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    Value,
    Array,
    Struct,
    Scalar(Scalar),
    Params,
    Fault,
    /// Skipped, with its content.
    Other,
}

/// The type of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    Nil,
    Boolean,
    Int,
    Double,
    BigDecimal,
    Text,
    Base64,
    DateTime,
    MethodName,
}

impl Element {
    /// Looks up a name without its prefix: Apache's `ex:nil` is `nil`.
    pub(super) fn of(name: &str) -> Self {
        let local = name.rsplit(':').next().unwrap_or(name);
        Element::Scalar(match local {
            "value" => return Element::Value,
            "array" => return Element::Array,
            "struct" => return Element::Struct,
            "params" => return Element::Params,
            "fault" => return Element::Fault,
            "nil" => Scalar::Nil,
            "boolean" => Scalar::Boolean,
            "i1" | "i2" | "i4" | "i8" | "int" | "biginteger" => Scalar::Int,
            "double" | "float" => Scalar::Double,
            "bigdecimal" => Scalar::BigDecimal,
            "string" | "name" => Scalar::Text,
            "base64" => Scalar::Base64,
            "dateTime.iso8601" => Scalar::DateTime,
            "methodName" => Scalar::MethodName,
            _ => return Element::Other,
        })
    }
}
