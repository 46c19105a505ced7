//! Two metrics of the program that would have the same name on the page.

use metrics_runtime::{counted, declare_metrics};

declare_metrics! {
    /// Jobs in hand. OpenMetrics writes the counter of jobs by this name.
    gauge JOBS = "name_conflict_jobs";
    /// When the last job was created. OpenMetrics has a name like this for the counter, too.
    gauge JOBS_CREATED = "name_conflict_jobs_created";
}

#[counted(counter = "name_conflict_jobs_total")]
fn job() {}

#[counted(counter = "name_conflict_jobs_total")]
fn another_job() {}

#[test]
fn init_names_both_metrics_and_their_places() {
    job();
    another_job();
    JOBS.set(1.0);
    JOBS_CREATED.set(1.0);
    let refusal = metrics_runtime::builder().no_listener().init().expect_err("two have one name").to_string();
    let start = "two metrics would have the name `name_conflict_jobs` on the page, in one of its formats: the gauge `name_conflict_jobs` at ";
    assert!(refusal.starts_with(start), "{refusal}");
    for part in [
        "init_name_conflict.rs:5",
        ", and the counter `name_conflict_jobs_total` at ",
        "init_name_conflict.rs:12",
        "init_name_conflict.rs:15",
        "; give one of the metrics another name",
    ] {
        assert!(refusal.contains(part), "{part}: {refusal}");
    }
    assert_eq!(metrics_runtime::catalog().check().map_err(|conflict| conflict.to_string()), Err(refusal));
}
