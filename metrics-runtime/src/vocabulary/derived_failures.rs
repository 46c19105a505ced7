//! Finds the types that derive `Failure` where an error's type is not known: in a chain of sources, in `E`.
//!
//! The linker puts the types into one slice, so nothing has to be called at the start.

use std::any::Any;
use std::error::Error;
use std::marker::PhantomData;

use linkme::distributed_slice;

use super::failure::{Failure, Reason};
use super::pointers::{pointed_error, value_or_pointed};

/// One element for each type without generics that derives `Failure`.
#[distributed_slice]
pub static FAILURES: [FindFailure];

/// The reason of an error, if it is of one certain type.
pub type FindFailure = fn(Looked<'_>) -> Option<Reason>;

/// An error whose type is not known.
#[derive(Clone, Copy, Debug)]
pub enum Looked<'a> {
    /// A link of a chain.
    Error(&'a (dyn Error + 'static)),
    /// Any value.
    Value(&'a dyn Any),
}

/// The reason of an error that derives `Failure`, or that points to one.
pub(crate) fn derived_reason(looked: Looked<'_>) -> Option<Reason> {
    FAILURES.iter().find_map(|find| find(looked))
}

/// A type that derives `Failure`. Whether it is an error too is found by the method that the type has.
#[derive(Debug)]
pub struct Derived<F>(PhantomData<fn() -> F>);

impl<F> Derived<F> {
    /// The type has no data.
    pub const TYPE: Self = Self(PhantomData);
}

/// A type that is an error.
pub trait FindError {
    /// The reason, if the error is of this type.
    fn __metrics_find(&self, looked: Looked<'_>) -> Option<Reason>;
}

impl<F: Failure + Error + 'static> FindError for &Derived<F> {
    fn __metrics_find(&self, looked: Looked<'_>) -> Option<Reason> {
        let found = match looked {
            Looked::Value(value) => value_or_pointed::<F>(value)?,
            Looked::Error(error) => error.downcast_ref::<F>().or_else(|| pointed_error(error))?,
        };
        Some(found.reason())
    }
}

/// A type that is no error.
pub trait FindValue {
    /// The reason, if the error is of this type.
    fn __metrics_find(&self, looked: Looked<'_>) -> Option<Reason>;
}

impl<F: Failure + 'static> FindValue for Derived<F> {
    fn __metrics_find(&self, looked: Looked<'_>) -> Option<Reason> {
        match looked {
            Looked::Value(value) => value_or_pointed::<F>(value).map(Failure::reason),
            Looked::Error(_) => None,
        }
    }
}
