//! The guard of a call: it records the start, and exactly one end.

use core::fmt;
use core::mem::ManuallyDrop;

use super::call_end::{CallEnd, CallStart, CallValue, value_at};
use super::call_span::CallSpan;
use super::call_state::State;
use super::clock;
use super::expected::Expected;
use super::mode::{self, Ending, Mode};
use super::own::OwnShard;
use crate::definition::{Event, Function};
use crate::vocabulary::Outcome;

/// The guard of a call that has started.
///
/// `F` returns the function's data. It is a type of size zero: it does not make the guard larger, and the compiler knows at
/// compile time what the function's sites do.
pub struct Call<F, const N: usize>
where
    F: Fn() -> &'static Function<N> + Copy,
{
    pub(super) function: F,
    started: u64,
    pub(super) base: [u32; N],
    pub(super) mode: Mode,
    /// What it does. Generated code hands it to what the call waits for.
    pub state: State,
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

    /// Ends the call with what is read from its returned value.
    #[inline]
    pub(super) fn end_with<T, R: CallEnd<N>>(
        &mut self,
        value: &T,
        read_end: impl FnOnce(&'static Function<N>, &T) -> R,
    ) {
        self.end(&read_end((self.function)(), value));
    }

    /// The path of nearly all calls is short and inline, where the compiler knows the function's sites. The slow path takes
    /// its arguments by value, so that the guard can stay in registers.
    #[inline(always)]
    pub(super) fn end(&mut self, end: &impl CallEnd<N>) {
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
pub(super) fn for_each_site<const N: usize>(each: impl Fn(usize)) {
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
