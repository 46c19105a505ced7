//! The value `other` of a capped label stands for several values, so a gauge that is set has no right number there.

use metrics_runtime::{Interned, Label, declare_metrics, testing};
use system_tests::{Page, promtool_parse_metrics};

#[derive(Clone, Copy, Label)]
#[label(max_values = 2)]
struct Queue(Interned);

/// A closed set, whose `other` is a usual value.
#[derive(Clone, Copy, Label)]
enum Place {
    Here,
    Other,
}

declare_metrics! {
    /// Set.
    gauge DEPTH = "others_depth", labels(queue: Queue);
    /// Set, with more labels.
    gauge WEIGHT = "others_weight", labels(place: Place, queue: Option<Queue>);
    /// Raised and lowered.
    gauge ACTIVE = "others_active", labels(queue: Queue);
    /// Of a closed set.
    gauge LOAD = "others_load", labels(place: Place);
}

// One test: a program has one recorder.
#[test]
fn a_gauge_that_is_set_has_no_series_for_other() {
    let handle = metrics_runtime::builder().no_listener().init().expect("the settings are valid");
    for (name, jobs) in [("one", 1.0), ("two", 2.0), ("three", 3.0), ("four", 4.0)] {
        let queue = Queue::new(name);
        DEPTH.with(queue).set(jobs);
        WEIGHT.with(Place::Here, Some(queue)).set(jobs);
        ACTIVE.with(queue).increment(jobs);
    }
    WEIGHT.with(Place::Other, None).set(5.0);
    LOAD.with(Place::Other).set(f64::NAN);
    // What comes after a value that is not known is not known either.
    DEPTH.with(Queue::new("five")).increment(1.0);
    let page = Page::from(handle.render());
    let values = |name: &str| -> Vec<f64> { page.series(name).into_iter().map(|(_, value)| value).collect() };
    assert_eq!(values("others_depth"), [1.0, 2.0], "{}", page.text());
    let series = page.series("others_weight");
    let kept: Vec<f64> = series.iter().filter(|(_, value)| *value > 0.0).map(|(_, value)| *value).collect();
    assert_eq!(kept, [1.0, 2.0, 5.0], "{}", page.text());
    let others = series.iter().filter(|(labels, _)| labels["place"] == "here" && labels["queue"] == "other");
    assert_eq!(others.count(), 0, "{}", page.text());
    // A sum is right.
    assert_eq!(page.value("others_active", &[("queue", "other")]), Some(7.0));
    // Here `other` is one value, and NaN is what the program has set.
    assert!(page.value("others_load", &[("place", "other")]).is_some_and(f64::is_nan), "{}", page.text());
    assert_eq!(promtool_parse_metrics(page.text()), Ok(()));

    let seen = testing::capture(|| DEPTH.with(Queue::new("six")).set(6.0));
    assert!(seen.gauge("others_depth", &[("queue", "other")]).is_nan());
}
