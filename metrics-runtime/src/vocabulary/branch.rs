//! What the `?` operator does, as traits: those of the standard library are not stable yet. The messages are those of the compiler for
//! its own.

use core::convert::Infallible;
use core::ops::ControlFlow;
use core::task::Poll;

/// A value that `?` can be applied to.
#[diagnostic::on_unimplemented(
    message = "the `?` operator can only be applied to values that implement `Try`",
    label = "the `?` operator cannot be applied to type `{Self}`"
)]
pub trait Branch {
    /// What the function goes on with.
    type Output;

    /// What the function returns: the value without the possibility to go on.
    type Residual;

    /// Either of them.
    ///
    /// # Errors
    ///
    /// Where `?` would return from the function.
    fn branch(self) -> Result<Self::Output, Self::Residual>;
}

impl<T, E> Branch for Result<T, E> {
    type Output = T;
    type Residual = Result<Infallible, E>;

    #[inline]
    fn branch(self) -> Result<T, Self::Residual> {
        self.map_err(Err)
    }
}

impl<T> Branch for Option<T> {
    type Output = T;
    type Residual = Option<Infallible>;

    #[inline]
    fn branch(self) -> Result<T, Self::Residual> {
        self.ok_or(None)
    }
}

impl<B, C> Branch for ControlFlow<B, C> {
    type Output = C;
    type Residual = ControlFlow<B, Infallible>;

    #[inline]
    fn branch(self) -> Result<C, Self::Residual> {
        match self {
            Self::Continue(value) => Ok(value),
            Self::Break(value) => Err(ControlFlow::Break(value)),
        }
    }
}

impl<T, E> Branch for Poll<Result<T, E>> {
    type Output = Poll<T>;
    type Residual = Result<Infallible, E>;

    #[inline]
    fn branch(self) -> Result<Poll<T>, Self::Residual> {
        match self {
            Self::Ready(Ok(value)) => Ok(Poll::Ready(value)),
            Self::Ready(Err(error)) => Err(Err(error)),
            Self::Pending => Ok(Poll::Pending),
        }
    }
}

impl<T, E> Branch for Poll<Option<Result<T, E>>> {
    type Output = Poll<Option<T>>;
    type Residual = Result<Infallible, E>;

    #[inline]
    fn branch(self) -> Result<Poll<Option<T>>, Self::Residual> {
        match self {
            Self::Ready(Some(Ok(value))) => Ok(Poll::Ready(Some(value))),
            Self::Ready(Some(Err(error))) => Err(Err(error)),
            Self::Ready(None) => Ok(Poll::Ready(None)),
            Self::Pending => Ok(Poll::Pending),
        }
    }
}

/// A type that a function can return where `?` ends it. `R` is the residual of [`Branch`].
///
/// It is a method of the return type. `residual?` in a closure would do the same, but the compiler takes several times as long for it.
#[diagnostic::on_unimplemented(
    message = "the `?` operator cannot return from a function that returns `{Self}`",
    label = "what this `?` returns does not become `{Self}`",
    note = "`?` on a `Result` needs a function that returns a `Result`, and `?` on an `Option` one that returns an `Option`",
    note = "`.ok_or(…)?` makes a `Result` of an `Option`, and `.ok()?` an `Option` of a `Result`"
)]
pub trait FromResidual<R> {
    /// What the function returns.
    fn from_residual(residual: R) -> Self;
}

/// An error that `?` makes of another one.
#[diagnostic::on_unimplemented(
    message = "`?` couldn't convert the error to `{Self}`",
    label = "the trait `From<{E}>` is not implemented for `{Self}`",
    note = "the question mark operation (`?`) implicitly performs a conversion on the error value using the `From` trait"
)]
pub trait ConvertedError<E> {
    /// The function's error.
    fn convert(error: E) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E, F: From<E>> ConvertedError<E> for F {
    #[inline]
    #[track_caller]
    fn convert(error: E) -> F {
        F::from(error)
    }
}

impl<T, E, F: ConvertedError<E>> FromResidual<Result<Infallible, E>> for Result<T, F> {
    #[inline]
    #[track_caller]
    fn from_residual(residual: Result<Infallible, E>) -> Self {
        let Err(error) = residual;
        Err(F::convert(error))
    }
}

#[diagnostic::do_not_recommend]
impl<T> FromResidual<Option<Infallible>> for Option<T> {
    #[inline]
    fn from_residual(residual: Option<Infallible>) -> Self {
        residual.map(|never| match never {})
    }
}

#[diagnostic::do_not_recommend]
impl<B, C> FromResidual<ControlFlow<B, Infallible>> for ControlFlow<B, C> {
    #[inline]
    fn from_residual(residual: ControlFlow<B, Infallible>) -> Self {
        let ControlFlow::Break(value) = residual;
        Self::Break(value)
    }
}

#[diagnostic::do_not_recommend]
impl<T, E, F: ConvertedError<E>> FromResidual<Result<Infallible, E>> for Poll<Result<T, F>> {
    #[inline]
    #[track_caller]
    fn from_residual(residual: Result<Infallible, E>) -> Self {
        let Err(error) = residual;
        Self::Ready(Err(F::convert(error)))
    }
}

#[diagnostic::do_not_recommend]
impl<T, E, F: ConvertedError<E>> FromResidual<Result<Infallible, E>> for Poll<Option<Result<T, F>>> {
    #[inline]
    #[track_caller]
    fn from_residual(residual: Result<Infallible, E>) -> Self {
        let Err(error) = residual;
        Self::Ready(Some(Err(F::convert(error))))
    }
}
