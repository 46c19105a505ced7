//! A measured stream: it is one call, from its first poll to its end, or to its drop.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::Stream;

use super::call::{Call, for_each_site};
use super::call_end::CallEnd;
use super::call_state::State;
use super::own::OwnShard;
use crate::definition::Function;
use crate::vocabulary::Outcome;

pin_project_lite::pin_project! {
    /// A stream, with the guard of its call.
    #[must_use = "streams do nothing unless polled"]
    pub struct MeasuredStream<S, B, E, C> {
        // This field comes first, so the stream is dropped first: its destructors are part of the call.
        #[pin]
        stream: S,
        // Starts the call; `None` once it has.
        begin: Option<B>,
        call: Option<C>,
        read_item: E,
    }
}

impl<S: fmt::Debug, B, E, C: fmt::Debug> fmt::Debug for MeasuredStream<S, B, E, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredStream").field("stream", &self.stream).field("call", &self.call).finish_non_exhaustive()
    }
}

/// Measures a stream. `begin` starts the call when the stream is polled first, and `read_item` says what an item means for how the
/// stream ends.
pub fn measure_stream<S, B, E, F, R, const N: usize>(
    stream: S,
    begin: B,
    read_item: E,
) -> MeasuredStream<S, B, E, Call<F, N>>
where
    S: Stream,
    B: FnOnce() -> Call<F, N>,
    E: Fn(&Function<N>, &S::Item) -> R,
    F: Fn() -> &'static Function<N> + Copy,
    R: CallEnd<N>,
{
    MeasuredStream { stream, begin: Some(begin), call: None, read_item }
}

impl<S, B, E, F, R, const N: usize> Stream for MeasuredStream<S, B, E, Call<F, N>>
where
    S: Stream,
    B: FnOnce() -> Call<F, N>,
    E: Fn(&Function<N>, &S::Item) -> R,
    F: Fn() -> &'static Function<N> + Copy,
    R: CallEnd<N>,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        if let Some(begin) = this.begin.take() {
            *this.call = Some(begin());
        }
        // There is always a call from here on.
        let Some(call) = this.call else { return this.stream.poll_next(context) };
        let polled = call.poll_stream(this.stream, context);
        match &polled {
            Poll::Ready(Some(item)) => call.item(|function| (this.read_item)(function, item)),
            Poll::Ready(None) => call.end_stream(),
            Poll::Pending => {}
        }
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}

impl<F, const N: usize> Call<F, N>
where
    F: Fn() -> &'static Function<N> + Copy,
{
    /// Polls the stream whose call this is. If that panics, the call has panicked.
    #[inline]
    fn poll_stream<S: Stream>(&mut self, stream: Pin<&mut S>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let panics = Panics(&mut self.state);
        let polled = stream.poll_next(context);
        core::mem::forget(panics);
        polled
    }

    /// Counts an item of the stream whose call this is, unless it is a failure, and keeps how the stream ends if it is the last.
    #[inline]
    fn item<R: CallEnd<N>>(&mut self, read: impl FnOnce(&'static Function<N>) -> R) {
        if self.state == State::Done {
            return;
        }
        let function = (self.function)();
        self.state = match read(function).outcome() {
            Outcome::Ok => {
                let own = OwnShard::get();
                for_each_site::<N>(
                    #[inline(always)]
                    |at| function.sites[at].item(own, self.mode, self.base[at]),
                );
                State::Waiting
            }
            Outcome::Timeout => State::ItemTimeout,
            _ => State::ItemError,
        };
    }

    /// Ends the call of a stream that has no more items.
    #[inline]
    fn end_stream(&mut self) {
        let outcome = match self.state {
            State::Done => return,
            State::ItemError => Outcome::Error,
            State::ItemTimeout => Outcome::Timeout,
            _ => Outcome::Ok,
        };
        self.end(&(outcome, [0; N]));
    }
}

/// Lets the call of a stream panic when it is dropped, whatever its last item was.
struct Panics<'a>(&'a mut State);

impl Drop for Panics<'_> {
    #[inline]
    fn drop(&mut self) {
        if *self.0 != State::Done {
            *self.0 = State::Running;
        }
    }
}
