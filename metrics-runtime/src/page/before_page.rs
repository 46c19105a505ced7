//! Code of the program that runs before each page, for values that are read only then.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::util::catch_panic;

/// The program's hooks, in the order in which the program gave them.
#[derive(Clone, Default)]
pub(crate) struct BeforePage(Vec<Hook>);

#[derive(Clone)]
struct Hook {
    run: Arc<dyn Fn() + Send + Sync>,
    has_panicked: Arc<AtomicBool>,
}

thread_local! {
    /// Whether this thread runs hooks now. A hook that asks for a page would otherwise run itself again, without an end.
    static IS_RUNNING: Cell<bool> = const { Cell::new(false) };
}

impl BeforePage {
    pub(crate) fn add(&mut self, run: impl Fn() + Send + Sync + 'static) {
        self.0.push(Hook { run: Arc::new(run), has_panicked: Arc::default() });
    }

    /// Runs the hooks. A panic ends only the hook: its values are the old ones, and the page is made.
    pub(super) fn run(&self) {
        if self.0.is_empty() || IS_RUNNING.replace(true) {
            return;
        }
        for hook in &self.0 {
            if catch_panic(|| (hook.run)()).is_none() && !hook.has_panicked.swap(true, Ordering::Relaxed) {
                tracing::error!(
                    "a function given to `before_page` has panicked: its metrics may be old; later panics of it are not logged"
                );
            }
        }
        IS_RUNNING.set(false);
    }
}

impl fmt::Debug for BeforePage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BeforePage({})", self.0.len())
    }
}
