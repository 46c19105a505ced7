//! Our performance targets, and whether they are met.

use crate::calls::{Calls, ratio};
use crate::cold::Cold;
use crate::growth::Growth;
use crate::instructions::Instructions;
use crate::latency::Latency;
use crate::others::Others;
use crate::pages::Pages;
use crate::receivers::Receivers;
use crate::report::{head, row};
use crate::series::Series;
use crate::start::Start;
use crate::subjects::{ALL_FOUR, AUTOMETRICS, EXPORTER, FLOOR, MEASURED, PROMETHEUS, PROMETHEUS_CLIENT, TIMED, VISE};
use crate::threads::Threads;

/// A figure and its limit.
pub struct Target {
    what: String,
    figure: f64,
    limit: Limit,
}

enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

/// All that was measured.
pub struct Measured {
    pub calls: Calls,
    pub cold: Cold,
    pub others: Others,
    pub instructions: Instructions,
    pub pages: Pages,
    pub growth: Growth,
    pub latency: Latency,
    pub receivers: Receivers,
    pub threads: Threads,
}

pub fn table(targets: Vec<Vec<Target>>) -> String {
    let mut table = head(&["", "target", "measured", "met"]);
    for Target { what, figure, limit } in targets.into_iter().flatten() {
        let (target, is_met) = match limit {
            Limit::AtMost(most) => (format!("at most {most}"), figure <= most),
            Limit::AtLeast(least) => (format!("at least {least}"), figure >= least),
        };
        table += &row(&[what, target, format!("{figure:.2}"), if is_met { "yes" } else { "**no**" }.to_owned()]);
    }
    table
}

/// The targets for many series.
pub fn of_series(series: &Series) -> Vec<Target> {
    vec![
        Target {
            what: "milliseconds of a page of 100,000 series".to_owned(),
            figure: series.ours(),
            limit: Limit::AtMost(50.0),
        },
        Target {
            what: "page of `metrics-exporter-prometheus` with 100,000 series, relative to ours".to_owned(),
            figure: series.exporter(),
            limit: Limit::AtLeast(15.0),
        },
    ]
}

/// The targets for the start of a program.
pub fn of_start(start: &Start) -> Vec<Target> {
    vec![
        Target {
            what: "milliseconds of `init()` with 100,000 series from the start".to_owned(),
            figure: start.until_ready(),
            limit: Limit::AtMost(50.0),
        },
        Target {
            what: "milliseconds of the first page after it".to_owned(),
            figure: start.first_page(),
            limit: Limit::AtMost(50.0),
        },
        Target {
            what: "the same first page of `metrics-exporter-prometheus`, relative to ours".to_owned(),
            figure: start.exporter(),
            limit: Limit::AtLeast(15.0),
        },
    ]
}

/// The targets for calls and pages of usual programs.
pub fn of_calls(measured: &Measured) -> Vec<Target> {
    let Measured { calls, cold, others, instructions, pages, growth, latency, receivers, threads } = measured;
    let mut targets = Vec::new();
    let mut target = |what: &str, figure, limit| targets.push(Target { what: what.to_owned(), figure, limit });
    let sync = |of, to, threads| ratio(&calls.sync, of, to, threads);
    target("timed call, relative to the floor, 1 thread", sync(TIMED, FLOOR, 0), Limit::AtMost(1.35));
    target("timed call, relative to the floor, 2 threads", sync(TIMED, FLOOR, 1), Limit::AtMost(1.35));
    target("timed async call, relative to the floor", ratio(&calls.asynchronous, TIMED, FLOOR, 0), Limit::AtMost(1.8));
    target("all four attributes, relative to the floor", sync(ALL_FOUR, FLOOR, 0), Limit::AtMost(2.2));
    target("timed call, instructions over the plain function", instructions.of(TIMED), Limit::AtMost(65.0));
    target(
        "all four attributes, instructions over the plain function",
        instructions.of(ALL_FOUR),
        Limit::AtMost(115.0),
    );
    target("timed async call that is not at hand, relative to the floor", cold.two(), Limit::AtMost(1.25));
    target("all four attributes, async and not at hand, relative to the floor", cold.four(), Limit::AtMost(1.4));
    target("another crate's counter, relative to the exporter alone", others.counters(), Limit::AtMost(1.05));
    target(
        "another crate's gauge or histogram, relative to the exporter alone",
        others.gauges_and_histograms(),
        Limit::AtMost(1.05),
    );
    target("`autometrics`, relative to a timed call", sync(AUTOMETRICS, TIMED, 0), Limit::AtLeast(30.0));
    for peer in [PROMETHEUS, MEASURED, VISE, PROMETHEUS_CLIENT] {
        target(&format!("`{peer}`, relative to a timed call"), sync(peer, TIMED, 0), Limit::AtLeast(3.0));
    }
    target(
        "`metrics-exporter-prometheus`, relative to a timed call, 1 thread",
        sync(EXPORTER, TIMED, 0),
        Limit::AtLeast(1.5),
    );
    target(
        "`metrics-exporter-prometheus`, relative to a timed call, 2 threads",
        sync(EXPORTER, TIMED, 1),
        Limit::AtLeast(4.0),
    );
    let allocations = calls.sync.iter().chain(&calls.asynchronous).filter(|cost| [TIMED, ALL_FOUR].contains(&cost.key));
    let allocations = allocations.map(|cost| cost.allocations).sum();
    target("allocations of our calls", allocations, Limit::AtMost(0.0));
    target(
        "metrics switched off: nanoseconds over the plain function",
        calls.off.first().copied().unwrap_or(f64::NAN),
        Limit::AtMost(1.0),
    );
    let exporter = pages.times_ours("metrics-exporter-prometheus");
    target("page of `metrics-exporter-prometheus`, relative to ours", exporter, Limit::AtLeast(15.0));
    target("page of `measured`, relative to ours", pages.times_ours("measured"), Limit::AtLeast(3.0));
    let own = pages.of("metrics-runtime");
    // The buffer is allocated with a sixteenth more than the size of the previous page.
    target(
        "bytes allocated for a second page, relative to its size",
        own.map_or(f64::NAN, |page| page.allocated),
        Limit::AtMost(1.07),
    );
    target("bytes per label set, one shard", own.map_or(f64::NAN, |page| page.memory), Limit::AtMost(200.0));
    target("megabytes for 100,000,000 samples", growth.ours() / 1e6, Limit::AtMost(0.1));
    target("p99.9 of a call while pages are made, relative to p99.9 without", latency.ratio(), Limit::AtMost(2.0));
    target(
        "p99.9 of a call beside a dead receiver, relative to p99.9 without export",
        receivers.worst(),
        Limit::AtMost(2.0),
    );
    let (memory, page) = threads.times_one_thread(64);
    target("memory with 64 threads, relative to one thread", memory, Limit::AtMost(16.0));
    target("page with 64 threads, relative to one thread", page, Limit::AtMost(3.0));
    target("memory with 512 threads, relative to one thread", threads.times_one_thread(512).0, Limit::AtMost(20.0));
    target(
        "timed call on a thread that shares memory, relative to the floor",
        threads.shared_to_floor(),
        Limit::AtMost(1.5),
    );
    targets
}
