//! Settings from the environment.

use std::net::TcpListener;

use crate::program::Program;

#[test]
fn without_metrics_the_same_jobs_are_done_and_nothing_listens() {
    // The address is in use: the program would end with an error if it listened there.
    let used = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = used.local_addr().expect("a listener has an address").to_string();
    let environment = [("ENABLE_METRICS", "false"), ("METRICS_LISTEN", &*address)];
    let mut program = Program::start(&[], &environment);
    let _ = program.process.wait_for_line("failed    samples/nothing-to-say");
    assert!(program.process.printed().contains("metrics are not served"));
    assert_eq!(program.manifest("samples/kettle")["status"], "completed");
    program.process.signal("TERM");
    assert_eq!(program.exit_code(), Some(0));
}

#[test]
fn without_metrics_once_succeeds() {
    let mut program = Program::start(&["--once"], &[("ENABLE_METRICS", "false")]);
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
}

#[test]
fn a_port_in_use_is_an_error_that_names_address_and_variable() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = taken.local_addr().expect("a listener has an address").to_string();
    let mut program = Program::start(&["--once"], &[("METRICS_LISTEN", &address)]);
    assert_eq!(program.exit_code(), Some(1));
    let printed = program.process.printed();
    assert!(
        printed.contains(&format!("error: cannot serve metrics at {address}: Address already in use")),
        "{printed}"
    );
    assert!(printed.contains("set `METRICS_LISTEN` to another address"), "{printed}");
}

#[test]
fn an_invalid_value_of_a_variable_is_an_error() {
    for (variable, value, expected) in [
        ("ENABLE_METRICS", "perhaps", "`ENABLE_METRICS` is `perhaps`"),
        ("METRICS_LISTEN", "8000", "`METRICS_LISTEN` is `8000`"),
        (
            "METRICS_GLOBAL_LABELS",
            "step=x",
            "the global label `step`, of the builder or of `METRICS_GLOBAL_LABELS`, is a label of the metric \
             `image_generation_seconds`",
        ),
        ("COMFYUI_URL", "gpu", "`COMFYUI_URL` is `gpu`, which is not an address"),
    ] {
        let mut program = Program::start(&["--once"], &[(variable, value)]);
        assert_eq!(program.exit_code(), Some(1));
        assert!(program.process.printed().contains(expected), "{}", program.process.printed());
    }
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let variables = ["REDIS_URL", "COMFYUI_URL", "COMFYUI_URL_KEY", "COMFYUI_CHECKPOINT", "FLEET"];
    let empty = variables.map(|variable| (variable, ""));
    let mut program = Program::start(&["--once"], &empty);
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
    assert!(program.process.printed().contains("6 of 6 jobs ended as intended"), "{}", program.process.printed());
}
