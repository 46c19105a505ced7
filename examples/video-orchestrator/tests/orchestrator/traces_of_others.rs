//! What other programs give as the trace of a job: a header of the request, or a field of the job.

use serde_json::Value;
use system_tests::{RecordingProxy, RedisServer};

use crate::collector::{Collector, named, only, with};
use crate::program::{FakeServer, Program, job, job_with, post};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const OTHER_TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

fn traceparent(trace: &str, flags: &str) -> String {
    format!("00-{trace}-{SPAN}-{flags}")
}

#[test]
fn the_header_of_a_request_comes_before_the_field_of_the_job() {
    let (redis, collector) = (RedisServer::start(), Collector::start());
    let variables = collector.variables();
    let mut program = Program::start(&[], &with(&[("REDIS_URL", &redis.url())], &variables));
    let intake = program.intake();
    let header = traceparent(TRACE, "01");
    let field = format!("\"{}\"", traceparent(OTHER_TRACE, "01"));
    post(&intake, &[("traceparent", &header)], &job_with("header", &field));
    post(&intake, &[], &job_with("field", &field));
    let spans = collector.wait_for("job", 2);
    program.process.signal("TERM");
    assert_eq!(program.exit_code(), Some(0));
    for (job_id, trace) in [("header", TRACE), ("field", OTHER_TRACE)] {
        let of_job: Vec<_> = spans.iter().filter(|span| span.attribute("job_id") == job_id).cloned().collect();
        let enqueued = only(&of_job, "enqueue");
        assert_eq!((&*enqueued.trace_id, &*enqueued.parent), (trace, SPAN), "{enqueued:#?}");
        let job = only(&of_job, "job");
        assert_eq!((&*job.trace_id, &job.parent), (trace, &enqueued.span_id), "{job:#?}");
    }
}

#[test]
fn an_invalid_trace_is_ignored_with_one_line_and_costs_no_job() {
    let (redis, collector) = (RedisServer::start(), Collector::start());
    let variables = collector.variables();
    let options = ["--attempts", "2", "--retry-delay", "0.05"];
    let mut program = Program::start(&options, &with(&[("REDIS_URL", &redis.url())], &variables));
    let intake = program.intake();
    post(&intake, &[("traceparent", "00-secret")], &job("header", "portrait"));
    post(&intake, &[("traceparent", &traceparent(TRACE, "01").to_uppercase())], &job_with("both", "null"));
    post(&intake, &[], &job_with("field", "\"00-secret\""));
    post(&intake, &[], &job_with("number", "[[7]]"));
    // Pushed by another program, and tried twice.
    let pushed = job_with("pushed", "{\"a\":1}").replace("portrait", "retired");
    redis.command::<u64>(&["RPUSH", "video_orchestrator:queue", &pushed]);
    let spans = collector.wait_for("job", 6);
    program.process.signal("TERM");
    assert_eq!(program.exit_code(), Some(0));
    let printed = program.process.printed();
    for job_id in ["header", "both", "field", "number", "pushed"] {
        let expected = format!("of the job test/{job_id} is invalid, and is ignored");
        assert_eq!(printed.matches(&expected).count(), 1, "{job_id}: {printed}");
    }
    assert!(!printed.contains("secret"), "{printed}");
    let mut traces: Vec<&str> = named(&spans, "enqueue").iter().map(|span| &*span.trace_id).collect();
    assert!(named(&spans, "enqueue").iter().all(|span| span.parent.is_empty()), "{spans:#?}");
    let attempts: Vec<_> = named(&spans, "job").into_iter().filter(|job| job.attribute("job_id") == "pushed").collect();
    // A job without a trace is in that of its first attempt.
    let [first, second] = attempts[..] else { panic!("{attempts:#?}") };
    assert_eq!((&*first.parent, &second.parent), ("", &first.span_id));
    assert_eq!(second.links, [(first.trace_id.clone(), first.span_id.clone())]);
    assert_eq!(first.trace_id, second.trace_id);
    traces.push(&first.trace_id);
    traces.sort_unstable();
    traces.dedup();
    assert_eq!(traces.len(), 5, "each job has its own");
}

