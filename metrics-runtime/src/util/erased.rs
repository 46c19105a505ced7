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

/// Miri checks these: `cargo +nightly miri test -p metrics-runtime --lib --no-default-features -- erased`.
#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::rc::Rc;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("no {0}")]
    struct Borrowing<'a>(&'a String);

    #[test]
    fn a_type_is_seen_and_another_is_not() {
        fn number(any: &dyn Any) -> Option<u8> {
            any.downcast_ref::<u8>().copied()
        }
        assert_eq!(with_any(&7_u8, number), Some(7));
        assert_eq!(with_any(&String::from("7").as_str(), number), None);
    }

    #[test]
    fn a_value_that_borrows_is_left_alone() {
        fn owned(any: &dyn Any) -> Option<String> {
            any.downcast_ref::<String>().cloned()
        }
        let text = String::from("answer");
        let value = Borrowing(&text);
        assert_eq!(with_any(&value, owned), None);
        assert_eq!(with_any(&[&value; 3], owned), None);
        assert_eq!(with_any(value.0, owned).as_deref(), Some("answer"));
        assert_eq!(value.to_string(), "no answer");
    }

    #[test]
    fn an_error_that_borrows_is_read_through_its_pointer() {
        fn boxed(any: &dyn Any) -> Option<String> {
            any.downcast_ref::<Box<dyn Error>>().map(|error| format!("{error}, {}", error.source().is_some()))
        }
        fn shared(any: &dyn Any) -> Option<String> {
            any.downcast_ref::<Rc<dyn Error>>().map(ToString::to_string)
        }
        fn shown<'a>(text: &'a String) -> [Option<String>; 3] {
            let error: Box<dyn Error + 'a> = Box::new(Borrowing(text));
            let counted: Rc<dyn Error + 'a> = Rc::new(Borrowing(text));
            [with_any(&error, boxed), with_any(&error, shared), with_any(&counted, shared)]
        }
        let text = String::from("answer");
        assert_eq!(shown(&text), [Some("no answer, false".to_owned()), None, Some("no answer".to_owned())]);
    }

    #[test]
    fn a_look_that_panics_leaves_the_value() {
        fn panics(_: &dyn Any) -> Option<()> {
            panic!("a user's panic")
        }
        let value = vec![String::from("kept")];
        assert!(std::panic::catch_unwind(|| with_any(&value, panics)).is_err());
        assert_eq!(value, ["kept"]);
    }
}
