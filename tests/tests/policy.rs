//! `metrics.toml`: what it refuses and allows, where it is searched for, and that an edit leads to a new build.

use std::fs;
use std::process::Output;

use system_tests::TemporaryCrate;

/// A member whose function has the label `name`.
fn library(name: &str) -> String {
    format!(
        "#[derive(Clone, Copy, metrics_runtime::Label)]\npub enum Kind {{ A, B }}\n\n\
         #[metrics_runtime::counted(counter = \"calls_total\", labels({name}))]\n\
         pub fn call({name}: Kind) {{ let _ = {name}; }}\n"
    )
}

fn check(folder: &TemporaryCrate) -> Output {
    folder.cargo(&["check", "--quiet"])
}

#[track_caller]
fn accepts(folder: &TemporaryCrate) {
    let output = check(folder);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[track_caller]
fn refuses(folder: &TemporaryCrate, expected: &[&str]) -> String {
    let output = check(folder);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "it was accepted");
    for part in expected {
        assert!(message.contains(part), "`{part}` is not in the message:\n{message}");
    }
    message
}

#[test]
fn a_denied_name_is_refused_and_an_edit_leads_to_a_new_build() {
    let folder = TemporaryCrate::workspace(&["policy-deny"]);
    folder.member("policy-deny", &library("scene"));
    folder.write("metrics.toml", "[labels]\ndeny = []\n");
    accepts(&folder);
    folder.write("metrics.toml", "[labels]\ndeny = [\"sc*\"]\n");
    refuses(&folder, &["the label `scene` is refused: `metrics.toml` denies", "`sc*`"]);
    folder.write("metrics.toml", "[labels]\ndeny = [\"other\"]\n");
    accepts(&folder);
    folder.write("metrics.toml", "[labels]\ndeny = [\"scene\"]\n");
    refuses(&folder, &["the label `scene` is refused"]);
    fs::remove_file(folder.path().join("metrics.toml")).expect("it is there");
    accepts(&folder);
}

#[test]
fn an_allowed_name_is_accepted_and_needs_a_reason() {
    let folder = TemporaryCrate::workspace(&["policy-allow"]);
    folder.member("policy-allow", &library("model_id"));
    refuses(&folder, &["the label `model_id` is refused: nearly every call has a different value", "allow = ["]);
    folder.write(
        "policy-allow/metrics.toml",
        "[labels]\nallow = [{ name = \"model_id\", reason = \"12 models, fixed at deploy\" }]\n",
    );
    accepts(&folder);
    for (text, expected) in [
        ("[labels]\nallow = [{ name = \"model_id\" }]\n", "metrics.toml:2: "),
        ("[labels]\nallow = [{ name = \"model_id\", reason = \" \" }]\n", "metrics.toml:2: "),
        ("[labels]\nallow = [\"model_id\"]\n", "an allowed name needs a reason"),
        ("[labels]\n\nalow = []\n", "metrics.toml:3: there is no key `alow` here: did you mean `allow`?"),
        ("[label]\n", "metrics.toml:1: there is no key `label` here: did you mean `labels`?"),
        ("[labels]\ndeny = [\n", "this is not valid TOML"),
        ("[labels]\ndeny = [\"Scene\"]\n", "`Scene` is not a label's name"),
        ("[limits]\nseries-per-metric = 0\n", "metrics.toml:2: `series-per-metric` takes a whole number"),
        ("labels = 3\n", "`labels` is a table"),
        (
            "[labels]\nallow = [\n{ name = \"le\", reason = \"mine\" }]\n",
            "metrics.toml:3: `le` cannot be allowed: Prometheus reserves this name",
        ),
        ("[labels]\nallow = [{ name = \"*\", reason = \"all\" }]\n", "`*` would allow every name"),
        (
            "[labels]\nallow = [{ name = \"model_id\", reason = \"12\" }]\ndeny = [\"*_id\"]\n",
            "metrics.toml:2: `model_id` is allowed here and denied by `*_id`",
        ),
    ] {
        folder.write("policy-allow/metrics.toml", text);
        let message = refuses(&folder, &["metrics.toml:", expected]);
        // Only the mistake is reported, and not the label, which a correct file would allow.
        assert!(!message.contains("is refused"), "{message}");
    }
}

#[test]
fn the_file_of_the_crate_takes_precedence_over_that_of_the_workspace() {
    let folder = TemporaryCrate::workspace(&["policy-own", "policy-other"]);
    folder.member("policy-own", &library("scene"));
    folder.member("policy-other", &library("scene"));
    folder.write("metrics.toml", "[labels]\ndeny = [\"scene\"]\n");
    folder.write("policy-own/metrics.toml", "[labels]\ndeny = []\n");
    let own = folder.cargo(&["check", "--quiet", "--package", "policy-own"]);
    assert!(own.status.success(), "{}", String::from_utf8_lossy(&own.stderr));
    let other = folder.cargo(&["check", "--quiet", "--package", "policy-other"]);
    assert!(String::from_utf8_lossy(&other.stderr).contains("the label `scene` is refused"));
}

