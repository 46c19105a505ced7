//! Looks at a value of a type that is not known to be `'static`.

use std::any::Any;

/// `Any` for types that may borrow. Only of those that do not can it be used.
trait Erased {
    fn as_any(&self) -> &dyn Any
    where
        Self: 'static;
}

impl<T> Erased for T {
    fn as_any(&self) -> &dyn Any
    where
        Self: 'static,
    {
        self
    }
}

/// Shows the value to `look` as a value of `'static`, so that its type can be compared. `look` keeps nothing of it.
#[expect(unsafe_code, reason = "a generic type is not known to be `'static`, and `Any` demands that it is")]
pub(crate) fn with_any<T, R>(value: &T, look: fn(&dyn Any) -> Option<R>) -> Option<R> {
    let borrowed: &(dyn Erased + '_) = value;
    // SAFETY: only the lifetime inside of the type changes, and no type has another layout or another vtable for another
    // lifetime. `look` is called at once, while the value is borrowed, with a reference that it cannot keep (it takes any
    // lifetime). The functions of this crate that are given here downcast to types without lifetimes, or to a pointer to such
    // a type or to `dyn Error`, and keep nothing that a pointer points to. The methods of a `dyn Error` are the same for all
    // lifetimes.
    let erased = unsafe { core::mem::transmute::<&(dyn Erased + '_), &(dyn Erased + 'static)>(borrowed) };
    look(erased.as_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_seen_and_another_is_not() {
        fn number(any: &dyn Any) -> Option<u8> {
            any.downcast_ref::<u8>().copied()
        }
        assert_eq!(with_any(&7_u8, number), Some(7));
        assert_eq!(with_any(&String::from("7").as_str(), number), None);
    }
}
