//! Capped labels: their values are known only when the program runs, but their number is limited.

use core::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::preset_error::{PresetError, Problem, shown};
use super::shared_texts::{self, SharedTexts};
use crate::definition::Family;
use crate::record::Sample;
use crate::vocabulary::{Capped, CappedValues};

/// A value of a capped label. It is an index, so it is cheap to copy and to compare.
///
/// [`#[derive(Label)]`](macro@crate::Label) gives a struct around it the function `new`, which makes it:
///
/// ```
/// use metrics_runtime::{Interned, Label, counted};
///
/// /// The name of a workflow, read from a folder.
/// #[derive(Clone, Copy, Label)]
/// #[label(max_values = 32)]
/// pub struct Workflow(Interned);
///
/// #[counted(counter = "workflow_runs_total", labels(workflow))]
/// fn run(workflow: Workflow) {
///     // …
/// #   let _ = workflow;
/// }
///
/// // Call `new` once, where the value is parsed; from then on it is an index.
/// let workflow = Workflow::new("portrait");
/// assert_eq!(workflow.as_str(), "portrait");
/// run(workflow);
/// ```
///
/// The label keeps the first `max_values` distinct values, for as long as the program runs. Each later value becomes
/// `other` and is counted in `metrics_label_overflow_total` with the label's name; the first of them is logged. So the
/// largest number of series is still a constant.
///
/// A value that is empty, longer than 128 bytes, or contains control characters becomes `other` too, and is counted and
/// logged in the same way.
///
/// Where the names are known before the program works, as from a configuration, `preset` makes them values before
/// [`init`](crate::init): their series are there at zero from the start.
///
/// ```
/// # use metrics_runtime::{Interned, Label};
/// #[derive(Clone, Copy, Label)]
/// #[label(max_values = 32)]
/// struct Tenant(Interned);
///
/// # fn main() -> Result<(), metrics_runtime::PresetError> {
/// Tenant::preset(["acme", "globex"])?;
/// // metrics_runtime::init() …
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Interned(u32);

impl fmt::Debug for Interned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interned({})", self.0)
    }
}

const OTHER: &str = Capped::OTHER;
/// The same limit as for the values of derived labels.
const MAX_VALUE_BYTES: usize = 128;

/// The values of a capped label, in the order in which the program first used them.
#[derive(Debug)]
pub struct Values<const N: usize> {
    label: &'static str,
    /// The path of the label's type, by which other processes know it.
    path: &'static str,
    /// Filled from the front. Each slot is filled once, so reading takes no lock. Two threads with the same new value find
    /// the same slot: each tries the slots in order, and stops at the first slot that holds the value.
    slots: [OnceLock<&'static str>; N],
    presets: Mutex<Presets>,
    /// Whether a preset name waits for its place.
    has_waiting: AtomicBool,
    /// Whether any value has become `other`.
    has_other: AtomicBool,
    has_logged: AtomicBool,
    overflow_counter: &'static Family,
}

/// The names that `preset` got.
#[derive(Debug)]
struct Presets {
    /// Those that have no place among the values yet. They get it as late as possible: when the program has joined the other
    /// processes, where a name may have its place already, or with the first value that it makes.
    waiting: Vec<Box<str>>,
    /// The first series were created, so nothing is to be waited for.
    has_started: bool,
}

impl<const N: usize> Values<N> {
    /// A label without values so far. `overflow` has one series: that of this label.
    #[must_use]
    pub const fn new(label: &'static str, path: &'static str, overflow: &'static Family) -> Self {
        Self {
            label,
            path,
            slots: [const { OnceLock::new() }; N],
            presets: Mutex::new(Presets { waiting: Vec::new(), has_started: false }),
            has_waiting: AtomicBool::new(false),
            has_other: AtomicBool::new(false),
            has_logged: AtomicBool::new(false),
            overflow_counter: overflow,
        }
    }

    /// Keeps the value if there is still a free slot, and returns its index, or that of `other`.
    #[must_use]
    pub fn intern(&self, value: &str) -> Interned {
        if self.has_waiting.load(Ordering::Acquire) {
            self.place_waiting_or_warn();
        }
        self.place(value).unwrap_or_else(|problem| self.overflow(value, problem.reason()))
    }

