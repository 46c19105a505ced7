//! The guard of a call: it records the start, and exactly one end.

use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use super::call_end::{CallEnd, CallStart, CallValue, value_at};
use super::call_span::CallSpan;
use super::clock;
use super::mode::{self, Ending, Mode};
use super::own::OwnShard;
use crate::definition::{Event, Function};
use crate::vocabulary::Outcome;

/// Stands for the type that is expected where code is measured. It is an argument before the code: from what is expected of the
/// whole, the compiler finds its type first.
pub struct Expected<T>(PhantomData<fn() -> T>);

impl<T> Expected<T> {
    /// Whatever the type is.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "only generated code calls it")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> fmt::Debug for Expected<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Expected")
    }
}

/// The state of a call. It shows what a drop of the guard means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The end is recorded, or metrics are off: a drop does nothing.
    Done,
    /// Its code is running: a drop now is an unwinding panic.
    Running,
    /// Its code is running, and whatever it returns is `ok`: a drop now is an unwinding panic, or a `return`.
    Infallible,
    /// It waits for its next poll: a drop now is a cancellation.
    Waiting,
    /// It is a stream whose last item was an error: a drop now is its end, because most readers do not ask for more after one.
    #[cfg(feature = "stream")]
    ItemError,
    /// The same, where the error was a timeout.
    #[cfg(feature = "stream")]
    ItemTimeout,
    /// Its code is part of a larger function, which may wait in it: a drop now is an unwinding panic, or a cancellation.
    InPlace,
    /// None of its sites needs its outcome: a drop is its end.
    Unobserved,
}

/// The guard of a call that has started.
///
/// `F` returns the function's data. It is a type of size zero: it does not make the guard larger, and the compiler knows at
/// compile time what the function's sites do.
pub struct Call<F, const N: usize>
where
    F: Fn() -> &'static Function<N> + Copy,
{
    function: F,
    started: u64,
    base: [u32; N],
    mode: Mode,
    state: State,
    span: CallSpan,
}

