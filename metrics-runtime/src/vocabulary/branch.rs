//! What the `?` operator does with a value, as a trait: that of the standard library is not stable yet.

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
