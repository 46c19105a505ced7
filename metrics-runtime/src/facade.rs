//! The recorder of the `metrics` facade.

use std::ptr::from_ref;
use std::sync::atomic::{AtomicUsize, Ordering};

use metrics::Recorder;

use crate::unwind::unless_it_panics;

/// Where the recorder of the whole program is, once that was asked; zero before.
static GLOBAL: AtomicUsize = AtomicUsize::new(0);

fn place_of(recorder: &dyn Recorder) -> usize {
    from_ref(recorder).addr()
}

/// Where the calling thread's recorder is, if it keeps anything. What the facade hands out for want of one has no size. So
/// may a recorder that keeps everything in statics.
pub(crate) fn place() -> Option<usize> {
    metrics::with_recorder(|recorder| (size_of_val(recorder) > 0).then(|| place_of(recorder)))
}

/// Where the recorder of the whole program is, if that was asked already.
pub(crate) fn global() -> Option<usize> {
    Some(GLOBAL.load(Ordering::Relaxed)).filter(|place| *place > 0)
}

/// Asks the calling thread's recorder; `None` where it panics: metrics must not break the program that they measure.
pub(crate) fn with_recorder<T>(ask: impl FnOnce(&dyn Recorder) -> T) -> Option<T> {
    unless_it_panics(|| metrics::with_recorder(ask))
}

/// Asks the recorder that is installed for the whole program. A thread may have a recorder of its own, which the facade
/// asks first; where it has, another thread asks. `None` where the recorder panics, or there can be no other thread.
pub(crate) fn with_global_recorder<T: Send>(ask: impl FnOnce(&dyn Recorder) -> T + Send) -> Option<T> {
    // A recorder without a size, which may be at the same place as another, has none here.
    if place().is_some() && place() == global() {
        return with_recorder(ask);
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("metrics".to_owned());
        let asked = thread.spawn_scoped(scope, || {
            with_recorder(|recorder| {
                GLOBAL.store(place_of(recorder), Ordering::Relaxed);
                ask(recorder)
            })
        });
        asked.ok()?.join().ok()?
    })
}
