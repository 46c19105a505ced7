//! More threads at the same time than can each have memory of their own.

#![cfg(target_os = "linux")]
#![allow(clippy::float_cmp, reason = "counts are whole numbers")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, OnceLock};
use std::thread::{self, JoinHandle};

use metrics_runtime::{Handle, Interned, Label, counted, declare_metrics, in_flight, timed};
use system_tests::Page;

#[derive(Clone, Copy, Label)]
#[label(max_values = 80)]
struct Wide(Interned);

/// Metrics in which one thread takes much memory: 80 series of 88 bytes in each.
macro_rules! wide {
    ($($name:ident = $metric:literal)*) => {
        declare_metrics! {$(
            /// Wide.
            histogram $name = $metric, labels(wide: Wide), buckets(1, 2, 3, 4, 5, 6, 7, 8);
        )*}

        const NUMBER_OF_WIDE: usize = [$($metric),*].len();

        fn record_in_all() {
            for wide in 0..80 {
                let wide = Wide::new(&wide.to_string());
                $($name.with(wide).observe(2.5);)*
            }
        }
    };
}

wide! {
    WIDE_00 = "many_threads_wide_00_seconds"
    WIDE_01 = "many_threads_wide_01_seconds"
    WIDE_02 = "many_threads_wide_02_seconds"
    WIDE_03 = "many_threads_wide_03_seconds"
    WIDE_04 = "many_threads_wide_04_seconds"
    WIDE_05 = "many_threads_wide_05_seconds"
    WIDE_06 = "many_threads_wide_06_seconds"
    WIDE_07 = "many_threads_wide_07_seconds"
    WIDE_08 = "many_threads_wide_08_seconds"
    WIDE_09 = "many_threads_wide_09_seconds"
    WIDE_10 = "many_threads_wide_10_seconds"
    WIDE_11 = "many_threads_wide_11_seconds"
    WIDE_12 = "many_threads_wide_12_seconds"
    WIDE_13 = "many_threads_wide_13_seconds"
    WIDE_14 = "many_threads_wide_14_seconds"
    WIDE_15 = "many_threads_wide_15_seconds"
    WIDE_16 = "many_threads_wide_16_seconds"
    WIDE_17 = "many_threads_wide_17_seconds"
    WIDE_18 = "many_threads_wide_18_seconds"
    WIDE_19 = "many_threads_wide_19_seconds"
    WIDE_20 = "many_threads_wide_20_seconds"
    WIDE_21 = "many_threads_wide_21_seconds"
    WIDE_22 = "many_threads_wide_22_seconds"
    WIDE_23 = "many_threads_wide_23_seconds"
    WIDE_24 = "many_threads_wide_24_seconds"
    WIDE_25 = "many_threads_wide_25_seconds"
    WIDE_26 = "many_threads_wide_26_seconds"
    WIDE_27 = "many_threads_wide_27_seconds"
    WIDE_28 = "many_threads_wide_28_seconds"
    WIDE_29 = "many_threads_wide_29_seconds"
    WIDE_30 = "many_threads_wide_30_seconds"
    WIDE_31 = "many_threads_wide_31_seconds"
}

declare_metrics! {
    /// Observations whose sum is known.
    histogram KNOWN = "many_threads_known_seconds", buckets(0.5, 1);
}

#[timed(histogram = "many_threads_seconds")]
#[counted(counter = "many_threads_started_total")]
#[counted(counter = "many_threads_ended_total", on = end)]
#[in_flight(gauge = "many_threads_active")]
fn call() {
    KNOWN.observe(0.75);
}

fn metrics() -> &'static Handle {
    static HANDLE: OnceLock<Handle> = OnceLock::new();
    HANDLE.get_or_init(|| metrics_runtime::builder().no_listener().init().expect("the settings are valid"))
}

/// More threads than can own their memory, and than there is memory to share.
fn many() -> usize {
    12 * thread::available_parallelism().map_or(1, usize::from)
}

fn page() -> Page {
    Page::from(metrics().render())
}

const COUNTS: [&str; 4] = [
    "many_threads_ended_total",
    "many_threads_known_seconds_count",
    "many_threads_seconds_count",
    "many_threads_started_total",
];

