//! What all types of shared objects have in common.

/// Defines a type of proxies with methods of its own: it is made of a [`Proxy`](super::Proxy), and is a
/// proxy wherever it is sent. Its other fields begin with their defaults, also in each clone.
macro_rules! typed {
    ($(#[$doc:meta])* $name:ident $(<$($parameter:ident),+>)? $({ $($field:ident: $type:ty),+ })?) => {
        $(#[$doc])*
        pub struct $name $(<$($parameter),+>)? {
            proxy: $crate::manager::Proxy,
            $(of: ::std::marker::PhantomData<fn($($parameter),+) -> ($($parameter,)+)>,)?
            $($($field: $type,)+)?
        }

        impl $(<$($parameter),+>)? $name $(<$($parameter),+>)? {
            /// Returns the proxy, for methods by name.
            pub fn proxy(&self) -> &$crate::manager::Proxy {
                &self.proxy
            }
        }

        impl $(<$($parameter),+>)? ::std::convert::From<$crate::manager::Proxy> for $name $(<$($parameter),+>)? {
            /// Nothing is asked of the manager: what the object really is shows when it is called.
            fn from(proxy: $crate::manager::Proxy) -> Self {
                $name {
                    proxy,
                    $(of: ::std::marker::PhantomData::<fn($($parameter),+) -> ($($parameter,)+)>,)?
                    $($($field: ::std::default::Default::default(),)+)?
                }
            }
        }

        impl $(<$($parameter),+>)? ::std::convert::From<$name $(<$($parameter),+>)?> for $crate::manager::Proxy {
            fn from(typed: $name $(<$($parameter),+>)?) -> Self {
                typed.proxy
            }
        }

        impl $(<$($parameter),+>)? ::std::clone::Clone for $name $(<$($parameter),+>)? {
            /// Returns another proxy of the same object.
            fn clone(&self) -> Self {
                $name::from(self.proxy.clone())
            }
        }

        impl $(<$($parameter),+>)? ::std::fmt::Debug for $name $(<$($parameter),+>)? {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.proxy.fmt(f)
            }
        }

        impl $(<$($parameter),+>)? ::std::cmp::PartialEq for $name $(<$($parameter),+>)? {
            /// Returns whether both are the same object.
            fn eq(&self, other: &Self) -> bool {
                self.proxy == other.proxy
            }
        }

        impl $(<$($parameter),+>)? ::serde::Serialize for $name $(<$($parameter),+>)? {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                self.proxy.serialize(serializer)
            }
        }

        impl<'de $($(, $parameter)+)?> ::serde::Deserialize<'de> for $name $(<$($parameter),+>)? {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::manager::Proxy::deserialize(deserializer).map($name::from)
            }
        }
    };
}
pub(super) use typed;
