//! What we hold ourselves to, and whether it holds.

use crate::calls::{Calls, ratio};
use crate::growth::Growth;
use crate::latency::Latency;
use crate::pages::Pages;
use crate::report::{head, row};
use crate::subjects::{ALL_FOUR, AUTOMETRICS, EXPORTER, FLOOR, MEASURED, PROMETHEUS, PROMETHEUS_CLIENT, TIMED, VISE};

/// A figure, and the most or the least that it may be.
struct Bar {
    what: String,
    figure: f64,
    limit: Limit,
}

enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

pub fn table(calls: &Calls, pages: &Pages, growth: &Growth, latency: &Latency) -> String {
    let mut table = head(&["", "bar", "measured", "holds"]);
    for Bar { what, figure, limit } in bars(calls, pages, growth, latency) {
        let (bar, holds) = match limit {
            Limit::AtMost(most) => (format!("at most {most}"), figure <= most),
            Limit::AtLeast(least) => (format!("at least {least}"), figure >= least),
        };
        table += &row(&[what, bar, format!("{figure:.2}"), if holds { "yes" } else { "**no**" }.to_owned()]);
    }
    table
}

fn bars(calls: &Calls, pages: &Pages, growth: &Growth, latency: &Latency) -> Vec<Bar> {
    let mut bars = Vec::new();
    let mut bar = |what: &str, figure, limit| bars.push(Bar { what: what.to_owned(), figure, limit });
    let sync = |of, to, threads| ratio(&calls.sync, of, to, threads);
    bar("a timed call to the floor, 1 thread", sync(TIMED, FLOOR, 0), Limit::AtMost(1.35));
    bar("a timed call to the floor, 2 threads", sync(TIMED, FLOOR, 1), Limit::AtMost(1.35));
    bar("a timed async call to the floor", ratio(&calls.asynchronous, TIMED, FLOOR, 0), Limit::AtMost(1.8));
    bar("all four attributes to the floor", sync(ALL_FOUR, FLOOR, 0), Limit::AtMost(2.2));
    bar("`autometrics` to a timed call", sync(AUTOMETRICS, TIMED, 0), Limit::AtLeast(30.0));
    for peer in [PROMETHEUS, MEASURED, VISE, PROMETHEUS_CLIENT] {
        bar(&format!("`{peer}` to a timed call"), sync(peer, TIMED, 0), Limit::AtLeast(3.0));
    }
    bar("the exporter to a timed call, 1 thread", sync(EXPORTER, TIMED, 0), Limit::AtLeast(1.5));
    bar("the exporter to a timed call, 2 threads", sync(EXPORTER, TIMED, 1), Limit::AtLeast(4.0));
    let allocations = calls.sync.iter().chain(&calls.asynchronous).filter(|cost| [TIMED, ALL_FOUR].contains(&cost.key));
    let allocations = allocations.map(|cost| cost.allocations).sum();
    bar("allocations of our calls", allocations, Limit::AtMost(0.0));
    bar("*off*: nanoseconds over plain code", calls.off.first().copied().unwrap_or(f64::NAN), Limit::AtMost(1.0));
    let exporter = pages.times_ours("metrics-exporter-prometheus");
    bar("the exporter's page to ours", exporter, Limit::AtLeast(15.0));
    bar("`measured`'s page to ours", pages.times_ours("measured"), Limit::AtLeast(3.0));
    let own = pages.of("metrics-runtime");
    // A sixteenth more than the page before is what the buffer is made for.
    bar("allocated for a second page, in its size", own.map_or(f64::NAN, |page| page.allocated), Limit::AtMost(1.07));
    bar("bytes a label set, one shard", own.map_or(f64::NAN, |page| page.memory), Limit::AtMost(200.0));
    bar("megabytes that 100,000,000 samples take", growth.ours() / 1e6, Limit::AtMost(0.1));
    bar("p99.9 of a call while pages are made, to that without", latency.ratio(), Limit::AtMost(2.0));
    bars
}