/// Checks a page against the one before it.
fn check(before: &mut BTreeMap<&'static str, f64>) {
    let page = page();
    for name in COUNTS {
        let Some(count) = page.value(name, &[]) else { continue };
        let before = before.insert(name, count).unwrap_or_default();
        assert!(count >= before, "{name} went from {before} back to {count}");
    }
    if let Some(active) = page.value("many_threads_active", &[]) {
        assert!(active >= 0.0, "{active} calls are in flight");
    }
    let value = |name| page.value(name, &[]).unwrap_or_default();
    // The calls that have ended come first on the page.
    assert!(value("many_threads_started_total") >= value("many_threads_ended_total"), "{}", page.text());
}

#[test]
fn threads_beyond_the_bound_lose_no_count_while_others_begin_and_end() {
    const ROUNDS: u32 = 6;
    const CALLS: u32 = 2_000;
    metrics();
    let is_done = Arc::new(AtomicBool::new(false));
    let reader = {
        let is_done = Arc::clone(&is_done);
        thread::spawn(move || {
            let mut before = BTreeMap::new();
            while !is_done.load(Ordering::Relaxed) {
                check(&mut before);
            }
        })
    };
    let calls = || (0..CALLS).for_each(|_| call());
    let mut made = 0;
    let mut staying: Vec<JoinHandle<()>> = Vec::new();
    for round in 0..ROUNDS {
        let all_live = Arc::new(Barrier::new(many()));
        let threads: Vec<_> = (0..many())
            .map(|_| {
                let all_live = Arc::clone(&all_live);
                thread::spawn(move || {
                    calls();
                    all_live.wait();
                    // The owners among those of the round before have ended by now, or end meanwhile.
                    calls();
                })
            })
            .collect();
        made += 2 * CALLS * u32::try_from(many()).expect("it is a small number");
        // Half of them end before the next round, and half beside it.
        for thread in std::mem::take(&mut staying) {
            thread.join().expect("no call panics");
        }
        for (number, thread) in threads.into_iter().enumerate() {
            if number % 2 == 0 || round + 1 == ROUNDS {
                thread.join().expect("no call panics");
            } else {
                staying.push(thread);
            }
        }
    }
    is_done.store(true, Ordering::Relaxed);
    reader.join().expect("the reader has seen nothing wrong");
    let page = page();
    for name in COUNTS {
        assert_eq!(page.value(name, &[]), Some(f64::from(made)), "{name}");
    }
    assert_eq!(page.value("many_threads_active", &[]), Some(0.0));
    assert_eq!(page.value("many_threads_known_seconds_sum", &[]), Some(f64::from(made) * 0.75));
}

#[test]
fn threads_beyond_the_bound_take_no_more_memory() {
    const MORE: usize = 200;
    metrics();
    let all = many() + MORE;
    let end = Arc::new(Barrier::new(all + 1));
    let live = |number: usize| -> Vec<JoinHandle<()>> {
        let recorded = Arc::new(Barrier::new(number + 1));
        let threads = (0..number).map(|_| {
            let (recorded, end) = (Arc::clone(&recorded), Arc::clone(&end));
            thread::spawn(move || {
                record_in_all();
                recorded.wait();
                end.wait();
            })
        });
        let threads = threads.collect();
        recorded.wait();
        threads
    };
    let mut threads = live(many());
    let before = resident();
    threads.extend(live(MORE));
    let grown = resident().saturating_sub(before);
    end.wait();
    for thread in threads {
        thread.join().expect("the thread does not panic");
    }
    let page = page();
    let threads = u32::try_from(all).map(f64::from).expect("it is a small number");
    for metric in 0..NUMBER_OF_WIDE {
        let counts = page.series(&format!("many_threads_wide_{metric:02}_seconds_count"));
        assert_eq!(counts.len(), 80);
        assert!(counts.iter().all(|(_, count)| *count == threads), "{counts:?}");
    }
    // With a quarter of a megabyte for each thread it would be more than 40 MB.
    assert!(grown < 20 << 20, "{grown} bytes more than before");
}

/// The memory of this process, in bytes.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("this is Linux");
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("the second is a number");
    pages * 4096
}
