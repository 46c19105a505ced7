//! The guard of a call: it sees the start, and exactly one end.

use core::fmt;
use core::future::Future;
use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use super::clock;
use super::mode::{self, Ending, Mode};
use crate::definition::{Event, Function};
use crate::vocabulary::Outcome;

/// What the returned value says: the outcome, and for each site the offset of the labels that are read from it.
pub(crate) type Ended<const N: usize> = (Outcome, [u32; N]);

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
///
/// `F` names the function: a type without a value, so that a guard is no larger for it, and the compiler can work out
/// beforehand what its sites do.
pub struct Call<F, const N: usize>
where
    F: Fn() -> &'static Function<N>,
{
    function: F,
    started: u64,
    base: [u32; N],
    mode: Mode,
    state: State,
}

impl<F, const N: usize> Call<F, N>
where
    F: Fn() -> &'static Function<N>,
{
    /// Starts a call of a function whose sites need its outcome; `labels` gives the offset of the labels that are
    /// known already, one for each site, and is not asked where metrics are off.
    #[inline]
    #[must_use]
    pub fn start(function: F, labels: impl FnOnce(&'static Function<N>) -> [u32; N]) -> Self {
        Self::start_in(State::Waiting, function, labels)
    }

    /// Starts a call of a function whose sites do not need its outcome: its end is the guard's drop.
    #[inline]
    #[must_use]
    pub fn guard(function: F, labels: impl FnOnce(&'static Function<N>) -> [u32; N]) -> Self {
        Self::start_in(State::Unobserved, function, labels)
    }

    /// Starts a call whose body runs in the caller's own frame: unless it is [finished](Self::finish), it has panicked.
    #[inline]
    #[must_use]
    pub fn start_running(function: F, labels: impl FnOnce(&'static Function<N>) -> [u32; N]) -> Self {
        Self::start_in(State::Running, function, labels)
    }

    #[inline]
    fn start_in(state: State, function: F, labels: impl FnOnce(&'static Function<N>) -> [u32; N]) -> Self {
        let mode = mode::current();
        if mode == Mode::OFF {
            return Self { function, started: 0, base: [0; N], mode, state: State::Done };
        }
        let this = function();
        let base = labels(this);
        if mode != Mode::INSTALLED {
            let (started, mode) = start_slowly(this, base, mode);
            return Self { function, started, base, mode, state };
        }
        if this.starts {
            for_each_site::<N>(
                #[inline(always)]
                |at| this.sites[at].start(mode, base[at]),
            );
        }
        let started = if this.timed { clock::now_inline() } else { 0 };
        Self { function, started, base, mode, state }
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
    pub fn run<T>(self, body: impl FnOnce() -> T, ended: impl FnOnce(&'static Function<N>, &T) -> Ended<N>) -> T {
        // From here on only a panic needs a destructor. A smaller one than the guard's leaves the values in registers.
        let mut this = ManuallyDrop::new(self);
        if this.state == State::Done {
            return body();
        }
        let unwinding =
            Unwinding { function: (this.function)(), base: this.base, mode: this.mode, started: this.started };
        let value = body();
        core::mem::forget(unwinding);
        this.end_with(&value, ended);
        value
    }

    /// Measures the body of an asynchronous function.
    #[inline]
    pub fn measure<B, E>(self, body: B, ended: E) -> Measured<B, E, Self>
    where
        B: Future,
        E: Fn(&'static Function<N>, &B::Output) -> Ended<N>,
    {
        Measured { body, ended, call: self }
    }

    /// Measures the body of an asynchronous function that never returns: its end is a panic or a cancellation.
    #[inline]
    pub fn measure_diverging<B: Future>(self, body: B) -> impl Future<Output = B::Output> {
        self.measure(body, |_, _| (Outcome::Ok, [0; N]))
    }

    /// Ends the call with what its value says.
    #[inline]
    fn end_with<T>(&mut self, value: &T, ended: impl FnOnce(&'static Function<N>, &T) -> Ended<N>) {
        let (outcome, result) = ended((self.function)(), value);
        self.end(outcome, result);
    }

    /// The way of nearly all calls is short and in line, where the compiler knows the function's sites. What the other
    /// ways need is handed over by value, so that the guard can stay in registers.
    #[inline(always)]
    fn end(&mut self, outcome: Outcome, result: [u32; N]) {
        let function = (self.function)();
        self.state = State::Done;
        if outcome != Outcome::Ok || self.mode != Mode::INSTALLED {
            return end_slowly(function, self.base, self.mode, self.started, Some(result), outcome);
        }
        let nanoseconds = if function.timed { clock::nanoseconds_since_inline(self.started) } else { 0 };
        let base = self.base;
        for_each_site::<N>(
            #[inline(always)]
            |at| function.sites[at].end_ok(base[at] + result[at], nanoseconds),
        );
    }
}

/// Does it for each site. For the usual number of them there is no loop, so that the compiler knows which site is meant
/// and leaves out what that one does not do.
#[inline(always)]
fn for_each_site<const N: usize>(each: impl Fn(usize)) {
    if N > 0 {
        each(0);
    }
    if N > 1 {
        each(1);
    }
    if N > 2 {
        each(2);
    }
    if N > 3 {
        each(3);
    }
    (4..N).for_each(each);
}

/// A call whose body is running: a drop is an unwinding panic.
struct Unwinding<const N: usize> {
    function: &'static Function<N>,
    base: [u32; N],
    mode: Mode,
    started: u64,
}

impl<const N: usize> Drop for Unwinding<N> {
    #[inline]
    fn drop(&mut self) {
        end_slowly(self.function, self.base, self.mode, self.started, None, Outcome::Panic);
    }
}

/// The start of a call in another mode; gives when, and the mode as it is for this thread.
#[cold]
#[inline(never)]
fn start_slowly<const N: usize>(function: &'static Function<N>, base: [u32; N], mode: Mode) -> (u64, Mode) {
    let mode = mode.on_this_thread();
    for (site, base) in function.sites.iter().zip(base) {
        site.start(mode, base);
    }
    (if function.timed { clock::now() } else { 0 }, mode)
}

/// The end of a call that failed, or in another mode; `result` is what the labels have that are read from its value.
#[cold]
#[inline(never)]
fn end_slowly<const N: usize>(
    function: &'static Function<N>,
    base: [u32; N],
    then: Mode,
    started: u64,
    result: Option<[u32; N]>,
    outcome: Outcome,
) {
    let nanoseconds = if function.timed { clock::nanoseconds_since(started) } else { 0 };
    let (mode, is_replayed) = match then.ending(mode::current().on_this_thread()) {
        Ending::SameRecorder(mode) => (mode, false),
        Ending::Replay(mode) => (mode, true),
        Ending::Discard => return,
    };
    for (at, (site, base)) in function.sites.iter().zip(base).enumerate() {
        if is_replayed {
            if site.event == Event::InFlight {
                continue;
            }
            site.start(mode, base);
        }
        site.end(mode, base, result.map(|result| result[at]), outcome, nanoseconds);
    }
}

impl<F, const N: usize> Drop for Call<F, N>
where
    F: Fn() -> &'static Function<N>,
{
    #[inline]
    fn drop(&mut self) {
        let outcome = match self.state {
            State::Done => return,
            State::Unobserved => return self.end(Outcome::Ok, [0; N]),
            State::Running => Outcome::Panic,
            State::Waiting => Outcome::Cancelled,
        };
        end_slowly((self.function)(), self.base, self.mode, self.started, None, outcome);
    }
}

impl<F, const N: usize> fmt::Debug for Call<F, N>
where
    F: Fn() -> &'static Function<N>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("function", (self.function)()).field("state", &self.state).finish_non_exhaustive()
    }
}

pin_project_lite::pin_project! {
    /// The body of an asynchronous function, measured.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Measured<B, E, C> {
        // The body is dropped first: what a cancelled body does while it is dropped is part of the call.
        #[pin]
        body: B,
        ended: E,
        call: C,
    }
}

impl<F, B, E, const N: usize> Future for Measured<B, E, Call<F, N>>
where
    F: Fn() -> &'static Function<N>,
    B: Future,
    E: Fn(&'static Function<N>, &B::Output) -> Ended<N>,
{
    type Output = B::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<B::Output> {
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
