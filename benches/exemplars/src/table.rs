//! The table of `docs/performance.md`.

use std::path::Path;

use crate::builds::build;
use crate::calls::CALLS;
use crate::callgrind;
use crate::report::{Report, head, row};

/// The subjects, the plain function that each is compared with, and what the table calls them.
const SUBJECTS: [(&str, &str, &str); 3] = [
    ("timed", "plain", "`#[timed]`, `#[counted_failure]`"),
    ("all-four", "plain", "all four attributes"),
    ("timed-async", "plain-async", "`#[timed]`, `#[counted_failure]`, async"),
];

pub fn write() -> Result<(), String> {
    let [without, with, opentelemetry] = ["", "exemplars", "opentelemetry"].map(build);
    let (without, with, opentelemetry) = (without?, with?, opentelemetry?);
    let columns: [(&str, &Path, &str); 6] = [
        ("without the feature", &without, "nowhere"),
        ("with it, no source", &with, "nowhere"),
        ("`exemplar_layer`, in no span", &opentelemetry, "layer"),
        ("`exemplar_layer`, in a sampled span", &opentelemetry, "layer-span"),
        ("`opentelemetry_context`, in no span", &opentelemetry, "asked"),
        ("`opentelemetry_context`, in a sampled span", &opentelemetry, "asked-span"),
    ];
    let mut text = format!(
        "Instructions per call over the plain function, counted by `callgrind` over {CALLS} calls:\n\n{}",
        head(&[&[""][..], &columns.map(|(title, ..)| title)].concat())
    );
    for (subject, plain, title) in SUBJECTS {
        let cells = columns.iter().map(|(_, program, place)| {
            Ok(format!("{:.0}", count(program, subject, place)? - count(program, plain, place)?))
        });
        let cells = cells.collect::<Result<Vec<String>, String>>()?;
        text += &row(&[&[title.to_owned()][..], &cells].concat());
    }
    let traced = count(&opentelemetry, "traced", "layer")? - count(&opentelemetry, "plain", "layer")?;
    text += &format!(
        "\nFor comparison: `#[tracing::instrument]` with the layer of `tracing-opentelemetry` takes {traced:.0} instructions for \
         each call, without a receiver of the spans.\n"
    );
    Report::open()?.section("exemplars", &text)
}

/// The instructions of one call.
fn count(program: &Path, subject: &str, place: &str) -> Result<f64, String> {
    let count = callgrind::count(|command| _ = command.arg(program).args(["calls", subject, place]))?;
    Ok(count / f64::from(CALLS))
}
