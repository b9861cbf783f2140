//! Classes of Python's in the names of Rust's types: `#[serde(rename = "shop.models.Order")]`.

/// Module and qualified name, if a type's name is that of a Python class: it holds a dot or a
/// colon. `shop.models.Order` is `Order` of the module `shop.models`; what is defined inside of a
/// class takes a colon, `shop.models:Order.Item`.
pub(crate) fn split(name: &str) -> Option<(&str, &str)> {
    let (module, qualname) = name.split_once(':').or_else(|| name.rsplit_once('.'))?;
    (!module.is_empty() && !qualname.is_empty()).then_some((module, qualname))
}

#[cfg(test)]
mod tests {
    use super::split;

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
