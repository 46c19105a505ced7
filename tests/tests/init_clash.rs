//! Metrics of the program that would have one name on the page.

use metrics_runtime::{counted, declare_metrics};

declare_metrics! {
    /// Jobs in hand. OpenMetrics writes the counter of jobs by this name.
    gauge JOBS = "clash_jobs";
    /// When the last job was created. OpenMetrics has a name like this for the counter, too.
    gauge JOBS_CREATED = "clash_jobs_created";
}

#[counted(counter = "clash_jobs_total")]
fn job() {}

#[counted(counter = "clash_jobs_total")]
fn another_job() {}

#[test]
fn init_names_both_metrics_and_their_places() {
    job();
    another_job();
    JOBS.set(1.0);
    JOBS_CREATED.set(1.0);
    let refusal = metrics_runtime::builder().no_listener().init().expect_err("two have one name").to_string();
    let start =
        "two metrics would have the name `clash_jobs` on the page, in one of its formats: the gauge `clash_jobs` at ";
    assert!(refusal.starts_with(start), "{refusal}");
    for part in [
        "init_clash.rs:5",
        ", and the counter `clash_jobs_total` at ",
        "init_clash.rs:12",
        "init_clash.rs:15",
        "; give one of the metrics another name",
    ] {
        assert!(refusal.contains(part), "{part}: {refusal}");
    }
    assert_eq!(metrics_runtime::catalog().check().map_err(|clash| clash.to_string()), Err(refusal));
}
