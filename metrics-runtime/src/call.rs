//! The guard of a call: it sees the start, and exactly one end.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use crate::mode::{self, Mode};
use crate::site::Function;
use crate::{Outcome, clock};

/// What the returned value says: the outcome, and for each site the offset of the labels that are read from it.
pub type Ended<const N: usize> = (Outcome, [u32; N]);

/// Where a call stands when its guard is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing is left to do.
    Done,
    /// Its code is running: a drop now is an unwinding panic.
    Running,
    /// It waits to be polled again: a drop now is a cancellation.
    Waiting,
    /// Its outcome does not matter to any of its sites.
    Unobserved,
}

/// A call that has started.
#[derive(Debug)]
pub struct Call<const N: usize> {
    function: &'static Function<N>,
    started: u64,
    base: [u32; N],
    mode: Mode,
    state: State,
}

impl<const N: usize> Call<N> {
    /// Starts a call of a function whose sites need its outcome; `labels` gives the offset of the labels that are
    /// known already, one for each site, and is not asked where metrics are off.
    #[inline]
    #[must_use]
    pub fn start(function: &'static Function<N>, labels: impl FnOnce(&'static Function<N>) -> [u32; N]) -> Self {
        let mode = mode::current();
        if mode == Mode::Off {
            return Self { function, started: 0, base: [0; N], mode, state: State::Done };
        }
        let base = labels(function);
        if function.starts {
            for (site, base) in function.sites.iter().zip(base) {
                site.start(mode, base);
            }
        }
        let started = if function.timed { clock::now() } else { 0 };
        Self { function, started, base, mode, state: State::Waiting }
    }

    /// Starts a call of a function whose sites do not need its outcome: its end is the guard's drop.
    #[inline]
    #[must_use]
    pub fn guard(function: &'static Function<N>, labels: impl FnOnce(&'static Function<N>) -> [u32; N]) -> Self {
        let mut call = Self::start(function, labels);
        if call.state == State::Waiting {
            call.state = State::Unobserved;
        }
        call
    }

    /// Starts a call whose body runs in the caller's own frame: unless it is [finished](Self::finish), it has panicked.
    #[inline]
    #[must_use]
    pub fn start_running(
        function: &'static Function<N>,
        labels: impl FnOnce(&'static Function<N>) -> [u32; N],
    ) -> Self {
        let mut call = Self::start(function, labels);
        if call.state == State::Waiting {
            call.state = State::Running;
        }
        call
    }

    /// Ends a call that was started by [`start_running`](Self::start_running) with its value.
    #[inline]
    pub fn finish<T>(mut self, value: T, ended: impl FnOnce(&'static Function<N>, &T) -> Ended<N>) -> T {
        if self.state == State::Running {
            self.end_with(&value, ended);
        }
        value
    }

    /// Runs the body of a function.
    #[inline]
    pub fn run<T>(mut self, body: impl FnOnce() -> T, ended: impl FnOnce(&'static Function<N>, &T) -> Ended<N>) -> T {
        if self.state == State::Done {
            return body();
        }
        self.state = State::Running;
        let value = body();
        self.end_with(&value, ended);
        value
    }

    /// Measures the body of an asynchronous function.
    #[inline]
    pub fn measure<F, E>(self, body: F, ended: E) -> Measured<F, E, Self>
    where
        F: Future,
        E: Fn(&'static Function<N>, &F::Output) -> Ended<N>,
    {
        Measured { body, ended, call: self }
    }

    /// Measures the body of an asynchronous function that never returns: its end is a panic or a cancellation.
    #[inline]
    pub fn measure_diverging<F: Future>(self, body: F) -> impl Future<Output = F::Output> {
        self.measure(body, |_, _| (Outcome::Ok, [0; N]))
    }

    /// Ends the call with what its value says.
    #[inline]
    fn end_with<T>(&mut self, value: &T, ended: impl FnOnce(&'static Function<N>, &T) -> Ended<N>) {
        let (outcome, result) = ended(self.function, value);
        self.end(outcome, Some(result));
    }

    #[inline]
    fn end(&mut self, outcome: Outcome, result: Option<[u32; N]>) {
        let nanoseconds = if self.function.timed { clock::nanoseconds_since(self.started) } else { 0 };
        self.state = State::Done;
        let now = mode::current();
        if !now.is_one_with(self.mode) {
            return self.end_in_another_mode(now, result, outcome, nanoseconds);
        }
        for (at, (site, base)) in self.function.sites.iter().zip(self.base).enumerate() {
            site.end(now, base, result.map(|result| result[at]), outcome, nanoseconds);
        }
    }

    /// The recorder that saw this call start is not the one that sees it end. It is recorded whole in the new one, so
    /// that as many calls have started there as have ended; a gauge that it never raised is not lowered.
    #[cold]
    fn end_in_another_mode(&self, now: Mode, result: Option<[u32; N]>, outcome: Outcome, nanoseconds: u64) {
        for (at, (site, base)) in self.function.sites.iter().zip(self.base).enumerate() {
            if site.event != crate::site::Event::InFlight {
                site.start(now, base);
                site.end(now, base, result.map(|result| result[at]), outcome, nanoseconds);
            }
        }
    }
}

impl<const N: usize> Drop for Call<N> {
    #[inline]
    fn drop(&mut self) {
        match self.state {
            State::Done => {}
            State::Running => self.end(Outcome::Panic, None),
            State::Waiting => self.end(Outcome::Cancelled, None),
            State::Unobserved => self.end(Outcome::Ok, None),
        }
    }
}

pin_project_lite::pin_project! {
    /// The body of an asynchronous function, measured.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Measured<F, E, C> {
        // The body is dropped first: what a cancelled body does while it is dropped is part of the call.
        #[pin]
        body: F,
        ended: E,
        call: C,
    }
}

impl<F, E, const N: usize> Future for Measured<F, E, Call<N>>
where
    F: Future,
    E: Fn(&'static Function<N>, &F::Output) -> Ended<N>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if this.call.state == State::Done {
            return this.body.poll(context);
        }
        this.call.state = State::Running;
        let polled = this.body.poll(context);
        this.call.state = State::Waiting;
        let value = ready!(polled);
        this.call.end_with(&value, this.ended);
        Poll::Ready(value)
    }
}
