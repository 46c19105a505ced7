//! The cost of a page.

use std::time::Instant;

use crate::allocator;
use crate::report::{head, median, row, version};
use crate::subjects::{PAGES, Page};

const LABEL_SETS: u32 = 10_000;
const ROUNDS: usize = 15;

pub struct Pages(Vec<PageCost>);

pub struct PageCost {
    pub name: &'static str,
    pub milliseconds: f64,
    bytes: usize,
    /// The bytes that the second page allocates, relative to its own size.
    pub allocated: f64,
    /// The bytes per label set, after one thread has recorded.
    pub memory: f64,
}

pub fn measure() -> Pages {
    let pages: Vec<(f64, Page)> = PAGES
        .iter()
        .map(|(_, make)| {
            let before = allocator::live();
            let page = make(LABEL_SETS);
            #[allow(clippy::cast_precision_loss, reason = "it is a small number")]
            let memory = allocator::live().saturating_sub(before) as f64 / f64::from(LABEL_SETS);
            (memory, page)
        })
        .collect();
    let mut times: Vec<Vec<f64>> = pages.iter().map(|_| Vec::new()).collect();
    for (_, page) in &pages {
        page();
    }
    for _ in 0..ROUNDS {
        for ((_, page), times) in pages.iter().zip(&mut times) {
            let start = Instant::now();
            let text = page();
            times.push(start.elapsed().as_secs_f64() * 1e3);
            drop(text);
        }
    }
    let all = PAGES.iter().zip(&pages).zip(&mut times);
    Pages(all.map(|(((name, _), (memory, page)), times)| cost(name, *memory, page, times)).collect())
}

fn cost(name: &'static str, memory: f64, page: &Page, times: &mut [f64]) -> PageCost {
    let (_, before) = allocator::of_this_thread();
    let text = page();
    let (_, after) = allocator::of_this_thread();
    #[allow(clippy::cast_precision_loss, reason = "it is a small number")]
    let allocated = (after - before) as f64 / text.len() as f64;
    PageCost { name, milliseconds: median(times), bytes: text.len(), allocated, memory }
}

impl Pages {
    pub fn of(&self, name: &str) -> Option<&PageCost> {
        self.0.iter().find(|page| page.name == name)
    }

    /// The time for the page of another library, relative to ours.
    pub fn times_ours(&self, name: &str) -> f64 {
        let milliseconds = |name| self.of(name).map_or(f64::NAN, |page| page.milliseconds);
        milliseconds(name) / milliseconds("metrics-runtime")
    }

    pub fn table(&self) -> String {
        let mut table = format!("A page of {LABEL_SETS} label sets, median of {ROUNDS} rounds:\n\n");
        table += &head(&[
            "",
            "milliseconds",
            "relative to ours",
            "megabytes",
            "allocated for it",
            "bytes kept per label set",
        ]);
        for page in &self.0 {
            #[allow(clippy::cast_precision_loss, reason = "it is a small number")]
            let megabytes = page.bytes as f64 / 1e6;
            table += &row(&[
                format!("`{}` {}", page.name, version(page.name)),
                format!("{:.1}", page.milliseconds),
                format!("{:.1}", self.times_ours(page.name)),
                format!("{megabytes:.1}"),
                format!("{:.2} times its size", page.allocated),
                format!("{:.0}", page.memory),
            ]);
        }
        table
    }
}
