//! The crates of users with strict lints and few dependencies.

use system_tests::TemporaryCrate;

/// All macros, in a crate where the usual names mean something else.
const STRICT: &str = r#"//! A strict crate.
#![forbid(unsafe_code)]
#![deny(missing_docs, unused, warnings)]

/// Not std's.
#[derive(Debug)]
pub struct Result;
/// Not std's.
pub struct Option;
/// Not std's.
pub struct String;
/// Not std's.
pub struct Vec;
/// Not std's.
pub struct Box;
#[allow(non_snake_case)]
/// Not std's.
pub fn Ok() {}
#[allow(non_snake_case)]
/// Not std's.
pub fn Err() {}
#[allow(non_snake_case)]
/// Not std's.
pub fn Some() {}
/// Not core.
pub mod core {}
/// Not std.
pub mod std {}

/// A step.
#[derive(Clone, Copy, telemetry::Label)]
#[label(crate = telemetry)]
pub enum Step {
    /// First.
    One,
    /// Second.
    Two,
}

/// A reason.
#[derive(Clone, Copy, telemetry::Label)]
#[label(crate = telemetry)]
pub enum Why {
    /// Too slow.
    Slow,
}

/// A failure.
#[derive(Debug, telemetry::Failure)]
#[failure(reason: Why, crate = telemetry)]
pub enum Broken<E> {
    /// Too slow.
    #[failure(timeout, reason = Slow)]
    Slow,
    /// Of another crate.
    #[failure(source, reason = Slow)]
    Other(E),
}

telemetry::declare_metrics! {
    crate = telemetry;
    /// Steps that wait.
    pub gauge WAITING = "strict_waiting", labels(step: Step);
    /// Steps that were skipped.
    pub counter SKIPPED = "strict_skipped_total";
    /// How long a step waited.
    pub histogram WAIT = "strict_wait_seconds", buckets(1, 2);
}

/// Draws.
#[telemetry::timed(
    histogram = "strict_seconds",
    buckets(1, 2),
    labels(step, small: bool = number < 10, even: bool = |drawn| drawn.is_ok(), outcome),
    crate = telemetry
)]
#[telemetry::counted(counter = "strict_total")]
#[telemetry::counted_failure(counter = "strict_failures_total", reason: Why)]
#[telemetry::in_flight(gauge = "strict_active")]
pub async fn draw(step: Step, number: u32) -> ::std::result::Result<u32, Broken<::std::io::Error>> {
    let _ = step;
    if number == 0 { ::std::result::Result::Err(Broken::Slow) } else { ::std::result::Result::Ok(number) }
}

telemetry::build_info!();

/// Draws at once.
#[telemetry::timed(histogram = "strict_plain_seconds", labels(step), crate = telemetry)]
pub fn draw_now(step: Step) {
    let _ = step;
    WAITING.with(step).set(1.0);
    SKIPPED.increment(1);
    WAIT.observe(0.5);
}
"#;

#[test]
fn a_strict_crate_can_shadow_the_usual_names_and_rename_the_runtime() {
    let folder = TemporaryCrate::workspace(&["strict"]);
    folder.package("strict", "telemetry = { package = \"metrics-runtime\", path = \"RUNTIME\" }");
    folder.write("strict/src/lib.rs", STRICT);
    check(&folder);
}

#[test]
fn a_crate_that_imports_our_names_is_not_asked_to_shorten_our_paths() {
    let imported = STRICT
        .replace("telemetry::", "")
        .replace("warnings)]", "warnings, unused_qualifications)]\n\n#[allow(unused_imports)]\nuse telemetry::*;");
    let folder = TemporaryCrate::workspace(&["imports"]);
    folder.package("imports", "telemetry = { package = \"metrics-runtime\", path = \"RUNTIME\" }");
    folder.write("imports/src/lib.rs", &imported);
    check(&folder);
}

#[test]
fn a_library_does_not_depend_on_a_server() {
    let folder = TemporaryCrate::workspace(&["annotates-only"]);
    folder.package("annotates-only", "metrics-runtime = { path = \"RUNTIME\", default-features = false }");
    folder.write(
        "annotates-only/src/lib.rs",
        "#[metrics_runtime::timed(histogram = \"work_seconds\")]\npub async fn work() {}\n",
    );
    check(&folder);
    let tree = folder.cargo(&["tree", "--edges", "normal", "--prefix", "none"]);
    let tree = String::from_utf8_lossy(&tree.stdout);
    assert!(tree.contains("metrics v"), "{tree}");
    for package in ["hyper", "tokio", "metrics-exporter-prometheus"] {
        assert!(!tree.lines().any(|line| line.starts_with(&format!("{package} "))), "{tree}");
    }
}

