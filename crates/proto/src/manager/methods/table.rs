//! The table itself: see the [module](super).
//!
//! # How to read it
//! ```text
//! (Python's typeids) as Class => RustType<parameters>, "name in docs" {
//!     "method" (its parameters) -> result, versions {
//!         fn name[generics](parameters) -> result of Rust as its form in an answer [bounds] => (what is sent)
//!             "summary", "Python's expression", errors;
//!     }
//! }
//! ```
//! A result `shared Iterator` is an object that stays at the manager. A method without `fn` is written by
//! hand in the drivers: it waits, or the version decides how it is called. `versions` is one of
//! `all py2 py3 until_3_6 since_3_13 since_3_14`, or `with_the_type`, which is since 3.14 for
//! `SyncManager` and any for a program that registers the type itself. `errors` is one of `call empty full
//! index_error key_error value_error type_error attribute_error runtime_error`.

/// Calls the macro `$callback` with the types that `SyncManager` registers, and with what its methods
/// return that stays at the manager.
#[doc(hidden)]
#[macro_export]
macro_rules! shared_types {
    ($callback:path) => {
        $callback! {
            ("Queue", "JoinableQueue") as "AutoProxy" => Queue<T>, "queue" {
                "empty" () -> "bool", all {
                    fn empty[]() -> bool as bool [] => ()
                        "Returns whether there is nothing in it, for this moment", "queue.empty()", call;
                }
                "full" () -> "bool", all {
                    fn full[]() -> bool as bool [] => ()
                        "Returns whether there is no room in it, for this moment", "queue.full()", call;
                }
                "get" ("block=True", "timeout=None") -> "item", all {}
                "get_nowait" () -> "item", all {
                    fn get_nowait[]() -> T as T [T: DeserializeOwned] => ()
                        "Takes the next object if there is one", "queue.get_nowait()", empty;
                }
                "join" () -> "None", all {}
                "put" ("item", "block=True", "timeout=None") -> "None", all {}
                "put_nowait" ("item") -> "None", all {
                    fn put_nowait[](item: &T) -> () as () [T: Serialize] => (item,)
                        "Adds an object if there is room", "queue.put_nowait(item)", full;
                }
                "qsize" () -> "int", all {
                    fn qsize[]() -> usize as Count [] => ()
                        "Returns about how many objects are in it", "queue.qsize()", call;
                }
                "task_done" () -> "None", all {
                    fn task_done[]() -> () as () [] => ()
                        "Tells that an object that was taken is done with", "queue.task_done()", value_error;
                }
                "shutdown" ("immediate=False") -> "None", since_3_13 {
                    fn shutdown[]() -> () as () [] => ()
                        "Lets nobody put anything any more, and nobody take once it is empty: they get an error \
                         that [`is_shut_down`](crate::manager::RemoteError::is_shut_down)",
                        "queue.shutdown()", call;
                    fn shutdown_now[]() -> () as () [] => (true,)
                        "Empties it, and lets nobody put or take anything any more: they get an error that \
                         [`is_shut_down`](crate::manager::RemoteError::is_shut_down)",
                        "queue.shutdown(immediate=True)", call;
                }
            }
            ("Event") as "EventProxy" => EventProxy, "event" {
                "is_set" () -> "bool", all {
                    fn is_set[]() -> bool as bool [] => ()
                        "Returns whether it is set", "event.is_set()", call;
                }
                "set" () -> "None", all {
                    fn set[]() -> () as () [] => ()
                        "Sets it, which wakes all who wait for it", "event.set()", call;
                }
                "clear" () -> "None", all {
                    fn clear[]() -> () as () [] => ()
                        "Makes it not set", "event.clear()", call;
                }
                "wait" ("timeout=None") -> "bool", all {}
            }
            ("Lock", "RLock", "Semaphore", "BoundedSemaphore") as "AcquirerProxy" => none, "lock" {
                "acquire" ("blocking=True", "timeout=None") -> "bool", all {}
                "release" () -> "None", all {}
                "locked" () -> "bool", since_3_14 {}
            }
            ("Condition") as "ConditionProxy" => Condition, "condition" {
                "acquire" ("blocking=True", "timeout=None") -> "bool", all {}
                "release" () -> "None", all {}
                "wait" ("timeout=None") -> "bool", all {}
                "notify" ("n=1") -> "None", all {
                    fn notify[](n: usize) -> () as () [] => (n,)
                        "Wakes up to `n` of those that wait", "condition.notify(n)", runtime_error;
                }
                "notify_all" () -> "None", all {
                    fn notify_all[]() -> () as () [] => ()
                        "Wakes all that wait", "condition.notify_all()", runtime_error;
                }
                "locked" () -> "bool", since_3_14 {}
            }
            ("Barrier") as "BarrierProxy" => Barrier, "barrier" {
                "__getattribute__" ("name") -> "value", py3 {
                    fn parties[]() -> usize as Count [] => ("parties",)
                        "Returns how many it is for", "barrier.parties", call;
                    fn n_waiting[]() -> usize as Count [] => ("n_waiting",)
                        "Returns how many wait now", "barrier.n_waiting", call;
                    fn broken[]() -> bool as bool [] => ("broken",)
                        "Returns whether it is broken", "barrier.broken", call;
                }
                "wait" ("timeout=None") -> "int", py3 {}
                "abort" () -> "None", py3 {
                    fn abort[]() -> () as () [] => ()
                        "Breaks it, for those that wait and those that will", "barrier.abort()", call;
                }
                "reset" () -> "None", py3 {
                    fn reset[]() -> () as () [] => ()
                        "Makes it new again. Those that wait are told that it is broken", "barrier.reset()", call;
                }
            }
            ("Pool") as "PoolProxy" => Pool, "pool" {
                "apply" ("func", "args=()", "kwds={}") -> "result", all {}
                "apply_async" ("func", "args=()", "kwds={}") -> shared "AsyncResult", all {}
                "close" () -> "None", all {
                    fn close[]() -> () as () [] => ()
                        "Lets nobody give it work any more", "pool.close()", call;
                }
                "imap" ("func", "iterable", "chunksize=1") -> shared "Iterator", all {}
                "imap_unordered" ("func", "iterable", "chunksize=1") -> shared "Iterator", all {}
                "join" () -> "None", all {}
                "map" ("func", "iterable", "chunksize=None") -> "list", all {}
                "map_async" ("func", "iterable", "chunksize=None") -> shared "AsyncResult", all {}
                "terminate" () -> "None", all {
                    fn terminate[]() -> () as () [] => ()
                        "Ends its processes at once", "pool.terminate()", call;
                }
                "starmap" ("func", "iterable", "chunksize=None") -> "list", py3 {}
                "starmap_async" ("func", "iterable", "chunksize=None") -> shared "AsyncResult", py3 {}
            }
            ("list") as "ListProxy" => ListProxy<T>, "list" {
                "__add__" ("other") -> "list", all {
                    fn add[](items: &[T]) -> Vec<T> as Vec<T> [T: Serialize + DeserializeOwned] => (items,)
                        "Returns a copy of it with these items after its own", "list + items", call;
                }
                "__contains__" ("item") -> "bool", all {
                    fn contains[](item: &T) -> bool as bool [T: Serialize] => (item,)
                        "Returns whether an item is in it", "item in list", call;
                }
                "__delitem__" ("key") -> "None", all {
                    fn delete[](index: isize) -> () as () [] => (index,)
                        "Deletes an item", "del list[index]", index_error;
                    fn delete_slice[](slice: impl Into<Slice>) -> () as () [] => (slice.into(),)
                        "Deletes the items of a range such as `1..3` or `..`", "del list[start:stop]", call;
                }
                "__delslice__" ("start", "stop") -> "None", py2 {}
                "__getitem__" ("key") -> "item", all {
                    fn get[](index: isize) -> T as T [T: DeserializeOwned] => (index,)
                        "Returns an item", "list[index]", index_error;
                    fn get_slice[](slice: impl Into<Slice>) -> Vec<T> as Vec<T> [T: DeserializeOwned] => (slice.into(),)
                        "Returns the items of a range such as `1..3`, or of a [`Slice`]", "list[start:stop]", call;
                }
                "__getslice__" ("start", "stop") -> "list", py2 {}
                "__len__" () -> "int", all {
                    fn len[]() -> usize as Count [] => ()
                        "Returns how many items it has", "len(list)", call;
                }
                "__mul__" ("count") -> "list", all {
                    fn mul[](count: isize) -> Vec<T> as Vec<T> [T: DeserializeOwned] => (count,)
                        "Returns its items that many times", "list * count", call;
                }
                "__reversed__" () -> "iterator", all {}
                "__rmul__" ("count") -> "list", all {}
                "__setitem__" ("key", "value") -> "None", all {
                    fn set[](index: isize, item: &T) -> () as () [T: Serialize] => (index, item)
                        "Replaces an item", "list[index] = item", index_error;
                    fn set_slice[](slice: impl Into<Slice>, items: &[T]) -> () as () [T: Serialize] => (slice.into(), items)
                        "Replaces the items of a range such as `1..3`, or of a [`Slice`]. A slice with a step takes as \
                         many items as it has", "list[start:stop] = items", value_error;
                }
                "__setslice__" ("start", "stop", "items") -> "None", py2 {}
                "append" ("item") -> "None", all {
                    fn append[](item: &T) -> () as () [T: Serialize] => (item,)
                        "Adds an item at the end", "list.append(item)", call;
                }
                "count" ("item") -> "int", all {
                    fn count[](item: &T) -> usize as Count [T: Serialize] => (item,)
                        "Returns how many items are equal to this one", "list.count(item)", call;
                }
                "extend" ("items") -> "None", all {
                    fn extend[](items: &[T]) -> () as () [T: Serialize] => (items,)
                        "Adds items at the end", "list.extend(items)", call;
                }
                "index" ("item", "start=0", "stop=sys.maxsize") -> "int", all {
                    fn index[](item: &T) -> usize as Count [T: Serialize] => (item,)
                        "Returns the index of the first item that is equal to this one", "list.index(item)", value_error;
                    fn index_in[](item: &T, start: isize, stop: isize) -> usize as Count [T: Serialize] => (item, start, stop)
                        "Returns the index of the first item from `start` to before `stop` that is equal to this one",
                        "list.index(item, start, stop)", value_error;
                }
                "insert" ("index", "item") -> "None", all {
                    fn insert[](index: isize, item: &T) -> () as () [T: Serialize] => (index, item)
                        "Inserts an item before that index", "list.insert(index, item)", call;
                }
                "pop" ("index=-1") -> "item", all {
                    fn pop[]() -> T as T [T: DeserializeOwned] => ()
                        "Takes the last item out", "list.pop()", index_error;
                    fn pop_at[](index: isize) -> T as T [T: DeserializeOwned] => (index,)
                        "Takes that item out", "list.pop(index)", index_error;
                }
                "remove" ("item") -> "None", all {
                    fn remove[](item: &T) -> () as () [T: Serialize] => (item,)
                        "Removes the first item that is equal to this one", "list.remove(item)", value_error;
                }
                "reverse" () -> "None", all {
                    fn reverse[]() -> () as () [] => ()
                        "Reverses it in place", "list.reverse()", call;
                }
                "sort" ("key=None", "reverse=False") -> "None", all {
                    fn sort[]() -> () as () [] => ()
                        "Sorts it in place", "list.sort()", type_error;
                }
                "__imul__" ("count") -> "list", all {
                    fn imul[](count: isize) -> () as Ignored [] => (count,)
                        "Repeats its items in place", "list *= count", call;
                }
                "clear" () -> "None", since_3_14 {
                    fn clear[]() -> () as () [] => ()
                        "Deletes all items, as [`delete_slice(..)`](Self::delete_slice) does in every version",
                        "list.clear()", call;
                }
                "copy" () -> "list", since_3_14 {
                    fn copy[]() -> Vec<T> as Vec<T> [T: DeserializeOwned] => ()
                        "Returns all items, as [`get_value`](Self::get_value) does in every version", "list.copy()", call;
                }
            }
            ("dict") as "DictProxy" => DictProxy<K, V>, "dict" {
                "__contains__" ("key") -> "bool", all {
                    fn contains[Q: Serialize + ?Sized](key: &Q) -> bool as bool [K: Borrow<Q>] => (key,)
                        "Returns whether it has a key", "key in dict", call;
                }
                "__delitem__" ("key") -> "None", all {
                    fn delete[Q: Serialize + ?Sized](key: &Q) -> () as () [K: Borrow<Q>] => (key,)
                        "Deletes a key and its value", "del dict[key]", key_error;
                }
                "__getitem__" ("key") -> "value", all {
                    fn get_item[Q: Serialize + ?Sized](key: &Q) -> V as V [K: Borrow<Q>, V: DeserializeOwned] => (key,)
                        "Returns the value of a key", "dict[key]", key_error;
                }
                "__iter__" () -> shared "Iterator", all {
                    fn iter[]() -> IteratorProxy<K> as IteratorProxy<K> [] => ()
                        "Iterates over the keys, each with a call of its own. An item is an error if the dict has changed \
                         its size meanwhile", "iter(dict)", call;
                }
                "__len__" () -> "int", all {
                    fn len[]() -> usize as Count [] => ()
                        "Returns how many keys it has", "len(dict)", call;
                }
                "__setitem__" ("key", "value") -> "None", all {
                    fn set[Q: Serialize + ?Sized](key: &Q, value: &V) -> () as () [K: Borrow<Q>, V: Serialize] => (key, value)
                        "Sets the value of a key", "dict[key] = value", call;
                }
                "clear" () -> "None", all {
                    fn clear[]() -> () as () [] => ()
                        "Deletes all keys", "dict.clear()", call;
                }
                "copy" () -> "dict", all {
                    fn copy[]() -> Vec<(K, V)> as Pairs<K, V> [K: DeserializeOwned, V: DeserializeOwned] => ()
                        "Returns all keys with their values, in their order", "dict.copy()", call;
                }
                "get" ("key", "default=None") -> "value", all {
                    fn get[Q: Serialize + ?Sized](key: &Q) -> Option<V> as Option<V> [K: Borrow<Q>, V: DeserializeOwned] => (key,)
                        "Returns the value of a key, if it has one. A value that is Python's `None` is `None`",
                        "dict.get(key)", call;
                    fn get_or[Q: Serialize + ?Sized](key: &Q, default: &V) -> V as V [K: Borrow<Q>, V: Serialize + DeserializeOwned] => (key, default)
                        "Returns the value of a key, or the default", "dict.get(key, default)", call;
                }
                "has_key" ("key") -> "bool", until_3_6 {}
                "items" () -> "list", all {
                    fn items[]() -> Vec<(K, V)> as Vec<(K, V)> [K: DeserializeOwned, V: DeserializeOwned] => ()
                        "Returns all keys with their values, in their order", "dict.items()", call;
                }
                "keys" () -> "list", all {
                    fn keys[]() -> Vec<K> as Vec<K> [K: DeserializeOwned] => ()
                        "Returns all keys, in their order", "dict.keys()", call;
                }
                "pop" ("key", "default") -> "value", all {
                    fn pop[Q: Serialize + ?Sized](key: &Q) -> V as V [K: Borrow<Q>, V: DeserializeOwned] => (key,)
                        "Deletes a key and returns its value", "dict.pop(key)", key_error;
                    fn pop_or[Q: Serialize + ?Sized](key: &Q, default: &V) -> V as V [K: Borrow<Q>, V: Serialize + DeserializeOwned] => (key, default)
                        "Deletes a key and returns its value, or the default", "dict.pop(key, default)", call;
                }
                "popitem" () -> "tuple", all {
                    fn popitem[]() -> (K, V) as (K, V) [K: DeserializeOwned, V: DeserializeOwned] => ()
                        "Deletes one key and returns it with its value: the last one in Python 3.7 and later",
                        "dict.popitem()", key_error;
                }
                "setdefault" ("key", "default=None") -> "value", all {
                    fn setdefault[Q: Serialize + ?Sized](key: &Q, default: &V) -> V as V [K: Borrow<Q>, V: Serialize + DeserializeOwned] => (key, default)
                        "Returns the value of a key, which is the default from now on if it had none",
                        "dict.setdefault(key, default)", call;
                }
                "update" ("other") -> "None", all {
                    fn update[](other: &(impl Serialize + ?Sized)) -> () as () [] => (other,)
                        "Sets the values of all keys of a map, or of a list of pairs", "dict.update(other)", call;
                }
                "values" () -> "list", all {
                    fn values[]() -> Vec<V> as Vec<V> [V: DeserializeOwned] => ()
                        "Returns all values, in the order of their keys", "dict.values()", call;
                }
                "__ior__" ("other") -> "dict", since_3_14 {
                    fn ior[](other: &(impl Serialize + ?Sized)) -> () as Ignored [] => (other,)
                        "Sets the values of all keys of a map, or of a list of pairs, as [`update`](Self::update) does in every \
                         version", "dict |= other", call;
                }
                "__or__" ("other") -> "dict", since_3_14 {
                    fn or[](other: &(impl Serialize + ?Sized)) -> Vec<(K, V)> as Pairs<K, V> [K: DeserializeOwned, V: DeserializeOwned] => (other,)
                        "Returns a copy of it with the keys of a map", "dict | other", call;
                }
                "__reversed__" () -> "iterator", since_3_14 {}
                "__ror__" ("other") -> "dict", since_3_14 {
                    fn ror[](other: &(impl Serialize + ?Sized)) -> Vec<(K, V)> as Pairs<K, V> [K: DeserializeOwned, V: DeserializeOwned] => (other,)
                        "Returns a copy of a map with the keys of this dict", "other | dict", call;
                }
                "fromkeys" ("iterable", "value=None") -> "dict", since_3_14 {
                    fn fromkeys[](keys: &[K], value: &V) -> Vec<(K, V)> as Pairs<K, V> [K: Serialize + DeserializeOwned, V: Serialize + DeserializeOwned] => (keys, value)
                        "Returns a dict of these keys with one value, which is not shared", "dict.fromkeys(keys, value)", call;
                }
            }
            ("set") as "SetProxy" => SetProxy<T>, "set" {
                "__and__" ("other") -> "set", with_the_type {
                    fn and['a](other: impl IntoIterator<Item = &'a T>) -> Vec<T> as Vec<T> [T: Serialize + DeserializeOwned + 'a] => (as_set(other),)
                        "Returns the items that are in both", "set & other", call;
                }
                "__class_getitem__" ("item") -> "type", with_the_type {}
                "__contains__" ("item") -> "bool", with_the_type {
                    fn contains[](item: &T) -> bool as bool [T: Serialize] => (item,)
                        "Returns whether an item is in it", "item in set", call;
                }
                "__iand__" ("other") -> "set", with_the_type {
                    fn iand['a](other: impl IntoIterator<Item = &'a T>) -> () as Ignored [T: Serialize + 'a] => (as_set(other),)
                        "Removes the items that are not in the other set", "set &= other", call;
                }
                "__ior__" ("other") -> "set", with_the_type {
                    fn ior['a](other: impl IntoIterator<Item = &'a T>) -> () as Ignored [T: Serialize + 'a] => (as_set(other),)
                        "Adds the items of the other set", "set |= other", call;
                }
                "__isub__" ("other") -> "set", with_the_type {
                    fn isub['a](other: impl IntoIterator<Item = &'a T>) -> () as Ignored [T: Serialize + 'a] => (as_set(other),)
                        "Removes the items of the other set", "set -= other", call;
                }
                "__iter__" () -> "iterator", with_the_type {}
                "__ixor__" ("other") -> "set", with_the_type {
                    fn ixor['a](other: impl IntoIterator<Item = &'a T>) -> () as Ignored [T: Serialize + 'a] => (as_set(other),)
                        "Removes the items of the other set that are in it, and adds those that are not", "set ^= other", call;
                }
                "__len__" () -> "int", with_the_type {
                    fn len[]() -> usize as Count [] => ()
                        "Returns how many items it has", "len(set)", call;
                }
                "__or__" ("other") -> "set", with_the_type {
                    fn or['a](other: impl IntoIterator<Item = &'a T>) -> Vec<T> as Vec<T> [T: Serialize + DeserializeOwned + 'a] => (as_set(other),)
                        "Returns the items that are in one or both", "set | other", call;
                }
                "__rand__" ("other") -> "set", with_the_type {
                    fn rand['a](other: impl IntoIterator<Item = &'a T>) -> Vec<T> as Vec<T> [T: Serialize + DeserializeOwned + 'a] => (as_set(other),)
                        "Returns the items that are in both", "other & set", call;
                }
                "__ror__" ("other") -> "set", with_the_type {
                    fn ror['a](other: impl IntoIterator<Item = &'a T>) -> Vec<T> as Vec<T> [T: Serialize + DeserializeOwned + 'a] => (as_set(other),)
                        "Returns the items that are in one or both", "other | set", call;
                }
                "__rsub__" ("other") -> "set", with_the_type {
                    fn rsub['a](other: impl IntoIterator<Item = &'a T>) -> Vec<T> as Vec<T> [T: Serialize + DeserializeOwned + 'a] => (as_set(other),)
                        "Returns the items of the other set that are not in it", "other - set", call;
                }
                "__rxor__" ("other") -> "set", with_the_type {
                    fn rxor['a](other: impl IntoIterator<Item = &'a T>) -> Vec<T> as Vec<T> [T: Serialize + DeserializeOwned + 'a] => (as_set(other),)
                        "Returns the items that are in one and not in both", "other ^ set", call;
                }
                "__sub__" ("other") -> "set", with_the_type {
                    fn sub['a](other: impl IntoIterator<Item = &'a T>) -> Vec<T> as Vec<T> [T: Serialize + DeserializeOwned + 'a] => (as_set(other),)
                        "Returns its items that are not in the other set", "set - other", call;
                }
                "__xor__" ("other") -> "set", with_the_type {
                    fn xor['a](other: impl IntoIterator<Item = &'a T>) -> Vec<T> as Vec<T> [T: Serialize + DeserializeOwned + 'a] => (as_set(other),)
                        "Returns the items that are in one and not in both", "set ^ other", call;
                }
                "__ge__" ("other") -> "bool", with_the_type {
                    fn ge['a](other: impl IntoIterator<Item = &'a T>) -> bool as bool [T: Serialize + 'a] => (as_set(other),)
                        "Returns whether it has all items of the other set", "set >= other", call;
                }
                "__gt__" ("other") -> "bool", with_the_type {
                    fn gt['a](other: impl IntoIterator<Item = &'a T>) -> bool as bool [T: Serialize + 'a] => (as_set(other),)
                        "Returns whether it has all items of the other set, and more", "set > other", call;
                }
                "__le__" ("other") -> "bool", with_the_type {
                    fn le['a](other: impl IntoIterator<Item = &'a T>) -> bool as bool [T: Serialize + 'a] => (as_set(other),)
                        "Returns whether the other set has all its items", "set <= other", call;
                }
                "__lt__" ("other") -> "bool", with_the_type {
                    fn lt['a](other: impl IntoIterator<Item = &'a T>) -> bool as bool [T: Serialize + 'a] => (as_set(other),)
                        "Returns whether the other set has all its items, and more", "set < other", call;
                }
                "add" ("item") -> "None", with_the_type {
                    fn add[](item: &T) -> () as () [T: Serialize] => (item,)
                        "Adds an item", "set.add(item)", call;
                }
                "clear" () -> "None", with_the_type {
                    fn clear[]() -> () as () [] => ()
                        "Removes all items", "set.clear()", call;
                }
                "copy" () -> "set", with_the_type {
                    fn copy[]() -> Vec<T> as Vec<T> [T: DeserializeOwned] => ()
                        "Returns all items, in any order", "set.copy()", call;
                }
                "difference" ("*others") -> "set", with_the_type {
                    fn difference[](other: &(impl Serialize + ?Sized)) -> Vec<T> as Vec<T> [T: DeserializeOwned] => (other,)
                        "Returns its items that are not in the other iterable", "set.difference(other)", call;
                }
                "difference_update" ("*others") -> "None", with_the_type {
                    fn difference_update[](other: &(impl Serialize + ?Sized)) -> () as () [] => (other,)
                        "Removes the items of the other iterable", "set.difference_update(other)", call;
                }
                "discard" ("item") -> "None", with_the_type {
                    fn discard[](item: &T) -> () as () [T: Serialize] => (item,)
                        "Removes an item if it is in it", "set.discard(item)", call;
                }
                "intersection" ("*others") -> "set", with_the_type {
                    fn intersection[](other: &(impl Serialize + ?Sized)) -> Vec<T> as Vec<T> [T: DeserializeOwned] => (other,)
                        "Returns the items that are in both", "set.intersection(other)", call;
                }
                "intersection_update" ("*others") -> "None", with_the_type {
                    fn intersection_update[](other: &(impl Serialize + ?Sized)) -> () as () [] => (other,)
                        "Removes the items that are not in the other iterable", "set.intersection_update(other)", call;
                }
                "isdisjoint" ("other") -> "bool", with_the_type {
                    fn isdisjoint[](other: &(impl Serialize + ?Sized)) -> bool as bool [] => (other,)
                        "Returns whether it has no item of the other iterable", "set.isdisjoint(other)", call;
                }
                "issubset" ("other") -> "bool", with_the_type {
                    fn issubset[](other: &(impl Serialize + ?Sized)) -> bool as bool [] => (other,)
                        "Returns whether the other iterable has all its items", "set.issubset(other)", call;
                }
                "issuperset" ("other") -> "bool", with_the_type {
                    fn issuperset[](other: &(impl Serialize + ?Sized)) -> bool as bool [] => (other,)
                        "Returns whether it has all items of the other iterable", "set.issuperset(other)", call;
                }
                "pop" () -> "item", with_the_type {
                    fn pop[]() -> T as T [T: DeserializeOwned] => ()
                        "Takes any item out", "set.pop()", key_error;
                }
                "remove" ("item") -> "None", with_the_type {
                    fn remove[](item: &T) -> () as () [T: Serialize] => (item,)
                        "Removes an item", "set.remove(item)", key_error;
                }
                "symmetric_difference" ("other") -> "set", with_the_type {
                    fn symmetric_difference[](other: &(impl Serialize + ?Sized)) -> Vec<T> as Vec<T> [T: DeserializeOwned] => (other,)
                        "Returns the items that are in one and not in both", "set.symmetric_difference(other)", call;
                }
                "symmetric_difference_update" ("other") -> "None", with_the_type {
                    fn symmetric_difference_update[](other: &(impl Serialize + ?Sized)) -> () as () [] => (other,)
                        "Removes the items of the other iterable that are in it, and adds those that are not",
                        "set.symmetric_difference_update(other)", call;
                }
                "union" ("*others") -> "set", with_the_type {
                    fn union[](other: &(impl Serialize + ?Sized)) -> Vec<T> as Vec<T> [T: DeserializeOwned] => (other,)
                        "Returns the items that are in one or both", "set.union(other)", call;
                }
                "update" ("*others") -> "None", with_the_type {
                    fn update[](other: &(impl Serialize + ?Sized)) -> () as () [] => (other,)
                        "Adds the items of the other iterable", "set.update(other)", call;
                }
            }
            ("Value") as "ValueProxy" => ValueProxy<T>, "value" {
                "get" () -> "value", all {
                    fn get[]() -> T as T [T: DeserializeOwned] => ()
                        "Returns what it is now", "value.get()", call;
                }
                "set" ("value") -> "None", all {
                    fn set[](value: &T) -> () as () [T: Serialize] => (value,)
                        "Changes it. Others can change it between a `get` and a `set`: hold a \
                         [`Lock`](crate::manager::Lock) over both", "value.set(value)", call;
                }
            }
            ("Array") as "ArrayProxy" => ArrayProxy<T>, "array" {
                "__len__" () -> "int", all {
                    fn len[]() -> usize as Count [] => ()
                        "Returns how many items it has", "len(array)", call;
                }
                "__getitem__" ("key") -> "item", all {
                    fn get[](index: isize) -> T as T [T: DeserializeOwned] => (index,)
                        "Returns an item", "array[index]", index_error;
                    fn get_slice[](slice: impl Into<Slice>) -> types::Array as types::Array [] => (slice.into(),)
                        "Returns the items of a range such as `1..3`, or of a [`Slice`]", "array[start:stop]", call;
                }
                "__setitem__" ("key", "value") -> "None", all {
                    fn set[](index: isize, item: &T) -> () as () [T: Serialize] => (index, item)
                        "Replaces an item. One of another type, or one that does not fit, is a `TypeError` or `OverflowError`",
                        "array[index] = item", index_error;
                    // As a list of numbers Python 2 reads it, too.
                    fn set_slice[](slice: impl Into<Slice>, items: &types::Array) -> () as () [] => (slice.into(), items.to_list_value())
                        "Replaces the items of a range such as `1..3`, or of a [`Slice`], with items of the same type",
                        "array[start:stop] = items", type_error;
                }
                "__getslice__" ("start", "stop") -> "array", py2 {}
                "__setslice__" ("start", "stop", "items") -> "None", py2 {}
            }
            ("Namespace") as "NamespaceProxy" => Namespace, "namespace" {
                "__getattribute__" ("name") -> "value", all {
                    fn get[T: DeserializeOwned](name: &str) -> T as T [] => (name,)
                        "Returns the attribute of that name. All attributes are in `__dict__`", "namespace.name", attribute_error;
                }
                "__setattr__" ("name", "value") -> "None", all {
                    fn set[](name: &str, value: impl Serialize) -> () as () [] => (name, value)
                        "Sets the attribute of that name", "namespace.name = value", call;
                }
                "__delattr__" ("name") -> "None", all {
                    fn delete[](name: &str) -> () as () [] => (name,)
                        "Deletes the attribute of that name", "del namespace.name", attribute_error;
                }
            }
            ("Iterator") as "IteratorProxy" => IteratorProxy<T>, "iterator" {
                "__next__" () -> "item", all {}
                "next" ("timeout=None") -> "item", py2 {}
                "send" ("value") -> "item", all {}
                "throw" ("type", "value=None", "traceback=None") -> "item", all {}
                "close" () -> "None", all {
                    fn close[]() -> () as () [] => ()
                        "Ends a generator", "iterator.close()", attribute_error;
                }
            }
            ("AsyncResult") as "AutoProxy" => AsyncResult<T>, "result" {
                "get" ("timeout=None") -> "result", all {}
                "ready" () -> "bool", all {
                    fn ready[]() -> bool as bool [] => ()
                        "Returns whether the function has returned or raised", "result.ready()", call;
                }
                "successful" () -> "bool", all {
                    fn successful[]() -> bool as bool [] => ()
                        "Returns whether the function has returned, not raised. Before it is [`ready`](Self::ready) this is a \
                         `ValueError`, and before Python 3.7 an `AssertionError`", "result.successful()", value_error;
                }
                "wait" ("timeout=None") -> "None", all {}
            }
        }
    };
}
