//! `#[track_caller]` that a trait's declaration has, and that its implementations inherit. Tokens do not show it.

use std::ops::Index;
use std::panic::Location;
use std::sync::OnceLock;

use metrics_runtime::timed;

use super::support::metrics;

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

#[test]
fn the_caller_is_seen_where_the_outcome_is_not_recorded() {
    metrics();
    let (plain, timed, by_outcome) = (Plain::default(), Timed::default(), ByOutcome::default());
    let [plain, timed, by_outcome] = [&plain[()], &timed[()], &by_outcome[()]].map(|line| line.get().copied());
    let here = Some(line!() - 1);
    assert_eq!((plain, timed), (here, here));
    // A documented limit: the body runs in a closure, which does not pass the location on.
    assert_ne!(by_outcome, here);
}
