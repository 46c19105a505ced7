//! Searches an error whose type is not known, and its chain of sources, for a timeout.

use std::any::Any;
use std::cell::Cell;
use std::error::Error;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;

use super::derived_failures::{Looked, derived_reason};
use super::failure::Reason;
use super::pointers::{pointed_error, value_or_pointed};

/// The number of links of a chain that are looked at: a chain may be a circle.
const MAX_CHAIN: usize = 1000;

/// How many failures may ask each their source, one inside of the other: each takes space on the stack.
const MAX_NESTING: usize = 128;

/// The reason that the first link gives that can give one; [`Reason::Error`] if none can.
pub(crate) fn reason_of_chain(error: &(dyn Error + 'static)) -> Reason {
    nested(|| {
        let mut next = Some(error);
        for _ in 0..MAX_CHAIN {
            let Some(error) = next else { break };
            if is_timeout(error) {
                return Reason::Timeout;
            }
            if let Some(reason) = derived_reason(Looked::Error(error)) {
                return reason;
            }
            next = pointed_to(error).or_else(|| error.source());
        }
        Reason::Error
    })
}

/// The reason of a value of any type, or `None` if the type is not one that can give a reason.
pub(crate) fn reason_of_value(value: &dyn Any) -> Option<Reason> {
    derived_reason(Looked::Value(value)).or_else(|| known_error(value).map(reason_of_chain))
}

/// Runs a search that may start others. At too many, one inside of the other, the reason is `error`.
pub(crate) fn nested(search: impl FnOnce() -> Reason) -> Reason {
    struct Level;

    impl Drop for Level {
        fn drop(&mut self) {
            let _ = NESTING.try_with(|nesting| nesting.set(nesting.get().saturating_sub(1)));
        }
    }

    thread_local! {
        static NESTING: Cell<usize> = const { Cell::new(0) };
    }

    let level = NESTING.try_with(|nesting| nesting.replace(nesting.get() + 1)).unwrap_or(0);
    let _level = Level;
    if level < MAX_NESTING { search() } else { Reason::Error }
}

/// Errors of which it is known whether they are a timeout.
macro_rules! known_errors {
    ($($(#[$feature:meta])? $error:ty => $is_timeout:expr;)+) => {
        /// Whether the error itself is a known timeout.
        fn is_timeout(error: &(dyn Error + 'static)) -> bool {
            $(
                $(#[$feature])?
                if let Some(error) = error.downcast_ref::<$error>() {
                    let is_timeout: fn(&$error) -> bool = $is_timeout;
                    return is_timeout(error);
                }
            )+
            false
        }

        /// The error that a link points to.
        fn pointed_to<'a>(link: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
            $(
                $(#[$feature])?
                if let Some(error) = pointed_error::<$error>(link) {
                    return Some(error);
                }
            )+
            if let Some(error) = link.downcast_ref::<Arc<dyn Error + Send + Sync>>() {
                return Some(&**error);
            }
            if let Some(error) = link.downcast_ref::<Arc<dyn Error>>() {
                return Some(&**error);
            }
            if let Some(error) = link.downcast_ref::<&(dyn Error + Send + Sync)>() {
                return Some(*error);
            }
            // `io::Error::source` skips the error that it carries: it returns that error's source.
            let carried = link.downcast_ref::<io::Error>().and_then(io::Error::get_ref)?;
            Some(carried)
        }

        /// The value, if it is one of the known errors, or points to one or to an error of any type.
        fn known_error(value: &dyn Any) -> Option<&(dyn Error + 'static)> {
            $(
                $(#[$feature])?
                if let Some(error) = value_or_pointed::<$error>(value) {
                    return Some(error);
                }
            )+
            #[cfg(feature = "anyhow")]
            if let Some(error) = value.downcast_ref::<anyhow::Error>() {
                return Some(error.as_ref());
            }
            known_pointers!(value: dyn Error + Send + Sync, dyn Error + Send, dyn Error);
            None
        }
    };
}

/// Returns the error of any type that the value points to.
macro_rules! known_pointers {
    ($value:ident: $($error:ty),+) => {$(
        if let Some(error) = $value.downcast_ref::<Box<$error>>() {
            return Some(&**error);
        }
        if let Some(error) = $value.downcast_ref::<Arc<$error>>() {
            return Some(&**error);
        }
        if let Some(error) = $value.downcast_ref::<Rc<$error>>() {
            return Some(&**error);
        }
    )+};
}

known_errors! {
    io::Error => |error| error.kind() == io::ErrorKind::TimedOut;
    RecvTimeoutError => |error| *error == RecvTimeoutError::Timeout;
    #[cfg(feature = "tokio")]
    tokio::time::error::Elapsed => |_| true;
    #[cfg(feature = "reqwest")]
    reqwest::Error => reqwest::Error::is_timeout;
    #[cfg(feature = "redis")]
    redis::RedisError => redis::RedisError::is_timeout;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("wrapped")]
    struct Wrapped(#[source] Box<dyn Error + Send + Sync>);

    #[test]
    fn a_timeout_deep_in_the_chain_is_found() {
        let deep = Wrapped(Box::new(Wrapped(Box::new(Wrapped(Box::new(io::Error::from(io::ErrorKind::TimedOut)))))));
        assert_eq!(reason_of_chain(&deep), Reason::Timeout);
    }

    #[test]
    fn an_io_error_does_not_hide_the_error_it_carries() {
        let carried = io::Error::other(Wrapped(Box::new(io::Error::from(io::ErrorKind::TimedOut))));
        assert_eq!(reason_of_chain(&carried), Reason::Timeout);
        let directly = io::Error::other(io::Error::from(io::ErrorKind::TimedOut));
        assert_eq!(reason_of_chain(&directly), Reason::Timeout);
    }

    #[test]
    fn a_chain_without_a_timeout_is_an_error() {
        let refused = Wrapped(Box::new(io::Error::from(io::ErrorKind::ConnectionRefused)));
        assert_eq!(reason_of_chain(&refused), Reason::Error);
    }

    #[test]
    fn a_search_that_panics_is_left() {
        let panicked = std::panic::catch_unwind(|| nested(|| nested(|| panic!("a user's panic"))));
        assert!(panicked.is_err());
        let levels = |most| (0..most).fold(Reason::Timeout, |reason, _| nested(|| reason));
        assert_eq!(levels(MAX_NESTING), Reason::Timeout);
    }
}
