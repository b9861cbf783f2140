//! The stack machine: executes the opcodes of a pickle, and leaves all objects in a graph.

mod arguments;
mod containers;
mod errors;
mod execute;
mod find_class;
mod limits;
mod memo;
mod objects;
mod read_graph;
mod reduce;
mod scratch;
mod text;

pub(crate) use execute::Machine;
