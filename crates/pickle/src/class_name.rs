//! Classes of Python's in the names of Rust's types: `#[serde(rename = "shop.models.Order")]`.

/// Module and qualified name, if a type's name is that of a Python class: it holds a dot or a
/// colon. `shop.models.Order` is `Order` of the module `shop.models`; a class in a
/// class takes a colon, `shop.models:Order.Item`.
pub(crate) fn split(name: &str) -> Option<(&str, &str)> {
    // Names are short: to search them for words of bytes would take longer.
    let mut bytes = name.bytes();
    let colon = bytes.clone().position(|byte| byte == b':');
    let at = colon.or_else(|| bytes.rposition(|byte| byte == b'.'))?;
    let (module, qualname) = (&name[..at], &name[at + 1..]);
    (!module.is_empty() && !qualname.is_empty()).then_some((module, qualname))
}

/// The value of an enum's member, if the variant's name is an integer as Python prints it. Other
/// names are values of text.
pub(crate) fn member(variant: &str) -> Option<i64> {
    let digits = variant.strip_prefix('-').unwrap_or(variant);
    let printed = match digits.as_bytes() {
        [b'0'] => variant.len() == 1,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    printed.then(|| variant.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{member, split};

    #[test]
    fn a_number_makes_a_member() {
        for (variant, value) in [
            ("0", 0),
            ("1", 1),
            ("-20", -20),
            ("1234567890123", 1_234_567_890_123),
        ] {
            assert_eq!(member(variant), Some(value));
        }
        for text in [
            "",
            "-",
            "-0",
            "00",
            "01",
            "+1",
            "1.5",
            "red",
            "1_0",
            "9223372036854775808",
        ] {
            assert_eq!(member(text), None, "{text}");
        }
    }

    #[test]
    fn a_dot_or_a_colon_makes_a_class() {
        assert_eq!(split("Order"), None);
        assert_eq!(split("shop.Order"), Some(("shop", "Order")));
        assert_eq!(split("shop.models.Order"), Some(("shop.models", "Order")));
        assert_eq!(
            split("shop.models:Order.Item"),
            Some(("shop.models", "Order.Item"))
        );
        assert_eq!(split("builtins:set"), Some(("builtins", "set")));
        assert_eq!(split(".Order"), None);
    }
}
