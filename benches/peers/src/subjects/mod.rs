//! The same function, measured with each library in the way that its documentation recommends.

mod autometrics;
mod exporter;
mod measured;
mod metered;
pub mod forms;
pub mod ours;
mod prometheus;
mod prometheus_client;
mod tracing;
mod vise;

use std::hint::black_box;
use std::sync::{LazyLock, Once};
use std::task::{Context, Waker};

/// One way to measure the function.
pub struct Subject {
    /// Its name on the command line.
    pub key: &'static str,
    /// The crate, which the table shows with its version; empty for the plain function.
    pub of: &'static str,
    /// Its name in the table.
    pub name: &'static str,
    pub call: fn(u32),
}

pub const PLAIN: &str = "plain";
pub const FLOOR: &str = "floor";
pub const TIMED: &str = "timed";
pub const ALL_FOUR: &str = "all-four";
pub const EXPORTER: &str = "exporter";
pub const PROMETHEUS: &str = "prometheus";
pub const PROMETHEUS_CLIENT: &str = "prometheus-client";
pub const VISE: &str = "vise";
pub const MEASURED: &str = "measured";
pub const AUTOMETRICS: &str = "autometrics";

/// The plain function, the floor, then the others.
pub static SYNC: [Subject; 14] = [
    Subject { key: PLAIN, of: "", name: "the plain function", call: plain },
    Subject { key: FLOOR, of: "quanta", name: "two raw clock reads (the floor)", call: floor },
    Subject { key: TIMED, of: "metrics-runtime", name: "`#[timed]`, `#[counted_failure]`", call: ours::timed },
    Subject { key: ALL_FOUR, of: "metrics-runtime", name: "all four attributes", call: ours::all_four },
    Subject {
        key: EXPORTER,
        of: "metrics-exporter-prometheus",
        name: "cached handles, `quanta` clock",
        call: exporter::cached,
    },
    Subject {
        key: "exporter-std",
        of: "metrics-exporter-prometheus",
        name: "cached handles, `std` clock",
        call: exporter::cached_std,
    },
    Subject {
        key: "macros",
        of: "metrics",
        name: "macros with labels at every call, `std` clock",
        call: exporter::macros,
    },
    Subject { key: PROMETHEUS, of: "prometheus", name: "cached handles", call: prometheus::cached },
    Subject {
        key: PROMETHEUS_CLIENT,
        of: "prometheus-client",
        name: "cached handles",
        call: prometheus_client::cached,
    },
    Subject { key: VISE, of: "vise", name: "cached handles", call: vise::cached },
    Subject { key: MEASURED, of: "measured", name: "cached label", call: measured::cached },
    Subject { key: "metered", of: "metered", name: "`#[measure]`", call: metered::call },
    Subject { key: "tracing", of: "tracing", name: "`#[instrument]` with a registry", call: tracing::call },
    Subject { key: AUTOMETRICS, of: "autometrics", name: "`#[autometrics]`", call: autometrics::call },
];

/// The same for an async function, which is polled once.
pub static ASYNC: [Subject; 6] = [
    Subject { key: PLAIN, of: "", name: "the plain async function", call: |number| poll(plain_async(number)) },
    Subject {
        key: FLOOR,
        of: "quanta",
        name: "two raw clock reads (the floor)",
        call: |number| poll(floor_async(number)),
    },
    Subject {
        key: TIMED,
        of: "metrics-runtime",
        name: "`#[timed]`, `#[counted_failure]`",
        call: |number| poll(ours::timed_async(ours::STEP, number)),
    },
    Subject {
        key: ALL_FOUR,
        of: "metrics-runtime",
        name: "all four attributes",
        call: |number| poll(ours::all_four_async(ours::STEP, number)),
    },
    Subject {
        key: "tracing",
        of: "tracing",
        name: "`#[instrument]` with a registry",
        call: |number| poll(tracing::traced_async(number)),
    },
    Subject {
        key: AUTOMETRICS,
        of: "autometrics",
        name: "`#[autometrics]`",
        call: |number| poll(autometrics::autometrics_async(number)),
    },
];

impl Subject {
    /// The first cell of its row.
    pub fn title(&self) -> String {
        if self.of.is_empty() {
            return self.name.to_owned();
        }
        format!("`{}` {}: {}", self.of, crate::report::version(self.of), self.name)
    }
}

/// The library, and how it makes a page. Each label set has a counter and a histogram.
pub static PAGES: [(&str, MakePage); 6] = [
    ("metrics-runtime", ours::page),
    ("metrics-exporter-prometheus", exporter::page),
    ("prometheus", prometheus::page),
    ("prometheus-client", prometheus_client::page),
    ("vise", vise::page),
    ("measured", measured::page),
];

/// Records the given number of label sets, and returns how to write their page.
pub type MakePage = fn(u32) -> Page;

/// The library, and how one of many threads records. The first of these also makes pages.
pub static THREADS: [(&str, MakeRecorder); 3] = [
    ("metrics-runtime", ours::recorder),
    ("metrics-exporter-prometheus", exporter::recorder_of_threads),
    ("prometheus-client", prometheus_client::recorder),
];

/// Gives how a thread records, and how to write the page of what all threads have recorded.
pub type MakeRecorder = fn() -> (Record, Page);

/// Records the given number of label sets. Each thread does so.
pub type Record = Box<dyn Fn(u32) + Send + Sync>;

/// Writes a page.
pub type Page = Box<dyn Fn() -> String>;

/// The sample for a label set, the same for each library.
pub fn sample(set: u32) -> f64 {
    f64::from(set % 1300)
}

/// The labels of a set; the second has 100 values, and each value of the first is used in 100 sets.
pub fn labels(set: u32) -> (String, String) {
    (format!("first-{}", set / 100), format!("second-{}", set % 100))
}

pub const BUCKETS: [f64; 8] = [10.0, 20.0, 40.0, 60.0, 120.0, 300.0, 600.0, 1200.0];

/// Installs the recorders and subscribers that a program installs once.
pub fn set_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        autometrics::set_up();
        tracing::set_up();
        ours::set_up();
    });
}

/// The page of `metrics-runtime`.
pub fn render() -> String {
    ours::render()
}

/// The recorder of `metrics-exporter-prometheus`, which no other stands in front of.
pub fn exporter_alone() -> &'static dyn metrics::Recorder {
    exporter::recorder_alone()
}

/// Does the upkeep of a program between the rounds.
pub fn between_rounds() {
    exporter::upkeep();
}

#[inline(always)]
pub fn work(number: u32) -> Result<u32, std::fmt::Error> {
    if black_box(number) == u32::MAX { Err(std::fmt::Error) } else { Ok(number) }
}

pub static CLOCK: LazyLock<quanta::Clock> = LazyLock::new(quanta::Clock::new);

fn plain(number: u32) {
    let _ = black_box(work(number));
}

fn floor(number: u32) {
    let start = CLOCK.raw();
    let _ = black_box(work(number));
    black_box(CLOCK.raw() - start);
}

async fn plain_async(number: u32) -> Result<u32, std::fmt::Error> {
    work(number)
}

async fn floor_async(number: u32) -> Result<u32, std::fmt::Error> {
    let start = CLOCK.raw();
    let result = black_box(work(number));
    black_box(CLOCK.raw() - start);
    result
}

fn poll(future: impl Future) {
    let ready = std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_ready();
    assert!(black_box(ready));
}
