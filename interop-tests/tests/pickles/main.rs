//! Pickles that CPythons wrote, read and written again.

mod names;
mod round_trips;