#[test]
fn a_metric_of_another_crate_can_be_recorded_by_path() {
    let folder = TemporaryCrate::workspace(&["declares", "records"]);
    folder.member(
        "declares",
        "#[derive(Clone, Copy, metrics_runtime::Label)]\npub enum Kind { A, B }\n\n\
         pub mod metrics {\n\
             metrics_runtime::declare_metrics! {\n\
                 /// Calls of all crates.\n\
                 pub counter CALLS = \"all_calls_total\", labels(kind: crate::Kind);\n\
             }\n\
         }\n",
    );
    folder.package("records", "metrics-runtime = { path = \"RUNTIME\" }\ndeclares = { path = \"../declares\" }");
    let records = |label: &str| {
        format!(
            "use declares::{{Kind, metrics::CALLS}};\n\n\
             #[metrics_runtime::counted(counter = CALLS, labels({label}))]\n\
             pub fn one(kind: Kind) {{ let _ = kind; }}\n\n\
             #[metrics_runtime::counted(counter = declares::metrics::CALLS, labels(kind = Kind::B))]\n\
             pub fn other() {{}}\n"
        )
    };
    folder.write("records/src/lib.rs", &records("kind"));
    check(&folder);
    folder.write("records/src/lib.rs", &records("kind, step = Kind::A"));
    let output = folder.cargo(&["check", "--quiet"]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        message.contains("the metric `all_calls_total` is declared without a label `step`: it has `kind`"),
        "{message}"
    );
}

#[test]
fn a_derive_on_a_deprecated_type_warns_its_own_crate_of_nothing() {
    let folder = TemporaryCrate::workspace(&["leaving"]);
    folder.member(
        "leaving",
        "use metrics_runtime::{Failure, Interned, Label};\n\n\
         #[deprecated]\n#[derive(Clone, Copy, Label)]\npub enum Codec { Mjpeg, H264 }\n\n\
         #[derive(Clone, Copy, Label)]\npub enum Other { #[deprecated] Mjpeg, H264 }\n\n\
         #[deprecated]\n#[derive(Clone, Copy, Label)]\n#[label(max_values = 4)]\npub struct Capped(Interned);\n\n\
         #[derive(Clone, Copy, Label)]\npub enum Why { #[deprecated] Slow, Gone }\n\n\
         #[deprecated]\n#[derive(Debug, Failure)]\n#[failure(reason: Why)]\npub enum Broken<E> {\n\
         #[failure(timeout, reason = Gone)] Slow,\n#[failure(source, reason = Gone)] Other(E),\n}\n\n\
         #[deprecated]\n#[derive(Debug, Failure)]\n#[failure(timeout)]\npub struct Late;\n\n\
         #[derive(Debug, Failure)]\npub enum Mixed {\n#[deprecated] #[failure(error)] Old,\n\
         #[failure(source)] Held { #[deprecated] source: std::io::Error },\n}\n",
    );
    check(&folder);
    folder.write(
        "leaving/src/lib.rs",
        "#[deprecated]\n#[derive(Clone, Copy, metrics_runtime::Label)]\npub enum Old { Slow }\n\n\
         #[derive(Debug, metrics_runtime::Failure)]\n#[failure(error, reason = Slow, reason: Old)]\npub struct User;\n",
    );
    let output = folder.cargo(&["check", "--quiet"]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("use of deprecated enum `Old`"), "{message}");
}

#[test]
fn a_parameter_that_is_never_read_gets_one_more_warning() {
    let unread = "(number: u8) -> Result<u8, String> {\nif true { todo!() } else { unreachable!() }\nOk(number)\n}\n";
    let folder = TemporaryCrate::workspace(&["unread"]);
    folder.member(
        "unread",
        &format!(
            "#![allow(unreachable_code)]\n\n#[deny(unused_assignments)]\n#[expect(unused_variables)]\npub fn plain{unread}\n\
             #[metrics_runtime::counted_failure(counter = \"unread_failures_total\")]\n\
             #[expect(unused_assignments, unused_variables)]\npub fn measured{unread}\n\
             #[metrics_runtime::counted_failure(counter = \"kept_failures_total\")]\n\
             #[deny(unused_assignments)]\n#[expect(unused_variables)]\npub async fn in_its_own_block{unread}"
        ),
    );
    check(&folder);
}

/// Each pair of functions must drop the temporary and the variable in the same order. In edition 2021 the temporary of the last
/// expression is dropped after the variables.
const ORDER: &str = r#"
use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use metrics_runtime::{measure, timed};

static DROPPED: Mutex<String> = Mutex::new(String::new());

struct Noted(char);

impl Noted {
    fn number(&self) -> u8 {
        1
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        DROPPED.lock().expect("nothing panics").push(self.0);
    }
}

