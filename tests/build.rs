//! Writes each shape of `shapes/` once for each set of attributes, with a test for each, and functions that are nested deep.
//!
//! The shapes are written out rather than made by a macro, because the compiler and clippy suppress warnings about code
//! from a macro, and the test also checks that there are no warnings.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

/// The attributes that replace `#[measured]`; `{shape}` stands for the shape's name.
const SETS: [(&str, &str); 7] = [
    ("bare", "#[metrics_runtime::timed(histogram = \"{shape}_bare_seconds\")]"),
    ("timed", "#[metrics_runtime::timed(histogram = \"{shape}_timed_seconds\", labels(outcome))]"),
    ("counted", "#[metrics_runtime::counted(counter = \"{shape}_counted_total\", on = end, labels(outcome))]"),
    ("counted_failure", "#[metrics_runtime::counted_failure(counter = \"{shape}_counted_failure_total\")]"),
    (
        "in_flight",
        "#[metrics_runtime::in_flight(gauge = \"{shape}_in_flight\", oldest = \"{shape}_in_flight_oldest_seconds\")]",
    ),
    (ENDS, "#[metrics_runtime::observed(histogram = \"{shape}_observed_rows\", value = |_| 2_u8)]"),
    (
        "all",
        "#[metrics_runtime::measured(buckets(0.5, 1, 5))] \
         #[metrics_runtime::observed(histogram = \"{shape}_all_rows\", value = 2_u8)] \
         #[metrics_runtime::timed(histogram = \"{shape}_all_seconds\", labels(outcome))] \
         #[metrics_runtime::counted(counter = \"{shape}_all_total\", last = \"{shape}_all_timestamp_seconds\")] \
         #[metrics_runtime::counted_failure(counter = \"{shape}_all_failures_total\")] \
         #[metrics_runtime::in_flight(gauge = \"{shape}_all_active\", oldest = \"{shape}_all_oldest_seconds\")]",
    ),
];

/// The set that reads the returned value, which a function that never returns has not.
const ENDS: &str = "observed";

/// How deep functions and methods are nested: nearly as deep as the compiler allows without attributes, which is 39 for methods and
/// 40 for functions.
const LAYERS: usize = 38;

/// The same for generic functions, whose size the compiler finds out for all at once. Plain ones that hold a value with a
/// destructor go to 31.
const GENERIC_LAYERS: usize = 30;

/// The same for functions with `#[tracing::instrument]`, whose spans are futures around the bodies. Those without attributes of ours
/// go to 15.
const INSTRUMENTED_LAYERS: usize = 14;

/// The attributes of functions that are nested deep; `{name}` stands for the function's name.
const SETS_OF_DEEP: [(&str, &str); 4] = [
    ("timed", "#[metrics_runtime::timed(histogram = \"{name}_seconds\", labels(outcome))]"),
    ("counted", "#[metrics_runtime::counted(counter = \"{name}_total\", on = end, labels(outcome))]"),
    ("failure", "#[metrics_runtime::counted_failure(counter = \"{name}_failures_total\")]"),
    (
        "all",
        "#[metrics_runtime::timed(histogram = \"{name}_seconds\", labels(outcome))] \
         #[metrics_runtime::counted(counter = \"{name}_total\")] \
         #[metrics_runtime::counted_failure(counter = \"{name}_failures_total\")] \
         #[metrics_runtime::in_flight(gauge = \"{name}_active\")]",
    ),
];

fn main() {
    let folder = env::var("OUT_DIR").expect("cargo says where output goes");
    let write = |file: &str, text: String| {
        fs::write(Path::new(&folder).join(file), text).expect("output can be written");
    };
    write("shapes.rs", shapes());
    write("depth.rs", deep());
}

fn shapes() -> String {
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
            if set == ENDS && text.contains("-> !") {
                continue;
            }
            let text = text.replace("#[measured]", &attributes.replace("{shape}", &shape));
            write!(
                output,
                "mod {shape}_{set} {{\n{text}\n\
                 #[test]\nfn counts() {{\n    super::driver::check(\"{shape}\", \"{set}\", drive);\n}}\n}}\n"
            )
            .expect("text can be written to a string");
        }
    }
    output
}

/// Functions of which each waits for the one before and returns how deep it is, and a test that spawns the last one.
fn deep() -> String {
    let mut output = String::new();
    for (set, attributes) in SETS_OF_DEEP {
        let below_instrument = format!("#[tracing::instrument] {attributes}");
        let above_instrument = format!("{attributes} #[tracing::instrument]");
        for (kind, attributes, layers, open, parameters, path, argument, close, future) in [
            ("functions", attributes, LAYERS, "", "()", "", "", "", "LAST()"),
            ("below_instrument", &below_instrument, INSTRUMENTED_LAYERS, "", "()", "", "", "", "LAST()"),
            ("above_instrument", &above_instrument, INSTRUMENTED_LAYERS, "", "()", "", "", "", "LAST()"),
            (
                "methods",
                attributes,
                LAYERS,
                "struct Layers;\nimpl Layers {",
                "(&self)",
                "self.",
                "",
                "}",
                "async { Layers.LAST().await }",
            ),
            (
                "generic",
                attributes,
                GENERIC_LAYERS,
                "",
                "<T: Clone + Send + Sync>(_value: T)",
                "",
                "_value.clone()",
                "",
                "LAST(1_u8)",
            ),
        ] {
            let name = |layer: usize| format!("deep_{kind}_by_{set}_{layer}");
            let mut functions = String::new();
            for layer in 0..layers {
                let body = match layer.checked_sub(1) {
                    None => "tokio::task::yield_now().await;\nOk(1)".to_owned(),
                    Some(below) => format!(
                        "let below = {path}{}({argument}).await?;\n\
                         if below == 0 {{ return Err(Error::other(format!(\"{{below}}\"))); }}\n\
                         Ok(below + 1)",
                        name(below)
                    ),
                };
                let name = name(layer);
                let attributes = attributes.replace("{name}", &name);
                writeln!(functions, "{attributes}\nasync fn {name}{parameters} -> Result<usize, Error> {{\n{body}\n}}")
                    .expect("text can be written to a string");
            }
            let future = future.replace("LAST", &name(layers - 1));
            writeln!(
                output,
                "mod {kind}_by_{set} {{\nuse super::*;\n{open}\n{functions}{close}\n\
                 #[test]\nfn count() {{\n    check(\"deep_{kind}_by_{set}\", {layers}, {future});\n}}\n}}"
            )
            .expect("text can be written to a string");
        }
    }
    output
}
