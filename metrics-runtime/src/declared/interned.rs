//! Capped labels: values that are known only when the program runs, and no more than so many of them.

use core::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::definition::Family;
use crate::record::{self, Sample};
use crate::vocabulary::Capped;

/// One of the values of a capped label: an index, which is copied and compared as one.
///
/// It is made by the `new` that [`#[derive(Label)]`](macro@crate::Label) gives a struct around it:
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
/// // Once, where it is parsed; from then on it is an index.
/// let workflow = Workflow::new("portrait");
/// assert_eq!(workflow.as_str(), "portrait");
/// run(workflow);
/// ```
///
/// The first `max_values` distinct values are kept, for as long as the program runs. Each later one becomes `other`, is
/// counted in `metrics_label_overflow_total` with the label's name, and the first of them is logged. So the number of
/// series is a constant all the same.
///
/// A value that is empty, longer than 128 bytes, or has control characters becomes `other` as well.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Interned(u32);

impl fmt::Debug for Interned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interned({})", self.0)
    }
}

/// What stands for every value that is not kept.
const OTHER: &str = "other";
/// As in derived labels.
const MAX_VALUE_BYTES: usize = 128;
/// How much of a refused value is logged.
const LOGGED_CHARACTERS: usize = 64;

/// The values of a capped label, in the order in which they came.
#[derive(Debug)]
pub struct Values<const N: usize> {
    label: &'static str,
    /// Filled from the front. A slot is filled once, so reading takes no lock, and two threads that come with the same
    /// new value find the same slot: each looks at every slot in turn, and stops at the first that holds it.
    slots: [OnceLock<&'static str>; N],
    /// Whether `other` has been handed out.
    has_other: AtomicBool,
    has_logged: AtomicBool,
    overflow_counter: &'static Family,
}

impl<const N: usize> Values<N> {
    /// The values of a label, none so far. `overflow` has one series, that of this label.
    #[must_use]
    pub const fn new(label: &'static str, overflow: &'static Family) -> Self {
        Self {
            label,
            slots: [const { OnceLock::new() }; N],
            has_other: AtomicBool::new(false),
            has_logged: AtomicBool::new(false),
            overflow_counter: overflow,
        }
    }

    /// The index of a value, which is kept if there is still room.
    #[must_use]
    pub fn intern(&self, value: &str) -> Interned {
        if value == OTHER {
            return self.other();
        }
        if value.is_empty() || value.len() > MAX_VALUE_BYTES || value.chars().any(char::is_control) {
            return self.overflow(value, "it is no label value");
        }
        for (index, slot) in (0u32..).zip(&self.slots) {
            // The value lives as long as the program, and there are no more than N of them.
            let kept = slot.get_or_init(|| Box::leak(Box::from(value)));
            if *kept == value {
                return Interned(index);
            }
        }
        self.overflow(value, "the label has all the values that it may have")
    }

    /// The index in the label's set, whatever label the value was made for.
    #[must_use]
    pub fn index(&self, value: Interned) -> usize {
        match self.slots.get(value.0 as usize) {
            Some(slot) if slot.get().is_some() => value.0 as usize,
            _ => self.other().0 as usize,
        }
    }

    /// The text of a value; `None` where nothing has it yet.
    #[must_use]
    pub fn value(&self, index: usize) -> Option<&'static str> {
        match self.slots.get(index) {
            Some(slot) => slot.get().copied(),
            None => (index == N && self.has_other.load(Ordering::Acquire)).then_some(OTHER),
        }
    }

    /// Which label's values they are: those of the type `L`.
    #[must_use]
    pub fn capped<L>(&'static self) -> Capped {
        Capped::new::<L>(core::ptr::from_ref(self).addr())
    }

    fn other(&self) -> Interned {
        self.has_other.store(true, Ordering::Release);
        #[allow(clippy::cast_possible_truncation, reason = "the derive allows no more than 10,000")]
        Interned(N as u32)
    }

    #[cold]
    fn overflow(&self, value: &str, why: &str) -> Interned {
        self.overflow_counter.record(record::current_mode(), 0, Sample::Increment(1));
        if !self.has_logged.swap(true, Ordering::Relaxed) {
            let shown: String = value.chars().take(LOGGED_CHARACTERS).flat_map(char::escape_debug).collect();
            tracing::warn!(
                label = self.label,
                value = shown,
                max_values = N,
                "a label's value is counted as `other`, as all further ones will be: {why}"
            );
        }
        self.other()
    }
}