async fn plain() -> u8 {
    let variable = Noted('v');
    std::future::ready(()).await;
    variable.number() + Noted('t').number()
}

#[timed(histogram = "order_function_seconds", labels(outcome))]
async fn function() -> u8 {
    let variable = Noted('v');
    std::future::ready(()).await;
    variable.number() + Noted('t').number()
}

async fn block() -> u8 {
    measure!(#[timed(histogram = "order_block_seconds", labels(outcome))] async {
        let variable = Noted('v');
        std::future::ready(()).await;
        variable.number() + Noted('t').number()
    }).await
}

async fn guarded() -> u8 {
    measure!(#[timed(histogram = "order_guarded_seconds")] async {
        let variable = Noted('v');
        std::future::ready(()).await;
        variable.number() + Noted('t').number()
    }).await
}

async fn in_place() -> u8 {
    measure!(#[timed(histogram = "order_in_place_seconds", labels(outcome))] {
        let variable = Noted('v');
        variable.number() + Noted('t').number()
    })
}

async fn that_waits() -> u8 {
    measure!(#[timed(histogram = "order_that_waits_seconds", labels(outcome))] {
        let variable = Noted('v');
        std::future::ready(()).await;
        variable.number() + Noted('t').number()
    })
}

fn order(future: impl Future<Output = u8>) -> String {
    assert!(matches!(pin!(future).poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(2)));
    std::mem::take(&mut *DROPPED.lock().expect("nothing panics"))
}

fn main() {
    let measured = [order(function()), order(block()), order(guarded()), order(in_place()), order(that_waits())];
    assert_eq!(measured, [order(plain()), order(plain()), order(plain()), order(plain()), order(plain())]);
    println!("{}", measured[0]);
}
"#;

#[test]
fn temporaries_are_dropped_as_the_edition_says() {
    let folder = TemporaryCrate::workspace(&["order"]);
    for (edition, expected) in [("2021", "vt"), ("2024", "tv")] {
        folder.package("order", "metrics-runtime = { path = \"RUNTIME\" }");
        let manifest = folder.path().join("order/Cargo.toml");
        let text = std::fs::read_to_string(manifest).expect("it was written");
        folder.write("order/Cargo.toml", &text.replace("\"2024\"", &format!("{edition:?}")));
        folder.write("order/src/main.rs", ORDER);
        let output = folder.cargo(&["run", "--quiet"]);
        let (printed, message) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!((printed.trim(), message.trim()), (expected, ""), "edition {edition}");
    }
}

/// A crate whose attributes have our names, and let the function be.
fn with_a_foreign_attribute(source: &str) -> TemporaryCrate {
    let folder = TemporaryCrate::workspace(&["stopwatch", "stopped"]);
    folder.package("stopwatch", "[lib]\nproc-macro = true");
    let attribute = |name: &str| {
        format!(
            "#[proc_macro_attribute]\npub fn {name}(_: proc_macro::TokenStream, item: proc_macro::TokenStream) -> \
             proc_macro::TokenStream {{ item }}\n"
        )
    };
    folder.write("stopwatch/src/lib.rs", &["timed", "counted", "in_flight"].map(attribute).concat());
    folder.package("stopped", "metrics-runtime = { path = \"RUNTIME\" }\nstopwatch = { path = \"../stopwatch\" }");
    folder.write("stopped/src/lib.rs", source);
    folder
}

#[test]
fn an_attribute_of_another_crate_with_the_name_of_ours_is_left_to_that_crate() {
    let folder = with_a_foreign_attribute(
        "use metrics_runtime::counted_failure;\nuse stopwatch::{counted, in_flight, timed};\n\n\
         #[counted_failure(counter = \"below_failures_total\")]\n\
         #[timed]\n#[counted(name = \"calls\", histogram)]\n#[in_flight(unit = \"ms\", labels(id), nested(gauge = 1))]\n\
         pub fn below() {}\n\n\
         #[timed]\n#[counted_failure(counter = \"between_failures_total\")]\n#[stopwatch::timed(histogram = 3)]\n\
         pub async fn between() {}\n",
    );
    check(&folder);
}

#[test]
fn an_attribute_of_another_crate_that_looks_like_ours_is_reported() {
    let folder = with_a_foreign_attribute(
        "use stopwatch::timed;\n\n\
         #[metrics_runtime::counted(counter = \"calls_total\")]\n#[timed(histogram = \"call_seconds\")]\n\
         pub fn call() {}\n",
    );
    let output = folder.cargo(&["check", "--quiet"]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        message.contains("the name `timed` means another one here") && message.contains("stopped/src/lib.rs:4:3"),
        "{message}"
    );
}

#[track_caller]
fn check(folder: &TemporaryCrate) {
    let output = folder.cargo(&["check", "--quiet"]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && message.trim().is_empty(), "{message}");
}
