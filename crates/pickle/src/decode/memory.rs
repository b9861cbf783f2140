//! Memory that one reader leaves to the next. Reading a small message takes less time than allocating
//! memory for it, and for a large one fetching pages from the system takes longer than filling them.
//!
//! Each thread keeps the memory of small messages; the process keeps that of one large message.

use std::sync::Mutex;

/// Messages from this length on are large.
pub(super) const LARGE: usize = 16 * 1024;

/// Most entries that a vector may keep room for.
pub(super) const MOST_SMALL: usize = 1 << 10;
pub(super) const MOST_LARGE: usize = 1 << 17;

/// The memory of large messages. Nobody waits for the lock: a thread that finds it taken allocates.
#[inline(never)]
pub(super) fn take_large<T: Default>(kept: &Mutex<Option<T>>) -> T {
    let kept = kept.try_lock().ok().and_then(|mut kept| kept.take());
    kept.unwrap_or_default()
}

#[inline(never)]
pub(super) fn keep_large<T>(place: &Mutex<Option<T>>, memory: T) {
    if let Ok(mut place) = place.try_lock() {
        *place = Some(memory);
    }
}

/// Drops the entries, and returns the room for entries that borrow from another message, unless it
/// is for more than `most`. Entries of one size are collected in place, so nothing is allocated.
#[inline(always)]
pub(super) fn emptied<T, U>(mut memory: Vec<T>, most: usize) -> Vec<U> {
    if memory.capacity() == 0 || memory.capacity() > most {
        return Vec::new();
    }
    memory.clear();
    // The vector is empty, so nothing leaks. Without code that drops entries the compiler keeps it in
    // registers.
    let none = |entry| {
        std::mem::forget(entry);
        None
    };
    memory.into_iter().filter_map(none).collect()
}

/// A struct of vectors whose entries borrow for `'a`, and the place where it is kept.
///
/// Each vector moves by itself: a copy of a struct that was just written in parts stalls the
/// processor.
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

        const _: () = {
            use $crate::decode::memory;

            struct Small<'a> {
                $($field: std::cell::Cell<Vec<$entry>>,)+
            }

            thread_local! {
                static SMALL: Small<'static> =
                    const { Small { $($field: std::cell::Cell::new(Vec::new()),)+ } };
            }
            static LARGE: std::sync::Mutex<Option<$name<'static>>> = std::sync::Mutex::new(None);

            #[allow(dead_code, reason = "some have the struct, some only what is in it")]
            impl<'a> $name<'a> {
                /// Takes the memory for a message of that length.
                #[inline]
                $vis fn take(length: usize) -> Self {
                    let mut taken = $name::default();
                    $name::take_into(length, $(&mut taken.$field),+);
                    taken
                }

                /// Leaves the memory to the next reader, after a message of that length.
                #[inline]
                $vis fn keep(mut self, length: usize) {
                    $name::keep_of(length, $(&mut self.$field),+);
                }

                /// As [`take`](Self::take), into vectors in place. Their old content is dropped.
                #[inline]
                $vis fn take_into(length: usize, $($field: &mut Vec<$entry>),+) {
                    if length >= memory::LARGE {
                        let large: Self = memory::take_large(&LARGE);
                        $(*$field = large.$field;)+
                        return;
                    }
                    // A thread that is ending keeps nothing.
                    let _ = SMALL.try_with(|small| {
                        $(*$field = small.$field.take();)+
                    });
                }

                /// As [`keep`](Self::keep), from vectors in place.
                #[inline]
                $vis fn keep_of(length: usize, $($field: &mut Vec<$entry>),+) {
                    if length >= memory::LARGE {
                        return Self::keep_large($(std::mem::take($field)),+);
                    }
                    let _ = SMALL.try_with(|small| {
                        // Moved only when all are empty: their parts have reached the cache by
                        // then, so that the processor does not stall.
                        $(
                            let field = std::mem::take($field);
                            let $field = memory::emptied(field, memory::MOST_SMALL);
                        )+
                        $(small.$field.set($field);)+
                    });
                }

                #[inline(never)]
                fn keep_large($($field: Vec<$entry>),+) {
                    let emptied = $name {
                        $($field: memory::emptied($field, memory::MOST_LARGE),)+
                    };
                    memory::keep_large(&LARGE, emptied);
                }
            }
        };
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
        let emptied: Vec<&'static str> = emptied(memory, 100);
        assert!(emptied.is_empty());
        assert_eq!((emptied.as_ptr().addr(), emptied.capacity()), (place, room));
    }
}
