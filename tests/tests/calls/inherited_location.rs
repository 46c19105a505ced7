//! `#[track_caller]` that a trait's declaration has, and that its implementations inherit. Tokens do not show it.

use std::ops::{Index, IndexMut};
use std::panic::Location;
use std::sync::OnceLock;

use metrics_runtime::timed;

use super::support::{metrics, panics, sure};

/// Keeps the line of the caller that the body sees.
type Line = OnceLock<u32>;

#[derive(Default)]
struct Plain(Line);
#[derive(Default)]
struct Timed(Line);
#[derive(Default)]
struct ByOutcome(Line);

impl Index<()> for Plain {
    type Output = Line;

    fn index(&self, (): ()) -> &Line {
        let _ = self.0.set(Location::caller().line());
        &self.0
    }
}

impl Index<()> for Timed {
    type Output = Line;

    #[timed(histogram = "inherited_location_seconds")]
    fn index(&self, (): ()) -> &Line {
        let _ = self.0.set(Location::caller().line());
        &self.0
    }
}

impl Index<()> for ByOutcome {
    type Output = Line;

    #[timed(histogram = "inherited_location_by_outcome_seconds", labels(outcome))]
    fn index(&self, (): ()) -> &Line {
        let _ = self.0.set(Location::caller().line());
        &self.0
    }
}

impl IndexMut<bool> for ByOutcome {
    #[timed(histogram = "inherited_location_early_seconds", labels(outcome))]
    fn index_mut(&mut self, early: bool) -> &mut Line {
        let _ = self.0.set(Location::caller().line());
        if early {
            return &mut self.0;
        }
        panic!("late");
    }
}

impl Index<bool> for ByOutcome {
    type Output = Line;

    fn index(&self, _: bool) -> &Line {
        &self.0
    }
}

impl ByOutcome {
    #[track_caller]
    #[timed(histogram = "written_location_seconds", labels(outcome))]
    fn written(&self) -> &Line {
        let _ = self.0.set(Location::caller().line());
        &self.0
    }
}

#[test]
fn the_caller_is_seen_where_a_reference_is_returned() {
    metrics();
    let (plain, timed, by_outcome) = (Plain::default(), Timed::default(), ByOutcome::default());
    let [plain, timed, by_outcome] = [&plain[()], &timed[()], &by_outcome[()]].map(|line| line.get().copied());
    let here = Some(line!() - 1);
    assert_eq!((plain, timed, by_outcome), (here, here, here));
    let written = ByOutcome::default();
    assert_eq!((written.written().get(), line!()), (Some(&line!()), line!()));
    assert!(sure("inherited_location_by_outcome_seconds_count{outcome=\"ok\"}") >= 1.0);
}

#[test]
fn an_early_reference_is_ok_and_a_panic_is_not() {
    metrics();
    let mut by_outcome = ByOutcome::default();
    let early = by_outcome[true].get().copied();
    assert_eq!(early, None);
    #[expect(clippy::needless_borrow, clippy::unnecessary_mut_passed, reason = "it is to be indexed as mutable")]
    let early = (&mut by_outcome[true]).get().copied();
    assert_eq!(early, Some(line!() - 1));
    panics(|| _ = &mut by_outcome[false]);
    let count = |outcome: &str| sure(&format!("inherited_location_early_seconds_count{{outcome=\"{outcome}\"}}"));
    assert_eq!((count("ok"), count("panic")), (1.0, 1.0));
}
