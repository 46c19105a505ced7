//! Whatever a program does with its labels, the page never has more series than `max_series()`.

#![allow(clippy::float_cmp, reason = "counts are whole numbers")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex, MutexGuard, PoisonError};
use std::thread;

use metrics_runtime::{Interned, Label, Metric, counted, counted_failure, declare_metrics, timed};
use system_tests::{Log, Page};

const THREADS: u64 = 8;
const CALLS: u64 = 5_000;
const SEED: u64 = 11;

#[derive(Clone, Copy, Debug, Label)]
enum Step {
    Text2image,
    Upscale,
}

#[derive(Clone, Copy, Debug, PartialEq, Label)]
#[label(max_values = 7)]
struct Workflow(Interned);

#[derive(Clone, Copy, Debug, PartialEq, Label)]
#[label(max_values = 2)]
struct Model(Interned);

/// Written by hand, to make as many series as possible: its index has no limit, and its text is new each time.
#[derive(Clone, Copy, Debug)]
struct Hostile(usize);

impl Label for Hostile {
    const CARDINALITY: usize = 3;

    fn index(&self) -> usize {
        self.0
    }

    fn value(_: usize) -> Option<&'static str> {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        Some(Box::leak(format!("text {}", ASKED.fetch_add(1, Ordering::Relaxed)).into_boxed_str()))
    }
}

declare_metrics! {
    /// Jobs by their workflow.
    counter JOBS = "cardinality_jobs_total", labels(workflow: Workflow, urgent: bool);
    /// How long jobs waited.
    histogram WAIT = "cardinality_wait_seconds", labels(model: Option<Model>), buckets(1, 2);
}

#[timed(
    histogram = "cardinality_seconds",
    labels(workflow, outcome, rogue: Hostile = Hostile(number % 5)),
    buckets(0.5)
)]
#[counted(counter = "cardinality_total", on = end, labels(model: Model = |result| Model::new(&format!("{result:?}"))))]
#[counted_failure(counter = "cardinality_failures_total", labels(step, workflow))]
#[counted(counter = JOBS, labels(workflow = Workflow::new(&format!("workflow-{}", number % 20)), urgent = number.is_multiple_of(2)))]
fn call(step: Step, workflow: Workflow, number: usize) -> Result<usize, String> {
    let _ = (step, workflow);
    if number.is_multiple_of(3) { Err(format!("{number}")) } else { Ok(number) }
}

/// One of two places of the same metric: with a label whose text is new each time, both still share their series.
#[counted(counter = "cardinality_rogue_total", labels(rogue: Hostile = Hostile(number)))]
fn first_place(number: usize) {
    let _ = number;
}

#[counted(counter = "cardinality_rogue_total", labels(rogue: Hostile = Hostile(number)))]
fn second_place(number: usize) {
    let _ = number;
}

fn random_text(random: &mut fastrand::Rng) -> String {
    let length = random.usize(..200);
    let alphabet = ['a', 'b', '"', '\\', '\n', 'ä', '{', '}', '='];
    if random.bool() {
        return format!("workflow-{}", random.u32(..20));
    }
    (0..length).map(|_| alphabet[random.usize(..alphabet.len())]).collect()
}

fn series(page: &str) -> BTreeSet<&str> {
    let lines = page.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| line.rsplit_once(' ')).map(|(series, _)| series).collect()
}

/// Lets one test run at a time. The log that one of them reads could stay empty if another test wrote the first line
/// while the log is made, because `tracing` would then remember the line as one that is not read.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

