//! Capped labels: their values are known only when the program runs, but their number is limited.

use core::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::shared_texts::{self, SharedTexts};
use crate::definition::Family;
use crate::record::{self, Sample};
use crate::vocabulary::Capped;

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
/// How much of a value that is not kept is logged.
const LOGGED_CHARACTERS: usize = 64;

/// The values of a capped label, in the order in which the program first used them.
#[derive(Debug)]
pub struct Values<const N: usize> {
    label: &'static str,
    /// The path of the label's type, by which other processes know it.
    path: &'static str,
    /// Filled from the front. Each slot is filled once, so reading takes no lock. Two threads with the same new value find
    /// the same slot: each tries the slots in order, and stops at the first slot that holds the value.
    slots: [OnceLock<&'static str>; N],
    /// Whether any value has become `other`.
    has_other: AtomicBool,
    has_logged: AtomicBool,
    overflow_counter: &'static Family,
}

impl<const N: usize> Values<N> {
    /// A label without values so far. `overflow` has one series: that of this label.
    #[must_use]
    pub const fn new(label: &'static str, path: &'static str, overflow: &'static Family) -> Self {
        Self {
            label,
            path,
            slots: [const { OnceLock::new() }; N],
            has_other: AtomicBool::new(false),
            has_logged: AtomicBool::new(false),
            overflow_counter: overflow,
        }
    }

    /// Keeps the value if there is still a free slot, and returns its index, or that of `other`.
    #[must_use]
    pub fn intern(&self, value: &str) -> Interned {
        if value == OTHER {
            return self.other();
        }
        if value.is_empty() || value.len() > MAX_VALUE_BYTES || value.chars().any(char::is_control) {
            return self.overflow(value, "it is empty, too long, or contains control characters");
        }
        if let Some(texts) = shared_texts::installed() {
            return self.intern_shared(texts, value);
        }
        for (index, slot) in (0u32..).zip(&self.slots) {
            // At most N values leak, and each is needed for as long as the program runs.
            let kept = slot.get_or_init(|| Box::leak(Box::from(value)));
            if *kept == value {
                return Interned(index);
            }
        }
        self.overflow(value, "the label already has its largest number of values")
    }

    /// As `intern`, where other processes have the same values at the same places.
    fn intern_shared(&self, texts: &dyn SharedTexts, value: &str) -> Interned {
        let known = self.slots.iter().position(|slot| slot.get().is_some_and(|kept| *kept == value));
        let place = known.or_else(|| texts.place(self.path, value, N));
        let Some((slot, place)) = place.and_then(|place| self.slots.get(place).zip(u32::try_from(place).ok())) else {
            return self.overflow(value, "the label already has its largest number of values over all processes");
        };
        let kept = slot.get_or_init(|| texts.text(self.path, place as usize).unwrap_or(OTHER));
        if *kept == value {
            return Interned(place);
        }
        self.overflow(value, "this process had another value at its place before it shared its values")
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
        Capped::new::<L>(core::ptr::from_ref(self).addr(), self.path, N)
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
        self.overflow_counter.record(record::current_mode(), 0, Sample::Increment(1));
        if !self.has_logged.swap(true, Ordering::Relaxed) {
            let shown: String = value.chars().take(LOGGED_CHARACTERS).flat_map(char::escape_debug).collect();
            tracing::warn!(
                label = self.label,
                value = shown,
                max_values = N,
                "a label's value is counted as `other`: {reason}; later ones of this label are not logged"
            );
        }
        self.other()
    }
}