impl<F, const N: usize> Call<F, N>
where
    F: Fn() -> &'static Function<N> + Copy,
{
    /// Starts a call of a function whose sites need its outcome. `labels` gives, for each site, the offset of the labels that
    /// are known at the start. It is not called if metrics are off.
    #[inline]
    #[must_use]
    pub fn start<S: CallStart<N>>(function: F, labels: impl FnOnce(&'static Function<N>) -> S) -> Self {
        Self::start_in(State::Waiting, function, labels)
    }

    /// Starts a call of a function whose sites do not need its outcome. The call ends when the guard is dropped.
    #[inline]
    #[must_use]
    pub fn guard<S: CallStart<N>>(function: F, labels: impl FnOnce(&'static Function<N>) -> S) -> Self {
        Self::start_in(State::Unobserved, function, labels)
    }

    /// Starts a call whose body runs in the same function as the guard. If the guard is dropped before
    /// [`finish`](Self::finish), the call has panicked.
    #[inline]
    #[must_use]
    pub fn start_running<S: CallStart<N>>(function: F, labels: impl FnOnce(&'static Function<N>) -> S) -> Self {
        Self::start_in(State::Running, function, labels)
    }

    /// Starts a call whose body runs in the same function as the guard, and whose values are all `ok`. If the guard is dropped
    /// before [`finish`](Self::finish), the call has panicked or returned early.
    #[inline]
    #[must_use]
    pub fn start_infallible<S: CallStart<N>>(function: F, labels: impl FnOnce(&'static Function<N>) -> S) -> Self {
        Self::start_in(State::Infallible, function, labels)
    }

    /// Starts a call whose code runs in the middle of the function of the guard. If the guard is dropped before
    /// [`finish`](Self::finish), the call has panicked, or it was cancelled: the future that it is a part of was dropped, or a macro
    /// has left the code.
    #[inline]
    #[must_use]
    pub fn start_in_place<S: CallStart<N>>(function: F, labels: impl FnOnce(&'static Function<N>) -> S) -> Self {
        Self::start_in(State::InPlace, function, labels)
    }

    #[inline]
    fn start_in<S: CallStart<N>>(state: State, function: F, labels: impl FnOnce(&'static Function<N>) -> S) -> Self {
        let (mode, this) = (mode::current(), function());
        if mode == Mode::INSTALLED {
            let start = labels(this);
            let (base, span) = (start.offsets(), CallSpan::at_hand());
            if this.starts {
                let own = OwnShard::get();
                for_each_site::<N>(
                    #[inline(always)]
                    |at| this.sites[at].start(own, mode, base[at], value_at(start.values(), at)),
                );
            }
            let started = if this.timed { clock::now_inline() } else { 0 };
            return Self { function, started, base, mode, state, span };
        }
        if mode::is_off() {
            let span = CallSpan::none();
            return Self { function, started: 0, base: [0; N], mode, state: State::Done, span };
        }
        let start = labels(this);
        let base = start.offsets();
        let (started, mode, span) = start_slowly(this, base, start.values(), mode);
        Self { function, started, base, mode, state, span }
    }

    /// The slot of the series in which a site without labels of the result records this call, if our own recorder has it and
    /// the call has not ended.
    #[cfg(feature = "exporter")]
    pub(super) fn slot_in_flight(&self, site: usize) -> Option<u32> {
        (self.state != State::Done && self.mode.is_installed()).then(|| self.base[site])
    }

    /// Ends a call whose code runs in the function of the guard, with its value.
    #[inline]
    pub fn finish<T, R: CallEnd<N>>(self, value: T, read_end: impl FnOnce(&'static Function<N>, &T) -> R) -> T {
        // No destructor: the call ends here.
        let mut this = ManuallyDrop::new(self);
        if this.state != State::Done {
            this.end_with(&value, read_end);
        }
        value
    }

    /// Runs the body of a synchronous function, and ends the call.
    #[inline]
    pub fn run<T, R: CallEnd<N>>(
        self,
        body: impl FnOnce() -> T,
        read_end: impl FnOnce(&'static Function<N>, &T) -> R,
    ) -> T {
        // From here on, only a panic needs a destructor. This one is smaller than the guard's, so the values stay in registers.
        let mut this = ManuallyDrop::new(self);
        if this.state == State::Done {
            return body();
        }
        let panic_guard = PanicGuard {
            function: (this.function)(),
            base: this.base,
            mode: this.mode,
            started: this.started,
            span: this.span,
        };
        let value = body();
        core::mem::forget(panic_guard);
        this.end_with(&value, read_end);
        value
    }

    /// Runs code in its place, and ends the call. The compiler knows the type that is expected there before it reads the code.
    #[inline]
    pub fn run_expected<T, R: CallEnd<N>>(
        self,
        _: Expected<T>,
        body: impl FnOnce() -> T,
        read_end: impl FnOnce(&'static Function<N>, &T) -> R,
    ) -> T {
        self.run(body, read_end)
    }

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

    /// Polls the stream whose call this is. If that panics, the call has panicked.
    #[cfg(feature = "stream")]
    #[inline]
    pub(super) fn poll_stream<S: futures_core::Stream>(
        &mut self,
        stream: Pin<&mut S>,
        context: &mut Context<'_>,
    ) -> Poll<Option<S::Item>> {
        let panics = Panics(&mut self.state);
        let polled = stream.poll_next(context);
        core::mem::forget(panics);
        polled
    }

    /// Counts an item of the stream whose call this is, unless it is a failure, and keeps how the stream ends if it is the last.
    #[cfg(feature = "stream")]
    #[inline]
    pub(super) fn item<R: CallEnd<N>>(&mut self, read: impl FnOnce(&'static Function<N>) -> R) {
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
    #[cfg(feature = "stream")]
    #[inline]
    pub(super) fn end_stream(&mut self) {
        let outcome = match self.state {
            State::Done => return,
            State::ItemError => Outcome::Error,
            State::ItemTimeout => Outcome::Timeout,
            _ => Outcome::Ok,
        };
        self.end(&(outcome, [0; N]));
    }

    /// Ends the call with what is read from its returned value.
    #[inline]
    fn end_with<T, R: CallEnd<N>>(&mut self, value: &T, read_end: impl FnOnce(&'static Function<N>, &T) -> R) {
        self.end(&read_end((self.function)(), value));
    }

    /// The path of nearly all calls is short and inline, where the compiler knows the function's sites. The slow path takes
    /// its arguments by value, so that the guard can stay in registers.
    #[inline(always)]
    fn end(&mut self, end: &impl CallEnd<N>) {
        let (function, outcome, result) = ((self.function)(), end.outcome(), end.offsets());
        self.state = State::Done;
        if outcome != Outcome::Ok || self.mode != Mode::INSTALLED {
            let (base, result) = (self.base, Some(result));
            return end_slowly(function, base, self.mode, self.started, self.span, result, end.values(), outcome);
        }
        let nanoseconds = if function.timed { clock::nanoseconds_since_inline(self.started) } else { 0 };
        let (base, own) = (self.base, OwnShard::get());
        for_each_site::<N>(
            #[inline(always)]
            |at| {
                let value = value_at(end.values(), at);
                function.sites[at].end_ok(own, base[at] + result[at], nanoseconds, value);
            },
        );
        #[cfg(feature = "exemplars")]
        if self.span.is_some() {
            keep_exemplars_of_end(self.function, base, result, end.values(), nanoseconds, self.span);
        }
    }
}

/// Keeps a call that started in a trace and has ended `ok` as an exemplar. It is a function for each annotated function, so that
/// the compiler knows the sites.
#[cfg(feature = "exemplars")]
#[inline(never)]
fn keep_exemplars_of_end<F, const N: usize>(
    function: F,
    base: [u32; N],
    result: [u32; N],
    values: Option<&[CallValue; N]>,
    nanoseconds: u64,
    span: CallSpan,
) where
    F: Fn() -> &'static Function<N> + Copy,
{
    let (function, now) = (function(), clock::now_inline());
    for_each_site::<N>(
        #[inline(always)]
        |at| {
            let value = value_at(values, at);
            function.sites[at].keep_exemplar_of_ok(base[at], result[at], nanoseconds, value, now, span);
        },
    );
}

/// Calls `each` with the index of each site. There is no loop for up to four sites: the compiler then knows the site and
/// leaves out the code that it does not need.
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

/// Records a panic if it is dropped: the body of the call is unwinding.
struct PanicGuard<const N: usize> {
    function: &'static Function<N>,
    base: [u32; N],
    mode: Mode,
    started: u64,
    span: CallSpan,
}

impl<const N: usize> Drop for PanicGuard<N> {
    #[inline]
    fn drop(&mut self) {
        end_slowly(self.function, self.base, self.mode, self.started, self.span, None, None, Outcome::Panic);
    }
}

/// Starts a call in any mode other than [`Mode::INSTALLED`]. Returns the time of the start, the mode on this thread, and the span.
#[cold]
#[inline(never)]
fn start_slowly<const N: usize>(
    function: &'static Function<N>,
    base: [u32; N],
    values: Option<&[CallValue; N]>,
    mode: Mode,
) -> (u64, Mode, CallSpan) {
    let mode = mode.on_this_thread();
    for (at, (site, base)) in function.sites.iter().zip(base).enumerate() {
        site.start(OwnShard::get(), mode, base, value_at(values, at));
    }
    #[cfg(feature = "exemplars")]
    let (mode, span) = CallSpan::enter(mode);
    #[cfg(not(feature = "exemplars"))]
    let span = CallSpan::none();
    (if function.timed { clock::now() } else { 0 }, mode, span)
}

/// Ends a call that failed, or whose mode is not [`Mode::INSTALLED`]. `result` gives the offsets of the labels that are read
/// from its value, if it returned one, and `values` what the sites observe of it.
#[cold]
#[inline(never)]
#[allow(clippy::too_many_arguments, reason = "as values they stay in registers")]
fn end_slowly<const N: usize>(
    function: &'static Function<N>,
    base: [u32; N],
    start_mode: Mode,
    started: u64,
    span: CallSpan,
    result: Option<[u32; N]>,
    values: Option<&[CallValue; N]>,
    outcome: Outcome,
) {
    #[cfg(feature = "exemplars")]
    let ids = span.leave(start_mode);
    #[cfg(not(feature = "exemplars"))]
    let CallSpan {} = span;
    let nanoseconds = if function.timed { clock::nanoseconds_since(started) } else { 0 };
    let (mode, is_replayed) = match start_mode.ending(mode::current().on_this_thread()) {
        Ending::SameRecorder(mode) => (mode, false),
        Ending::Replay(mode) => (mode, true),
        Ending::Discard => return,
    };
    for (at, (site, base)) in function.sites.iter().zip(base).enumerate() {
        if is_replayed {
            if site.event == Event::InFlight {
                continue;
            }
            // What it observed when it started is not kept.
            site.start(OwnShard::get(), mode, base, CallValue::NONE);
        }
        let (result, value) = (result.map(|result| result[at]), value_at(values, at));
        site.end(mode, base, result, outcome, nanoseconds, value);
        #[cfg(feature = "exemplars")]
        if let Some(ids) = ids {
            site.keep_exemplar_of_end(base, result, outcome, nanoseconds, value, ids);
        }
    }
}

impl<F, const N: usize> Drop for Call<F, N>
where
    F: Fn() -> &'static Function<N> + Copy,
{
    #[inline]
    fn drop(&mut self) {
        let outcome = match self.state {
            State::Done => return,
            State::Unobserved => return self.end(&(Outcome::Ok, [0; N])),
            State::Infallible if !std::thread::panicking() => return self.end(&(Outcome::Ok, [0; N])),
            State::InPlace if !std::thread::panicking() => Outcome::Cancelled,
            State::Infallible | State::InPlace | State::Running => Outcome::Panic,
            State::Waiting => Outcome::Cancelled,
            #[cfg(feature = "stream")]
            State::ItemError => Outcome::Error,
            #[cfg(feature = "stream")]
            State::ItemTimeout => Outcome::Timeout,
        };
        end_slowly((self.function)(), self.base, self.mode, self.started, self.span, None, None, outcome);
    }
}

impl<F, const N: usize> fmt::Debug for Call<F, N>
where
    F: Fn() -> &'static Function<N> + Copy,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("function", (self.function)()).field("state", &self.state).finish_non_exhaustive()
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

/// Lets the call of a stream panic when it is dropped, whatever its last item was.
#[cfg(feature = "stream")]
struct Panics<'a>(&'a mut State);

#[cfg(feature = "stream")]
impl Drop for Panics<'_> {
    #[inline]
    fn drop(&mut self) {
        if *self.0 != State::Done {
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
    /// A wait in the call of `call`.
    #[inline]
    pub fn new<D, const N: usize>(future: Pin<&'a mut F>, call: &'a mut Call<D, N>) -> Self
    where
        D: Fn() -> &'static Function<N> + Copy,
    {
        let state = &mut call.state;
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
