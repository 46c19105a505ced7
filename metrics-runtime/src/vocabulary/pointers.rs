//! Finds a value of a certain type where its type is not known, also behind a pointer to it.

use std::any::Any;
use std::error::Error;
use std::rc::Rc;
use std::sync::Arc;

/// The value, if it is a `T` or points to one.
pub(super) fn value_or_pointed<T: 'static>(value: &dyn Any) -> Option<&T> {
    value
        .downcast_ref::<T>()
        .or_else(|| value.downcast_ref::<Box<T>>().map(|boxed| &**boxed))
        .or_else(|| value.downcast_ref::<Arc<T>>().map(|shared| &**shared))
        .or_else(|| value.downcast_ref::<Rc<T>>().map(|shared| &**shared))
        .or_else(|| value.downcast_ref::<&T>().copied())
}

/// The error that a link of a chain points to, if it is an `E`. A pointer to an error is an error too, and its source is the
/// source of the error that it points to.
pub(super) fn pointed_error<'a, E: Error + 'static>(link: &'a (dyn Error + 'static)) -> Option<&'a E> {
    link.downcast_ref::<Box<E>>()
        .map(|boxed| &**boxed)
        .or_else(|| link.downcast_ref::<Arc<E>>().map(|shared| &**shared))
        .or_else(|| link.downcast_ref::<&E>().copied())
}