// One test: all of it is about one program.
#[test]
fn the_page_never_has_more_series_than_the_compiler_allowed() {
    let _alone = alone();
    let handle = metrics_runtime::builder().no_listener().init().expect("the settings are valid");
    let catalog = metrics_runtime::catalog();
    // Metrics that this test does not use have no series.
    let is_used =
        |metric: &&Metric| !metric.sites().iter().any(|site| site.module().starts_with("metrics_runtime::redis"));
    let limit: u64 = catalog.metrics().filter(is_used).map(Metric::max_series).sum();
    let barrier = Barrier::new(usize::try_from(THREADS).expect("it is small"));
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (barrier, handle) = (&barrier, &handle);
            scope.spawn(move || {
                let mut random = fastrand::Rng::with_seed(SEED + thread);
                barrier.wait();
                for at in 0..CALLS {
                    let workflow = Workflow::new(&random_text(&mut random));
                    let step = if random.bool() { Step::Text2image } else { Step::Upscale };
                    let _ = call(step, workflow, random.usize(..));
                    first_place(random.usize(..5));
                    second_place(random.usize(..5));
                    JOBS.with(Workflow(Model::new("x").0), random.bool()).increment(1);
                    let model = random.bool().then(|| Model::new(&random_text(&mut random)));
                    WAIT.with(model).observe(random.f64());
                    if at % 1000 == 0 {
                        assert!(series(&handle.render()).len() as u64 <= limit);
                    }
                }
            });
        }
    });
    let text = handle.render();
    let seen = series(&text).len() as u64;
    assert!(seen <= limit, "{seen} series are on the page, and no more than {limit} are allowed:\n{text}");
    assert!(seen * 4 > limit, "the test stays far below the limit: {seen} of {limit}:\n{text}");

    let page = Page::from(text);
    let workflows: BTreeSet<String> =
        page.series("cardinality_failures_total").into_iter().map(|(labels, _)| labels["workflow"].clone()).collect();
    assert!((3..=8).contains(&workflows.len()), "seven values and `other`, if all have failed: {workflows:?}");
    assert!(workflows.contains("other"));
    // Each call is counted, whatever its labels.
    let calls = f64::from(u32::try_from(THREADS * CALLS).expect("it is a small number"));
    let total = |name: &str| page.series(name).iter().map(|(_, value)| value).sum::<f64>();
    assert_eq!(total("cardinality_seconds_count"), calls);
    assert_eq!(total("cardinality_total"), calls);
    assert_eq!(total("cardinality_rogue_total"), 2.0 * calls);
    assert_eq!(page.series("cardinality_rogue_total").len(), 4, "three values and `none`, at both places");
    assert_eq!(total("cardinality_jobs_total"), 2.0 * calls);
    assert_eq!(total("cardinality_wait_seconds_count"), calls);
    for label in ["workflow", "model"] {
        let overflow = page.value("metrics_label_overflow_total", &[("label", label)]);
        assert!(overflow.is_some_and(|overflow| overflow > 1000.0), "{label}: {overflow:?}");
    }

    let catalog = metrics_runtime::catalog();
    let overflow = catalog.metric("metrics_label_overflow_total").expect("there are capped labels");
    assert_eq!(
        overflow.labels()[0].values(),
        ["few", "logged_once", "model", "name", "queue", "racing", "workflow"],
        "all capped labels that are linked"
    );
    assert_eq!(overflow.max_series(), 7);
    let metric = catalog.metric("cardinality_failures_total").expect("it is there");
    assert_eq!(metric.labels()[1].max_values(), 8);
    assert_eq!(metric.max_series(), 2 * 8 * 4);
    assert_eq!(catalog.metrics().map(Metric::max_series).sum::<u64>(), catalog.max_series());
}

#[test]
fn a_text_that_cannot_be_a_label_value_is_other() {
    #[derive(Clone, Copy, PartialEq, Debug, Label)]
    #[label(max_values = 2)]
    struct Few(Interned);

    let _alone = alone();
    assert_eq!(Few::new("").as_str(), "other");
    assert_eq!(Few::new("two\nlines").as_str(), "other");
    assert_eq!(Few::new(&"x".repeat(129)).as_str(), "other");
    let long = "x".repeat(128);
    assert_eq!(Few::new(&long).as_str(), long);
    assert_eq!(Few::new("other").as_str(), "other");
    let second = Few::new("ä \"quoted\"");
    assert_eq!(second.as_str(), "ä \"quoted\"");
    assert_eq!(Few::new("third").as_str(), "other");
    assert_eq!(Few::new("ä \"quoted\""), second, "the same text is the same value");
}

#[test]
fn no_more_than_max_values_are_kept_under_any_interleaving() {
    #[derive(Clone, Copy, PartialEq, Debug, Label)]
    #[label(max_values = 5)]
    struct Racing(Interned);

    let _alone = alone();
    let barrier = Barrier::new(usize::try_from(THREADS).expect("it is small"));
    let all: BTreeSet<(String, &'static str)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    let mut random = fastrand::Rng::with_seed(thread);
                    let texts = (0..10_000).map(|_| format!("value-{}", random.u32(..12)));
                    texts.map(|text| (text.clone(), Racing::new(&text).as_str())).collect::<BTreeSet<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no thread panics")).collect()
    });
    let kept: BTreeSet<&str> = all.iter().map(|(_, kept)| *kept).filter(|kept| *kept != "other").collect();
    assert_eq!(kept.len(), 5);
    // Each text is either always kept or never.
    assert_eq!(all.len(), 12, "{all:?}");
    assert!(all.iter().all(|(text, kept)| text == kept || *kept == "other"));
}

#[test]
fn the_first_refused_value_is_logged_once_shortened_and_escaped() {
    #[derive(Clone, Copy, PartialEq, Debug, Label)]
    #[label(max_values = 1)]
    struct LoggedOnce(Interned);

    let _alone = alone();
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    tracing::subscriber::with_default(subscriber, || {
        let _ = LoggedOnce::new("kept");
        let _ = LoggedOnce::new(&format!("line\nbreak{}", "x".repeat(500)));
        let _ = LoggedOnce::new("refused too");
    });
    let text = log.text();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("WARN") && text.contains("label=\"logged_once\"") && text.contains("max_values=1"), "{text}");
    assert!(text.contains("line") && text.contains("break") && !text.contains(&"x".repeat(100)), "{text}");
}
