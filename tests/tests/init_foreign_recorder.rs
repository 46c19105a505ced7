//! A program that has installed another recorder.

use metrics_runtime::InitError;

#[test]
fn a_foreign_recorder_is_an_error() {
    metrics::set_global_recorder(metrics::NoopRecorder).expect("no recorder is installed yet");
    let refusal = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect_err("there is one already");
    assert!(matches!(refusal, InitError::ForeignRecorder));
    assert!(refusal.to_string().contains("a program can have only one"), "{refusal}");
}
