//! Pickles written by CPython, read and written again.

mod names;
mod round_trips;
