//! While the program serves: signals, and jobs over HTTP.

use serde_json::Value;
use system_tests::Response;

use crate::program::{FakeServer, Program, job, write_job};

#[test]
fn the_current_job_is_finished_after_a_signal() {
    for signal in ["TERM", "INT"] {
        let comfyui = FakeServer::start();
        comfyui.pause();
        let mut program = Program::start(&[], &[("COMFYUI_URL", comfyui.url())]);
        let _ = program.process.wait_for_line("started   samples/harbour");
        program.process.signal(signal);
        let _ = program.process.wait_for_line("stopping when the current job is done");
        comfyui.resume();
        assert_eq!(program.exit_code(), Some(0), "{signal}: {}", program.process.printed());
        assert_eq!(program.manifest("samples/harbour")["status"], "completed");
        let printed = program.process.printed();
        assert!(printed.contains("5 jobs were waiting in memory, and are not done"), "{printed}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut program = Program::start(&["--fake-server-hang-rate", "1", "--image-timeout", "600"], &[]);
    let _ = program.process.wait_for_line("started   samples/harbour");
    program.process.signal("INT");
    let _ = program.process.wait_for_line("stopping when the current job is done");
    program.process.signal("INT");
    assert_eq!(program.exit_code(), Some(130));
}

#[test]
fn jobs_are_taken_over_http() {
    let mut program = Program::start(&[], &[]);
    let url = program.intake();
    let post = |body: &str| {
        let response = Response::post_json(&url, body).expect("the program answers");
        (response.status, serde_json::from_str::<Value>(&response.body).expect("the answer is JSON"))
    };
    let (status, answer) = post(&job("posted", "landscape"));
    assert_eq!((status, answer["job_id"].as_str()), (202, Some("posted")));
    let (status, answer) = post(&job("posted", "no-such-workflow"));
    assert_eq!(status, 400);
    assert!(answer["error"].as_str().is_some_and(|error| error.contains("unknown variant `no-such-workflow`")));

    let _ = program.process.wait_for_line("done      test/posted: 1 image");
    let page = program.page();
    assert_eq!(page.value("jobs_enqueued_total", &[]), Some(7.0));
    assert_eq!(page.value("jobs_rejected_total", &[]), Some(1.0));
    assert_eq!(program.manifest("test/posted")["images"][0]["width"], 768);
}

#[test]
fn a_request_that_is_not_a_job_is_answered_with_the_correct_form() {
    let mut program = Program::start(&[], &[]);
    let url = program.intake();
    let error = |response: &Response| {
        let answer: Value = serde_json::from_str(&response.body).expect("the answer is JSON");
        answer["error"].as_str().expect("it has an error").to_owned()
    };
    let misspelt = Response::post_json(&format!("{url}?prio=high"), &job("misspelt", "portrait")).expect("it answers");
    assert_eq!(misspelt.status, 400);
    assert_eq!(error(&misspelt), "`prio` is not a parameter; write `priority`, which is `high`, `default` or `low`");
    let wrong_path = Response::post_json(&url.replace("/jobs", "/job"), &job("lost", "portrait")).expect("it answers");
    assert_eq!(wrong_path.status, 404);
    assert_eq!(error(&wrong_path), "not found: jobs are taken by `POST /jobs`");
    let wrong_method = Response::get(&url).expect("it answers");
    assert_eq!(wrong_method.status, 405);
    assert_eq!(wrong_method.header("allow"), Some("POST"));
    assert!(error(&wrong_method).starts_with("use POST"), "{}", wrong_method.body);
    let urgent = Response::post_json(&format!("{url}?priority=high"), &job("urgent", "portrait")).expect("it answers");
    assert_eq!(urgent.status, 202);
}

#[test]
fn one_job_that_is_left_is_reported_in_the_singular() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write_job(folder.path(), "first", "portrait");
    write_job(folder.path(), "second", "portrait");
    let jobs = folder.path().to_str().expect("the path is Unicode");
    let comfyui = FakeServer::start();
    comfyui.pause();
    let mut program = Program::start(&["--jobs", jobs], &[("COMFYUI_URL", comfyui.url())]);
    let _ = program.process.wait_for_line("started   test/first");
    program.process.signal("TERM");
    let _ = program.process.wait_for_line("stopping when the current job is done");
    comfyui.resume();
    assert_eq!(program.exit_code(), Some(0));
    let printed = program.process.printed();
    assert!(printed.contains("1 job was waiting in memory, and is not done"), "{printed}");
}

#[test]
fn an_intake_address_in_use_is_an_error_that_says_what_to_change() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = taken.local_addr().expect("a listener has an address").to_string();
    let mut program = Program::start(&["--intake", &address], &[]);
    assert_eq!(program.exit_code(), Some(1));
    let printed = program.process.printed();
    assert!(printed.contains(&format!("error: cannot take jobs at {address}; give `--intake` another")), "{printed}");
}