#[test]
fn what_is_not_sampled_makes_no_span_and_its_header_goes_on() {
    let (redis, collector, comfyui) = (RedisServer::start(), Collector::start(), FakeServer::start());
    let proxy = RecordingProxy::before(comfyui.url());
    let variables = collector.variables();
    let (redis_url, comfyui_url) = (redis.url(), proxy.url());
    let environment = [("REDIS_URL", &*redis_url), ("COMFYUI_URL", &*comfyui_url)];
    let mut program = Program::start(&[], &with(&environment, &variables));
    let intake = program.intake();
    post(&intake, &[("traceparent", &traceparent(TRACE, "00"))], &job("quiet", "portrait"));
    let _ = program.process.wait_for_line("done      test/quiet");
    post(&intake, &[("traceparent", &traceparent(OTHER_TRACE, "01"))], &job("loud", "portrait"));
    let _ = program.process.wait_for_line("done      test/loud");
    program.process.signal("TERM");
    assert_eq!(program.exit_code(), Some(0));
    let spans = collector.wait_for("job", 1);
    assert!(spans.iter().all(|span| span.trace_id == OTHER_TRACE), "{spans:#?}");
    for (trace, flags) in [(TRACE, "-00"), (OTHER_TRACE, "-01")] {
        let requests = proxy.requests();
        let of_trace = requests.iter().filter(|request| {
            request.header("traceparent").is_some_and(|value| value.contains(trace) && value.ends_with(flags))
        });
        let lines: Vec<&str> = of_trace.map(|request| &*request.line).collect();
        assert!(lines.contains(&"POST /prompt") && lines.len() >= 3, "{requests:#?}");
    }
}

#[test]
fn switched_off_a_valid_trace_is_handed_on_as_it_is() {
    let (redis, comfyui) = (RedisServer::start(), FakeServer::start());
    let proxy = RecordingProxy::before(comfyui.url());
    comfyui.pause();
    let (redis_url, comfyui_url) = (redis.url(), proxy.url());
    let environment = [("REDIS_URL", &*redis_url), ("COMFYUI_URL", &*comfyui_url), ("RUST_LOG", "info")];
    let mut program = Program::start(&[], &environment);
    let intake = program.intake();
    let given = traceparent(TRACE, "03");
    post(&intake, &[("traceparent", &given)], &job("one", "portrait"));
    let of_processing =
        || -> Vec<String> { redis.command(&["LRANGE", "video_orchestrator:processing:default", "0", "-1"]) };
    let entries =
        system_tests::wait_until("the job in progress", || Some(of_processing()).filter(|list| !list.is_empty()));
    let entry: Value = serde_json::from_str(&entries[0]).expect("it is JSON");
    assert_eq!(entry["job"]["traceparent"], given);
    assert_eq!(redis.command::<u64>(&["HLEN", "video_orchestrator:attempts"]), 1, "no trace is kept");
    post(&intake, &[("traceparent", "00")], &job_with("two", &format!("\"{}\"", traceparent(OTHER_TRACE, "00"))));
    post(&intake, &[("traceparent", "00")], &job_with("three", "false"));
    comfyui.resume();
    let _ = program.process.wait_for_line("done      test/three");
    program.process.signal("TERM");
    assert_eq!(program.exit_code(), Some(0));
    let printed = program.process.printed();
    assert_eq!(printed.matches("is invalid, and is ignored").count(), 3, "{printed}");
    assert!(!printed.contains("run_id="), "{printed}");
    let submitted: Vec<Option<String>> = proxy
        .requests()
        .iter()
        .filter(|request| request.line == "POST /prompt")
        .map(|request| request.header("traceparent").map(str::to_owned))
        .collect();
    assert_eq!(submitted, [Some(given), Some(traceparent(OTHER_TRACE, "00")), None]);
}
