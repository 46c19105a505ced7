//! Finds the reason of an error by its type.
//!
//! Generated code writes `(&&&&&&&&&&held).__metrics_reason()`. Method lookup tries the full type first and then removes
//! references one by one. So, of the implementations whose bounds hold, the one for the most references wins.
//! This is specialization by type on stable Rust. The names of the methods are ours alone, because a trait of the user's may
//! be implemented for every type.
//!
//! It works for concrete types. Of a type parameter only the bounds are known, so the value of one is compared with the types
//! that are known.

use std::error::Error;
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::RefUnwindSafe;

use super::chain::{reason_of_chain, reason_of_value};
use super::failure::{DerivedFailure, Failure, Reason};
use crate::util::with_any;

/// An error, and from where it is known: `K` is [`ByReturn`] or [`BySource`].
#[derive(Debug)]
pub struct Held<'a, E: ?Sized, K>(&'a E, PhantomData<K>);

/// A function returned it. Anything can be returned as an error.
#[derive(Debug)]
pub enum ByReturn {}

/// It is a source that the user wants to have asked, so it must be an error.
#[derive(Debug)]
pub enum BySource {}

impl<'a, E: ?Sized, K> Held<'a, E, K> {
    pub(crate) fn new(error: &'a E) -> Self {
        Self(error, PhantomData)
    }
}

/// The reason of an error, found by its type.
///
/// It is one trait for all kinds of errors but those that are refused: at each step the compiler tries every trait that has the method.
pub trait ReasonByType {
    /// The reason that it is counted by.
    fn __metrics_reason(&self) -> Reason;
}

/// An error that implements [`Failure`].
impl<E: Failure + ?Sized, K> ReasonByType for &&&&&&&&&Held<'_, E, K> {
    fn __metrics_reason(&self) -> Reason {
        self.0.reason()
    }
}

/// An error that derives [`Failure`], but is none for these type parameters. This is refused.
pub trait ReasonOfUnclear {
    /// The error.
    type Unclear: ?Sized;

    /// The reason that it is counted by.
    fn __metrics_reason(&self) -> Reason
    where
        Self::Unclear: Failure;
}

impl<E: DerivedFailure + ?Sized, K> ReasonOfUnclear for &&&&&&&&Held<'_, E, K> {
    type Unclear = E;

    fn __metrics_reason(&self) -> Reason
    where
        E: Failure,
    {
        self.0.reason()
    }
}

/// Another [`std::error::Error`] of a type that the function knows: its chain of sources is searched.
///
/// [`RefUnwindSafe`] is what tells a known type from a type parameter: the compiler finds it for plain types by itself, but for
/// a parameter only by a bound, which nobody gives to an error. The value is not needed then. If it were, it could not stay in
/// registers, and calls that return `Ok` would be slower.
impl<E: Error + RefUnwindSafe, K> ReasonByType for &&&&&&&Held<'_, E, K> {
    fn __metrics_reason(&self) -> Reason {
        reason_of_source_of(self.0)
    }
}

/// Any other [`std::error::Error`], perhaps of a generic type: the value is compared with the types that are known, and its
/// chain of sources is searched.
impl<E: Error, K> ReasonByType for &&&&&&Held<'_, E, K> {
    fn __metrics_reason(&self) -> Reason {
        with_any(self.0, reason_of_value).unwrap_or_else(|| reason_of_source_of(self.0))
    }
}

/// A pointer to a [`Failure`], as `eyre::Report` and `Rc<dyn Error>` are.
impl<E: Deref<Target: Failure> + ?Sized, K> ReasonByType for &&&&&Held<'_, E, K> {
    fn __metrics_reason(&self) -> Reason {
        <E::Target as Failure>::reason(self.0)
    }
}

/// A pointer to another [`std::error::Error`], as `Box<dyn BackendError>` is. The type behind it is hidden, but its sources
/// are not.
impl<E: Deref<Target: Error> + ?Sized, K> ReasonByType for &&&&Held<'_, E, K> {
    fn __metrics_reason(&self) -> Reason {
        reason_of_source_of::<E::Target>(self.0)
    }
}

/// A type that converts to an error.
impl<E: AsRef<dyn Error + Send + Sync> + ?Sized, K> ReasonByType for &&&Held<'_, E, K> {
    fn __metrics_reason(&self) -> Reason {
        reason_of_chain(self.0.as_ref())
    }
}

/// A type that converts to an error that stays in its thread.
impl<E: AsRef<dyn Error> + ?Sized, K> ReasonByType for &&Held<'_, E, K> {
    fn __metrics_reason(&self) -> Reason {
        reason_of_chain(self.0.as_ref())
    }
}

/// Anything else of a type that the function knows, as a text: it is an `error`.
impl<E: RefUnwindSafe> ReasonByType for &Held<'_, E, ByReturn> {
    fn __metrics_reason(&self) -> Reason {
        Reason::Error
    }
}

/// Any other returned error, perhaps of a generic type without bounds. The value is compared with the types that are known.
impl<E> ReasonByType for Held<'_, E, ByReturn> {
    fn __metrics_reason(&self) -> Reason {
        with_any(self.0, reason_of_value).unwrap_or(Reason::Error)
    }
}

/// Any other source. This is refused: it could only be an `error`.
pub trait ReasonOfNoError {
    /// The source.
    type Source: ?Sized;

    /// The reason that it is counted by.
    fn __metrics_reason(&self) -> Reason
    where
        Self::Source: SourceOfFailure;
}

impl<E: ?Sized> ReasonOfNoError for Held<'_, E, BySource> {
    type Source = E;

    fn __metrics_reason(&self) -> Reason
    where
        E: SourceOfFailure,
    {
        Reason::Error
    }
}

/// Nothing implements it: its message is for a source that cannot be asked.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error, so it cannot say whether it is a timeout",
    label = "the source of a failure",
    note = "classify the failure itself: write `#[failure(error)]` or `#[failure(timeout)]` instead of `#[failure(source)]`",
    note = "if it holds an error, implement `metrics_runtime::Failure` for it"
)]
pub trait SourceOfFailure {}

fn reason_of_source_of<E: Error + ?Sized>(error: &E) -> Reason {
    error.source().map_or(Reason::Error, reason_of_chain)
}
