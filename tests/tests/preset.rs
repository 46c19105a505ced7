//! Values of capped labels that are known before the program works: their series are there from the start.

use metrics_runtime::{Interned, Label, PresetError, counted, declare_metrics, timed};

/// A tenant, by its name in the configuration.
#[derive(Clone, Copy, PartialEq, Debug, Label)]
#[label(max_values = 4)]
struct Tenant(Interned);

/// It has a value before its names are preset.
#[derive(Clone, Copy, PartialEq, Debug, Label)]
#[label(max_values = 3)]
struct Early(Interned);

/// The configuration has wrong names for it.
#[derive(Clone, Copy, PartialEq, Debug, Label)]
#[label(max_values = 3)]
struct Wrong(Interned);

/// It is in no metric.
#[derive(Clone, Copy, PartialEq, Debug, Label)]
#[label(max_values = 2)]
struct Unused(Interned);

#[counted(counter = "preset_jobs_total", on = end, labels(tenant, urgent: bool = urgent))]
#[timed(histogram = "preset_job_seconds", labels(tenant), buckets(1))]
fn job(tenant: Tenant, urgent: bool) {
    let _ = tenant;
}

declare_metrics! {
    /// Early ones.
    counter EARLY = "preset_early_total", labels(early: Option<Early>);
    /// Wrong ones.
    gauge WRONG = "preset_wrong", labels(wrong: Wrong);
}

/// The labels and the value of each series of a metric, in the order of the page.
fn series<'page>(page: &'page str, metric: &str) -> Vec<&'page str> {
    page.lines().filter_map(|line| line.strip_prefix(metric)?.strip_prefix('{')).collect()
}

/// What the metric of overflown labels shows for these.
fn overflow(page: &str) -> Vec<&str> {
    series(page, "metrics_label_overflow_total")
}

fn refused(result: Result<(), PresetError>) -> PresetError {
    result.expect_err("a name does not fit")
}

#[test]
fn preset_values_have_their_series_from_the_start() {
    let texts =
        |metric: &str| metrics_runtime::catalog().metric(metric).map(|metric| metric.labels()[0].values().to_vec());
    let files = || metrics_runtime::catalog().artifacts().files();
    let lock = || files().into_iter().find(|file| file.name() == "metrics.lock");
    let files_before = files();
    let lock_before = lock();
    assert!(lock_before.is_some());

    // Any texts; one that is there already is no mistake.
    Tenant::preset(["acme", "globex"]).expect("they fit");
    Tenant::preset(vec![String::from("acme"), "ä \"quoted\"".to_owned()]).expect("they fit");
    Tenant::preset(std::iter::empty::<&str>()).expect("there is nothing to do");
    // The names of a configuration are not part of the program.
    assert_eq!(texts("preset_jobs_total"), Some(vec![]));
    assert_eq!(files(), files_before);

    // The first value that the program makes has its place after the preset ones.
    Early::preset(["second", "first"]).expect("they fit");
    let third = Early::new("third");
    assert_eq!(third.index(), 2);
    assert_eq!((Early::new("second").index(), Early::new("first").index()), (0, 1));
    assert_eq!(Early::new("fourth").as_str(), "other");
    assert_eq!(refused(Early::preset(["first", "fifth"])).name(), "fifth");

    // The names that fit are kept, and the error is about the first that does not.
    let long = "x".repeat(129);
    let error = refused(Wrong::preset(["a", "", "b", &long, "two\nlines", "other", "c", "d"]));
    assert_eq!((error.label(), error.max_values(), error.name()), ("wrong", 3, ""));
    assert_eq!(
        error.to_string(),
        "the label `wrong` cannot have the value ``: it is empty, longer than 128 bytes, or contains control characters; \
         give it another name"
    );
    let error = refused(Wrong::preset(["a", &long, "d"]));
    assert_eq!(error.name(), long);
    assert!(error.to_string().contains(&format!("the value `{}…`: ", "x".repeat(64))), "{error}");
    let error = refused(Wrong::preset(["two\nlines"]));
    assert!(error.to_string().contains("the value `two\\nlines`: "), "{error}");
    let error = refused(Wrong::preset(["d", "e"]));
    assert_eq!((error.label(), error.max_values(), error.name()), ("wrong", 3, "d"));
    assert_eq!(
        error.to_string(),
        "the label `wrong` has no room for the value `d`: it keeps 3 values; raise its `max_values`"
    );
    Unused::preset(["x"]).expect("it fits");
    assert_eq!((Unused::new("y").index(), Unused::new("x").index()), (1, 0));

    let handle = metrics_runtime::builder().no_listener().init().expect("the settings are valid");
    let page = handle.render();
    let of = |tenant: &str, count: [u32; 2]| {
        [false, true].map(|urgent| format!("tenant=\"{tenant}\",urgent=\"{urgent}\"}} {}", count[usize::from(urgent)]))
    };
    assert_eq!(
        series(&page, "preset_jobs_total"),
        [of("acme", [0; 2]), of("globex", [0; 2]), of("ä \\\"quoted\\\"", [0; 2])].concat()
    );
    let counts = |acme: u32, globex: u32, quoted: u32| {
        let texts = [("acme", acme), ("globex", globex), ("ä \\\"quoted\\\"", quoted)];
        texts.map(|(tenant, count)| format!("tenant=\"{tenant}\"}} {count}")).to_vec()
    };
    assert_eq!(series(&page, "preset_job_seconds_count"), counts(0, 0, 0));
    assert_eq!(
        series(&page, "preset_early_total"),
        ["second", "first", "third", "other", "none"].map(|early| format!("early=\"{early}\"}} 0"))
    );
    // A gauge has no right number for `other`, so the page leaves it out where it is set.
    assert_eq!(series(&page, "preset_wrong")[..3], ["a", "b", "c"].map(|wrong| format!("wrong=\"{wrong}\"}} 0")));
    assert_eq!(lock(), lock_before);
    assert!(overflow(&page).iter().all(|line| line.ends_with(" 0")), "{:?}", overflow(&page));

    job(Tenant::new("globex"), true);
    job(Tenant::new("globex"), true);
    job(Tenant::new("acme"), false);
    // Later, the series of a name appears with its first value.
    Tenant::preset(["initech"]).expect("there is a place left");
    assert_eq!(refused(Tenant::preset(["acme", "umbrella"])).name(), "umbrella");
    assert_eq!(Tenant::value(3), Some("initech"));
    let page = handle.render();
    assert_eq!(
        series(&page, "preset_jobs_total"),
        [of("acme", [1, 0]), of("globex", [0, 2]), of("ä \\\"quoted\\\"", [0, 0])].concat()
    );
    assert_eq!(series(&page, "preset_job_seconds_count"), counts(1, 2, 0));
    job(Tenant::new("initech"), true);
    EARLY.with(Some(third)).increment(1);
    let page = handle.render();
    assert_eq!(series(&page, "preset_jobs_total")[6..], ["tenant=\"initech\",urgent=\"true\"} 1"]);
    assert_eq!(series(&page, "preset_early_total")[2], "early=\"third\"} 1");
    assert_eq!(Tenant::new("umbrella").as_str(), "other");
    // A preset name that does not fit is not counted; a value is.
    let page = handle.render();
    let counted: Vec<&str> = overflow(&page).into_iter().filter(|line| !line.ends_with(" 0")).collect();
    assert_eq!(counted, ["label=\"tenant\"} 1"]);
}
