//! A pickle without copies: all its objects side by side, with text and bytes borrowed from the
//! message.
//!
//! Objects refer to each other by number, so that sharing and cycles need no care, and a graph is read,
//! walked and dropped without recursion.
//!
//! ```
//! use mpconn_pickle::Graph;
//!
//! // {'name': 'tea', 'prices': (3, 4.5)}
//! let message = b"\x80\x04}(\x8c\x04name\x8c\x03tea\x8c\x06prices\
//!                 K\x03G@\x12\0\0\0\0\0\0\x86u.";
//! let graph = Graph::read(message)?;
//! let root = graph.root();
//! assert_eq!(root.get("name").and_then(|name| name.as_str()), Some("tea"));
//! let prices = root.get("prices").and_then(|prices| prices.items()).unwrap();
//! assert_eq!(prices.len(), 2);
//! # Ok::<(), mpconn_pickle::PickleError>(())
//! ```

mod arena;
mod cells;
mod changes;
mod instance;
mod keys;
mod long_keys;
mod node;
mod pickles;
mod reused_memory;
mod slot;
mod to_value;
mod tree;

pub use arena::Graph;
pub(super) use cells::{Cell, Content, Object};
pub(super) use changes::{Changes, ObjectChange};
pub use instance::ChangeNode;
pub use node::{InstanceNode, Items, Node, NodeId, Pairs};
pub use pickles::{Pickles, pickles, pickles_with};
pub(super) use slot::{NO_TEXT, Row, Slot, TextId};
pub(super) use to_value::Converter;
