//! A program that has more series from the start than can be kept.

use system_tests::TemporaryCrate;

/// Each of the two metrics could be kept alone.
const PROGRAM: &str = r#"
use std::sync::LazyLock;

use metrics_runtime::{InitError, Label};

static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| (0..1_000).map(|number| format!("value {number}")).collect());

struct Many<const N: usize>;

impl<const N: usize> Label for Many<N> {
    const CARDINALITY: usize = N;

    fn index(&self) -> usize {
        0
    }

    fn value(index: usize) -> Option<&'static str> {
        TEXTS.get(index).map(String::as_str)
    }
}

metrics_runtime::declare_metrics! {
    /// Counted.
    counter CALLS = "calls_total", labels(kind: Many<500>, part: Many<1_000>);
    /// Measured.
    histogram WAIT = "wait_seconds", labels(kind: Many<100>, part: Many<1_000>), buckets(1, 2, 3);
}

fn main() {
    CALLS.with(Many, Many).increment(1);
    WAIT.with(Many, Many).observe(1.0);
    let refusal = metrics_runtime::builder().no_listener().init().expect_err("there is no room");
    // The toolkit has a few of its own.
    assert!(matches!(refusal, InitError::TooManySeries { series: 600_000..600_100, .. }), "{refusal}");
    println!("{refusal}");
    // Nothing has been installed.
    metrics::set_global_recorder(metrics::NoopRecorder).expect("the program can have another recorder");
}
"#;

#[test]
fn more_series_than_can_be_kept_are_an_error_that_counts_them() {
    let folder = TemporaryCrate::workspace(&["room"]);
    folder.package("room", "metrics = \"0.24.6\"\nmetrics-runtime = { path = \"RUNTIME\" }");
    folder.write("room/src/main.rs", PROGRAM);
    folder.write("metrics.toml", "[limits]\nseries-per-metric = 1000000\n");
    let output = folder.cargo(&["run", "--quiet"]);
    let [said, errors] = [&output.stdout, &output.stderr].map(|stream| String::from_utf8_lossy(stream));
    assert!(output.status.success(), "{said}{errors}");
    for part in [
        "the metrics of the program have 6000",
        " series from the start, which is more than the recorder can hold: it has 1048576 words, ",
        "give labels fewer values or remove labels, first those of `wait_seconds`, which has 100000 of the series",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
