//! `mpconn` against real CPythons.
