//! The futures of a call: its body, or what it waits for.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use super::call::Call;
use super::call_end::CallEnd;
use super::call_state::State;
use crate::definition::Function;
use crate::vocabulary::Outcome;

impl<F, const N: usize> Call<F, N>
where
    F: Fn() -> &'static Function<N> + Copy,
{
    /// Measures the body of an asynchronous function.
    #[inline]
    pub fn measure<B, E, R>(self, body: B, read_end: E) -> Measured<B, E, Self>
    where
        B: Future,
        E: Fn(&'static Function<N>, &B::Output) -> R,
        R: CallEnd<N>,
    {
        Measured { body, read_end, call: self }
    }

    /// Measures the body of an asynchronous function that never returns. It ends with a panic or a cancellation.
    #[inline]
    pub fn measure_diverging<B: Future>(self, body: B) -> impl Future<Output = B::Output> {
        self.measure(body, |_, _| (Outcome::Ok, [0; N]))
    }
}

/// Polls a future that a call waits for. The state stays as it is while the call waits on, so that a poll costs nothing; the call
/// runs again once the future is ready, and if it panics.
#[inline]
fn poll_in<F: Future>(state: &mut State, future: Pin<&mut F>, context: &mut Context<'_>) -> Poll<F::Output> {
    let runs_again = RunsAgain(state);
    let polled = future.poll(context);
    if polled.is_pending() {
        core::mem::forget(runs_again);
    }
    polled
}

/// Lets a call that waited run again when it is dropped.
struct RunsAgain<'a>(&'a mut State);

impl Drop for RunsAgain<'_> {
    #[inline]
    fn drop(&mut self) {
        if *self.0 == State::Waiting {
            *self.0 = State::Running;
        }
    }
}

pin_project_lite::pin_project! {
    /// The body of an asynchronous function, with the guard of its call.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Measured<B, E, C> {
        // This field comes first, so the body is dropped first: the destructors of a cancelled body are part of the call.
        #[pin]
        body: B,
        read_end: E,
        call: C,
    }
}

impl<F, B, E, R, const N: usize> Future for Measured<B, E, Call<F, N>>
where
    F: Fn() -> &'static Function<N> + Copy,
    B: Future,
    E: Fn(&'static Function<N>, &B::Output) -> R,
    R: CallEnd<N>,
{
    type Output = B::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<B::Output> {
        let this = self.project();
        let polled = poll_in(&mut this.call.state, this.body, context);
        let value = ready!(polled);
        if this.call.state != State::Done {
            this.call.end_with(&value, this.read_end);
        }
        Poll::Ready(value)
    }
}

/// A future that a measured function waits for. It tells the guard, which stands next to it, when the function runs and when it
/// waits.
///
/// It holds the future by reference. So the compiler finds the future itself first when it looks for whether the function's
/// future is `Send`, and what holds it costs nothing in the depth of that search.
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Awaited<'a, F> {
    future: Pin<&'a mut F>,
    state: &'a mut State,
}

impl<'a, F> Awaited<'a, F> {
    /// A wait in the call that has this state. It does not take the call, whose type the compiler would have to check at each `.await`.
    #[inline]
    pub fn new(future: Pin<&'a mut F>, state: &'a mut State) -> Self {
        if *state == State::Running {
            *state = State::Waiting;
        }
        Self { future, state }
    }
}

impl<F: Future> Future for Awaited<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        poll_in(this.state, this.future.as_mut(), context)
    }
}
