//! What stands for a proxy at the manager right now.

use std::sync::Arc;

use super::reference::Reference;

/// An object of one generation of a manager: the reference that is counted, and the methods that are known.
#[derive(Clone)]
pub(super) struct Object {
    pub(super) reference: Arc<Reference>,
    pub(super) exposed: Option<Arc<[String]>>,
}