#[test]
fn a_file_above_the_workspace_is_not_read() {
    let folder = TemporaryCrate::workspace(&[]);
    folder.write("metrics.toml", "[labels]\ndeny = [\"scene\"]\n");
    folder.write("inner/Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"policy-inner\"]\n");
    fs::copy(folder.path().join("Cargo.lock"), folder.path().join("inner/Cargo.lock")).expect("it can be copied");
    folder.member("inner/policy-inner", &library("scene"));
    let output = folder.cargo(&["check", "--quiet", "--manifest-path", "inner/Cargo.toml"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_policy_sets_the_budget() {
    let folder = TemporaryCrate::workspace(&["policy-budget"]);
    folder.member("policy-budget", &library("kind"));
    folder.write("metrics.toml", "[limits]\nseries-per-metric = 2\n");
    accepts(&folder);
    folder.write("metrics.toml", "[limits]\nseries-per-metric = 1\n");
    refuses(&folder, &["the metric `calls_total` can have 2 series (2 `kind`), and its budget is 1: remove a label"]);
    // Without labels, too.
    folder.member(
        "policy-budget",
        "#[metrics_runtime::timed(histogram = \"call_seconds\", buckets(1, 2))]\npub fn call() {}\n",
    );
    folder.write("metrics.toml", "[limits]\nseries-per-metric = 5\n");
    accepts(&folder);
    folder.write("metrics.toml", "[limits]\nseries-per-metric = 4\n");
    refuses(&folder, &["the metric `call_seconds` can have 5 series (5 for 2 buckets, +Inf, sum and count)"]);
}

#[test]
fn the_program_has_a_limit_in_total() {
    let folder = TemporaryCrate::workspace(&["policy-total"]);
    folder.package("policy-total", "metrics-runtime = { path = \"RUNTIME\" }");
    folder.write(
        "policy-total/src/main.rs",
        "#[metrics_runtime::counted(counter = \"calls_total\", labels(kind), max_series = 2)]\n\
         fn call(kind: bool) { let _ = kind; }\n\n\
         metrics_runtime::declare_metrics! {\n\
             /// Waits.\n\
             histogram WAIT = \"wait_seconds\", buckets(1, 2);\n\
         }\n\n\
         fn main() {\n\
             call(true);\n\
             WAIT.observe(1);\n\
             let series = metrics_runtime::catalog().max_series();\n\
             println!(\"{series} {:?}\", metrics_runtime::catalog().check());\n\
             match metrics_runtime::builder().no_listener().init() {\n\
                 Ok(_) => println!(\"started\"),\n\
                 Err(error) => println!(\"{error}\"),\n\
             }\n\
         }\n",
    );
    let run = || {
        let output = folder.cargo(&["run", "--quiet"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("it is text")
    };
    // Cargo does not see that the file is new, but that it changes.
    folder.write("metrics.toml", "[limits]\nseries-in-total = 1_000_000\n");
    let started = run();
    let (series, rest) = started.split_once(' ').expect("two words");
    assert_eq!(rest, "Ok([])\nstarted\n");
    let series: u64 = series.parse().expect("a number");
    folder.write("metrics.toml", &format!("[limits]\nseries-in-total = {series}\n"));
    assert_eq!(run(), started);
    folder.write("metrics.toml", &format!("[limits]\nseries-in-total = {}\n", series - 1));
    let refused = run();
    let problem = format!(
        "the metrics of the program can have {series} series together, and `series-in-total` in `metrics.toml` is {}; the \
         largest are `",
        series - 1
    );
    assert_eq!(refused.matches(&problem).count(), 2, "{refused}");
    assert!(!refused.contains("started"), "{refused}");
    folder.write("metrics.toml", "[limits]\nseries-in-total = -1\n");
    let output = folder.cargo(&["check", "--quiet"]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("metrics.toml:2: `series-in-total` takes a whole number greater than zero"), "{message}");
}

#[test]
fn a_raised_budget_does_not_raise_the_limit_of_buckets() {
    let folder = TemporaryCrate::workspace(&["policy-buckets"]);
    folder.write("metrics.toml", "[limits]\nseries-per-metric = 100000\n");
    let with_buckets = |number: u32| {
        let bounds: Vec<String> = (1..=number).map(|bound| bound.to_string()).collect();
        let bounds = bounds.join(", ");
        folder.member(
            "policy-buckets",
            &format!(
                "#[metrics_runtime::timed(histogram = \"call_seconds\", buckets({bounds}))]\npub fn call() {{}}\n\n\
                 metrics_runtime::declare_metrics! {{\n\
                     /// Waits.\n\
                     pub histogram WAIT = \"wait_seconds\", buckets({bounds});\n\
                 }}\n"
            ),
        );
    };
    with_buckets(1000);
    accepts(&folder);
    with_buckets(1001);
    let many = "has 1001 buckets, and a histogram can have at most 1000: give fewer bounds";
    refuses(&folder, &[&format!("the metric `call_seconds` {many}"), &format!("the metric `wait_seconds` {many}")]);
}

#[test]
fn the_policy_applies_in_doctests() {
    let folder = TemporaryCrate::workspace(&["policy-doctest"]);
    folder.member(
        "policy-doctest",
        "//! ```\n\
         //! #[metrics_runtime::counted(counter = \"calls_total\", labels(scene))]\n\
         //! fn call(scene: bool) {}\n\
         //! call(true);\n\
         //! ```\n",
    );
    let doctest = || folder.cargo(&["test", "--quiet", "--doc"]);
    let output = doctest();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    folder.write("metrics.toml", "[labels]\ndeny = [\"scene\"]\n");
    let output = doctest();
    let message = String::from_utf8_lossy(&output.stdout);
    assert!(message.contains("the label `scene` is refused: `metrics.toml` denies"), "{message}");
}
