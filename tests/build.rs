//! Writes each shape of `shapes/` once for each set of attributes, with a test for each.
//!
//! The shapes are written out rather than made by a macro, because the compiler and clippy suppress warnings about code
//! from a macro, and the test also checks that there are no warnings.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

/// The attributes that replace `#[measured]`; `{shape}` stands for the shape's name.
const SETS: [(&str, &str); 6] = [
    ("bare", "#[metrics_runtime::timed(histogram = \"{shape}_bare_seconds\")]"),
    ("timed", "#[metrics_runtime::timed(histogram = \"{shape}_timed_seconds\", labels(outcome))]"),
    ("counted", "#[metrics_runtime::counted(counter = \"{shape}_counted_total\", on = end, labels(outcome))]"),
    ("counted_failure", "#[metrics_runtime::counted_failure(counter = \"{shape}_counted_failure_total\")]"),
    (
        "in_flight",
        "#[metrics_runtime::in_flight(gauge = \"{shape}_in_flight\", oldest = \"{shape}_in_flight_oldest_seconds\")]",
    ),
    (
        "all",
        "#[metrics_runtime::timed(histogram = \"{shape}_all_seconds\", labels(outcome))] \
         #[metrics_runtime::counted(counter = \"{shape}_all_total\")] \
         #[metrics_runtime::counted_failure(counter = \"{shape}_all_failures_total\")] \
         #[metrics_runtime::in_flight(gauge = \"{shape}_all_active\", oldest = \"{shape}_all_oldest_seconds\")]",
    ),
];

fn main() {
    println!("cargo::rerun-if-changed=shapes");
    println!("cargo::rerun-if-changed=build.rs");
    let mut shapes: Vec<_> = fs::read_dir("shapes")
        .expect("the shapes are in tests/shapes")
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    shapes.sort();
    let mut output = String::new();
    for path in shapes {
        let shape = path.file_stem().and_then(|stem| stem.to_str()).expect("a shape has a name").to_owned();
        let text = fs::read_to_string(&path).expect("a shape can be read");
        for (set, attributes) in SETS {
            let text = text.replace("#[measured]", &attributes.replace("{shape}", &shape));
            write!(
                output,
                "mod {shape}_{set} {{\n{text}\n\
                 #[test]\nfn counts() {{\n    super::driver::check(\"{shape}\", \"{set}\", drive);\n}}\n}}\n"
            )
            .expect("text can be written to a string");
        }
    }
    let folder = env::var("OUT_DIR").expect("cargo says where output goes");
    fs::write(Path::new(&folder).join("shapes.rs"), output).expect("output can be written");
}
