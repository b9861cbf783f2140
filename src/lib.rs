//! mpconn
