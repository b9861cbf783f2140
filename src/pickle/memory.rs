//! Memory that one reader leaves to the next: small messages are read faster than memory is
//! allocated for them, and with large ones it takes longer to get fresh pages from the system
//! than to fill them.
//!
//! What small messages took is kept by each thread, what large ones took once for the process.

use std::cell::Cell;
use std::sync::Mutex;
use std::thread::LocalKey;

/// From this length on a message is a large one.
const LARGE: usize = 16 * 1024;

/// How many entries a vector may keep room for.
const MOST_SMALL: usize = 1 << 10;
const MOST_LARGE: usize = 1 << 17;

/// What is kept: vectors, all of them empty.
pub(super) trait Memory: Default + Send {
    /// The same without vectors that hold room for more entries than that.
    fn bounded(self, most: usize) -> Self;
}

/// Where memory of one kind is kept.
pub(super) struct Shelf<T: 'static> {
    pub(super) small: &'static LocalKey<Cell<T>>,
    pub(super) large: &'static Mutex<Option<T>>,
}

impl<T: Memory> Shelf<T> {
    /// For a message of that length.
    #[inline]
    pub(super) fn take(&self, length: usize) -> T {
        match length {
            // A thread that ends keeps nothing.
            ..LARGE => self.small.try_with(Cell::take).unwrap_or_default(),
            _ => self.take_large(),
        }
    }

    /// Nobody waits for memory: it is allocated where another thread is busy here.
    #[inline(never)]
    fn take_large(&self) -> T {
        let kept = self.large.try_lock().ok().and_then(|mut kept| kept.take());
        kept.unwrap_or_default()
    }

    /// After a message of that length.
    #[inline]
    pub(super) fn keep(&self, length: usize, memory: T) {
        match length {
            ..LARGE => {
                let memory = memory.bounded(MOST_SMALL);
                let _ = self.small.try_with(|place| place.set(memory));
            }
            _ => self.keep_large(memory),
        }
    }

    #[inline(never)]
    fn keep_large(&self, memory: T) {
        let memory = memory.bounded(MOST_LARGE);
        if let Ok(mut place) = self.large.try_lock() {
            *place = Some(memory);
        }
    }
}

/// Drops the entries, and hands on the room for entries that borrow from another message. Entries
/// of one size are collected in place: nothing is allocated.
#[inline]
pub(super) fn emptied<T, U>(mut memory: Vec<T>) -> Vec<U> {
    if memory.capacity() == 0 {
        return Vec::new();
    }
    memory.clear();
    memory.into_iter().filter_map(|_| None).collect()
}

#[inline]
pub(super) fn bounded<T>(memory: Vec<T>, most: usize) -> Vec<T> {
    match memory.capacity() <= most {
        true => memory,
        false => Vec::new(),
    }
}

/// A struct of vectors, of which what borrows does so for `'a`, and the shelf where it is kept.
macro_rules! memory {
    (
        $(#[$doc:meta])*
        $vis:vis struct $name:ident<'a> {
            $($field:ident: Vec<$entry:ty>,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Default)]
        $vis struct $name<'a> {
            $($vis $field: Vec<$entry>,)+
        }

        impl $crate::pickle::memory::Memory for $name<'_> {
            #[inline]
            fn bounded(self, most: usize) -> Self {
                $name { $($field: $crate::pickle::memory::bounded(self.$field, most),)+ }
            }
        }

        impl<'a> $name<'a> {
            const NEW: Self = $name { $($field: Vec::new(),)+ };

            /// For a message of that length.
            #[inline]
            $vis fn take(length: usize) -> Self {
                Self::shelf().take(length)
            }

            /// Leaves it to the next one, after a message of that length.
            #[inline]
            $vis fn keep(self, length: usize) {
                let emptied = $name { $($field: $crate::pickle::memory::emptied(self.$field),)+ };
                Self::shelf().keep(length, emptied);
            }

            #[inline]
            fn shelf() -> &'static $crate::pickle::memory::Shelf<$name<'static>> {
                thread_local! {
                    static SMALL: std::cell::Cell<$name<'static>> =
                        const { std::cell::Cell::new($name::NEW) };
                }
                static LARGE: std::sync::Mutex<Option<$name<'static>>> =
                    std::sync::Mutex::new(None);
                static SHELF: $crate::pickle::memory::Shelf<$name<'static>> =
                    $crate::pickle::memory::Shelf {
                        small: &SMALL,
                        large: &LARGE,
                    };
                &SHELF
            }
        }
    };
}
pub(super) use memory;

#[cfg(test)]
mod tests {
    use super::*;

    memory! {
        struct Words<'a> {
            words: Vec<&'a str>,
        }
    }

    #[test]
    fn room_is_used_again_unless_it_is_too_much() {
        for (length, most) in [(10, MOST_SMALL), (LARGE, MOST_LARGE)] {
            let mut memory = Words::take(length);
            memory.words.reserve_exact(most);
            let place = memory.words.as_ptr();
            memory.keep(length);
            let again = Words::take(length);
            assert_eq!(again.words.as_ptr(), place);
            assert_eq!(Words::take(length).words.capacity(), 0);
            let words = Vec::with_capacity(most + 1);
            Words { words }.keep(length);
            assert_eq!(Words::take(length).words.capacity(), 0);
        }
    }

    #[test]
    fn entries_of_another_lifetime_take_the_same_place() {
        let message = String::from("text");
        let memory: Vec<&str> = vec![&message; 100];
        let (place, room) = (memory.as_ptr().addr(), memory.capacity());
        let emptied: Vec<&'static str> = emptied(memory);
        assert!(emptied.is_empty());
        assert_eq!((emptied.as_ptr().addr(), emptied.capacity()), (place, room));
    }
}