    /// Keeps these names as values: they have their series at zero from the start.
    ///
    /// # Errors
    ///
    /// A name cannot be a value. The others are kept.
    pub fn preset(&self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Result<(), PresetError> {
        // The user's iterator may make values of this label itself, so it runs before the lock is taken.
        let names: Vec<Box<str>> = names.into_iter().map(|name| Box::from(name.as_ref())).collect();
        let mut first = None;
        let has_started = {
            let mut presets = self.presets();
            for name in names {
                match self.problem_of(&name, &presets.waiting) {
                    Some(problem) if first.is_none() => first = Some(self.error(&name, problem)),
                    Some(_) => {}
                    None => presets.waiting.push(name),
                }
            }
            self.has_waiting.store(!presets.waiting.is_empty(), Ordering::Release);
            presets.has_started
        };
        if has_started {
            first = first.or(self.place_waiting());
        }
        first.map_or(Ok(()), Err)
    }

    /// Why a name cannot be preset, if so.
    fn problem_of(&self, name: &str, waiting: &[Box<str>]) -> Option<Problem> {
        if !is_value(name) {
            return Some(Problem::Text);
        }
        let mut kept = self.slots.iter().filter_map(OnceLock::get);
        if name == OTHER || kept.any(|kept| *kept == name) || waiting.iter().any(|waiting| **waiting == *name) {
            return None;
        }
        let kept = self.slots.iter().filter(|slot| slot.get().is_some()).count();
        let waiting = waiting.iter().filter(|waiting| ***waiting != *OTHER).count();
        (kept + waiting >= N).then_some(Problem::Full)
    }

    /// Gives the preset names that wait their places. Returns the error of the first that has none: other processes may have
    /// taken them all.
    fn place_waiting(&self) -> Option<PresetError> {
        let mut presets = self.presets();
        let waiting = std::mem::take(&mut presets.waiting);
        let place_all = || {
            let errors =
                waiting.iter().filter_map(|name| self.place(name).err().map(|problem| self.error(name, problem)));
            // All of them are placed, also after an error.
            errors.fold(None, |first, error| first.or(Some(error)))
        };
        if shared_texts::installed().is_some() {
            // A text that cannot be shared is logged, and a log subscriber may make values of this label: no lock is held.
            self.has_waiting.store(false, Ordering::Release);
            drop(presets);
            return place_all();
        }
        // Other threads wait, so that their values do not take these places.
        let first = place_all();
        self.has_waiting.store(false, Ordering::Release);
        first
    }

    #[cold]
    fn place_waiting_or_warn(&self) {
        if let Some(error) = self.place_waiting() {
            tracing::warn!(label = self.label, %error, "a preset value has no series; later ones of this label may have none either");
        }
    }

    fn presets(&self) -> MutexGuard<'_, Presets> {
        self.presets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn error(&self, name: &str, problem: Problem) -> PresetError {
        PresetError::new(self.label, N, name, problem)
    }

    /// The place of a value, which is kept if there is still a free slot.
    fn place(&self, value: &str) -> Result<Interned, Problem> {
        if value == OTHER {
            return Ok(self.other());
        }
        if !is_value(value) {
            return Err(Problem::Text);
        }
        if let Some(texts) = shared_texts::installed() {
            return self.place_shared(texts, value);
        }
        for (index, slot) in (0u32..).zip(&self.slots) {
            // At most N values leak, and each is needed for as long as the program runs.
            let kept = slot.get_or_init(|| Box::leak(Box::from(value)));
            if *kept == value {
                return Ok(Interned(index));
            }
        }
        Err(Problem::Full)
    }

    /// As `place`, where other processes have the same values at the same places.
    fn place_shared(&self, texts: &dyn SharedTexts, value: &str) -> Result<Interned, Problem> {
        let known = self.slots.iter().position(|slot| slot.get().is_some_and(|kept| *kept == value));
        let place = known.or_else(|| texts.place(self.path, value, N));
        let (slot, place) = place
            .and_then(|place| self.slots.get(place).zip(u32::try_from(place).ok()))
            .ok_or(Problem::FullOverAllProcesses)?;
        let kept = slot.get_or_init(|| texts.text(self.path, place as usize).unwrap_or(OTHER));
        if *kept == value { Ok(Interned(place)) } else { Err(Problem::Displaced) }
    }

    /// The index among this label's values. A value that was made for another label stands for the value with the same
    /// index here, or for `other`.
    #[must_use]
    pub fn index(&self, value: Interned) -> usize {
        match self.slots.get(value.0 as usize) {
            Some(slot) if slot.get().is_some() => value.0 as usize,
            _ => self.other().0 as usize,
        }
    }

    /// The text of the value with this index; `None` if there is no such value yet.
    #[must_use]
    pub fn value(&self, index: usize) -> Option<&'static str> {
        match self.slots.get(index) {
            Some(slot) => slot.get().copied().or_else(|| {
                // Another process may have it.
                let text = shared_texts::installed()?.text(self.path, index)?;
                Some(*slot.get_or_init(|| text))
            }),
            None => (index == N && self.has_other()).then_some(OTHER),
        }
    }

    /// Identifies these values as those of the label type `L`.
    #[must_use]
    pub fn capped<L>(&'static self) -> Capped {
        Capped::new::<L>(self, self.path, N)
    }

    fn other(&self) -> Interned {
        if !self.has_other.swap(true, Ordering::AcqRel)
            && let Some(texts) = shared_texts::installed()
        {
            texts.add_other(self.path);
        }
        #[allow(clippy::cast_possible_truncation, reason = "the derive allows no more than 10,000")]
        Interned(N as u32)
    }

    /// Whether any value has become `other`, here or in another process.
    fn has_other(&self) -> bool {
        self.has_other.load(Ordering::Acquire)
            || shared_texts::installed().is_some_and(|texts| texts.has_other(self.path))
    }

    #[cold]
    fn overflow(&self, value: &str, reason: &str) -> Interned {
        self.overflow_counter.record_value(0, Sample::Increment(1));
        if !self.has_logged.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                label = self.label,
                value = shown(value),
                max_values = N,
                "a label's value is counted as `other`: {reason}; later ones of this label are not logged"
            );
        }
        self.other()
    }
}

impl<const N: usize> CappedValues for Values<N> {
    fn waiting(&self) -> usize {
        self.presets().waiting.len()
    }

    fn start(&self) {
        self.presets().has_started = true;
        if self.has_waiting.load(Ordering::Acquire) {
            self.place_waiting_or_warn();
        }
    }
}

/// Whether a text can be the value of a label.
fn is_value(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_VALUE_BYTES && !text.contains(char::is_control)
}
