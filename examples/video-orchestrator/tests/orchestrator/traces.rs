//! One trace for each job, from the program that enqueues it to the last image, whatever happens to its workers. A real collector
//! stands between the program and the receiver of the test.

use system_tests::{OtlpReceiver, RecordingProxy, RedisServer, Reply, TraceSpan};

use crate::collector::{Collector, enqueue, named, only, with, work};
use crate::program::{FakeServer, Program, write_job};

#[test]
fn one_trace_holds_all_of_a_job() {
    let (redis, collector, comfyui) = (RedisServer::start(), Collector::start(), FakeServer::start());
    let proxy = RecordingProxy::before(comfyui.url());
    enqueue(&redis, &collector, "one", "portrait");
    // What the log shows does not matter.
    let environment = [("COMFYUI_URL", &*proxy.url()), ("RUST_LOG", "off"), ("OTEL_RESOURCE_ATTRIBUTES", "zone=a%2Cb")];
    let mut program = work(&redis, &collector, &["--once"], &environment);
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());

    let spans = collector.wait_for("job", 1);
    let (enqueued, job) = (only(&spans, "enqueue"), only(&spans, "job"));
    assert_eq!((&*enqueued.kind, &*enqueued.parent), ("Producer", ""));
    assert_eq!((&*job.kind, &job.parent), ("Consumer", &enqueued.span_id));
    for (name, kind, parent) in [
        ("voiceover", "Internal", job),
        ("image", "Internal", job),
        ("submit", "Client", only(&spans, "image")),
        ("wait", "Client", only(&spans, "image")),
        ("download", "Client", only(&spans, "image")),
        ("finish", "Internal", job),
    ] {
        let span = only(&spans, name);
        assert_eq!((&*span.kind, &span.parent), (kind, &parent.span_id), "{span:#?}");
    }
    assert_eq!(spans.len(), 8, "{spans:#?}");
    for span in &spans {
        assert_eq!(span.trace_id, enqueued.trace_id, "{span:#?}");
        assert_eq!((span.attribute("outcome"), &span.error, span.links.len()), ("ok", &None, 0), "{span:#?}");
        assert_eq!(span.resource["service.name"], "unknown_service:video-orchestrator");
        // What the macro of a span could add.
        assert!(span.attributes.keys().all(|name| !name.contains('.')), "{span:#?}");
    }
    assert_eq!(job.resource["zone"], "a,b");
    for (name, file) in [("voiceover", "voiceover.wav"), ("image", "image-001.png"), ("finish", "manifest.json")] {
        let span = only(&spans, name);
        let found = ["run_id", "job_id", "file"].map(|attribute| span.attribute(attribute));
        assert_eq!(found, ["test", "one", file], "{span:#?}");
    }
    assert_eq!(["run_id", "job_id", "attempt"].map(|name| job.attribute(name)), ["test", "one", "1"]);
    assert_eq!(["run_id", "job_id", "queue"].map(|name| enqueued.attribute(name)), ["test", "one", "default"]);

    // Each request names the span that it belongs to.
    let requests = proxy.requests();
    let [submit, wait, download] = ["submit", "wait", "download"].map(|name| only(&spans, name));
    let of = |span: &TraceSpan| {
        let name = span.traceparent();
        let lines = requests.iter().filter(|request| request.header("traceparent") == Some(&name));
        lines.map(|request| request.line.split('?').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let prompt_id = submit.attribute("prompt_id");
    assert!(prompt_id.len() == 36 && wait.attribute("prompt_id") == prompt_id, "{wait:#?}");
    assert_eq!((of(submit), of(download)), (vec!["POST /prompt".to_owned()], vec!["GET /view".to_owned()]));
    let polls = of(wait);
    assert_eq!(
        polls.iter().filter(|line| line.starts_with("GET /history/")).count().to_string(),
        wait.attribute("polls")
    );
    assert_eq!(polls.len() + 2, requests.len(), "{requests:#?}");
    assert_eq!(redis.command::<u64>(&["HLEN", "video_orchestrator:attempts"]), 0);
}

#[test]
fn a_retry_is_linked_to_the_first_attempt_and_failures_have_their_status() {
    let (redis, collector) = (RedisServer::start(), Collector::start());
    enqueue(&redis, &collector, "bad", "retired");
    let options = ["--attempts", "3", "--retry-delay", "0.05"];
    let mut program = work(&redis, &collector, &options, &[]);
    let spans = collector.wait_for("job", 3);
    program.process.signal("TERM");
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
    let mut jobs = named(&spans, "job");
    jobs.sort_by_key(|job| job.attribute("attempt"));
    let enqueued = only(&spans, "enqueue");
    for (job, attempt) in jobs.iter().zip(["1", "2", "3"]) {
        assert_eq!((job.attribute("attempt"), &job.parent), (attempt, &enqueued.span_id), "{job:#?}");
        let link = (enqueued.trace_id.clone(), jobs[0].span_id.clone());
        assert_eq!(job.links, if attempt == "1" { vec![] } else { vec![link] }, "{job:#?}");
        assert_eq!(job.attribute("outcome"), "error");
        assert!(job.error.as_ref().is_some_and(|error| error.contains("no image for the prompt 1: ")), "{job:#?}");
    }
    for failed in [named(&spans, "image"), named(&spans, "submit")].concat() {
        assert_eq!(failed.attribute("outcome"), "error", "{failed:#?}");
        assert!(failed.error.as_ref().is_some_and(|error| error.contains("rejects the workflow")), "{failed:#?}");
    }
    assert!(spans.iter().all(|span| span.trace_id == enqueued.trace_id), "{spans:#?}");
    assert_eq!(redis.command::<u64>(&["HLEN", "video_orchestrator:attempts"]), 0);
}

#[test]
fn a_job_whose_worker_was_killed_keeps_its_trace() {
    let (redis, collector, mut comfyui) = (RedisServer::start(), Collector::start(), FakeServer::start_slow());
    let proxy = RecordingProxy::before(comfyui.url());
    let url = proxy.url();
    let environment = [("COMFYUI_URL", &*url)];
    let options = ["--lease", "1", "--image-timeout", "600"];
    enqueue(&redis, &collector, "one", "portrait");
    let mut first = work(&redis, &collector, &options, &environment);
    let before = collector.wait_for("submit", 1);
    first.process.kill();
    comfyui.restart();
    let mut second = work(&redis, &collector, &options, &environment);
    let spans = collector.wait_for("job", 1);
    second.process.signal("TERM");
    assert_eq!(second.exit_code(), Some(0), "{}", second.process.printed());

    let (enqueued, job) = (only(&spans, "enqueue"), only(&spans, "job"));
    assert_eq!((job.attribute("attempt"), job.attribute("outcome"), &job.parent), ("2", "ok", &enqueued.span_id));
    // The span of the first attempt never came, and its first child names it.
    let voiceover = only(&before, "voiceover");
    assert_eq!(job.links, [(enqueued.trace_id.clone(), voiceover.parent.clone())]);
    assert_ne!(voiceover.parent, job.span_id);
    assert!(spans.iter().all(|span| span.trace_id == enqueued.trace_id), "{spans:#?}");
    let finish = only(&spans, "finish");
    assert_eq!((&finish.parent, named(&spans, "voiceover").len()), (&job.span_id, 2));
    // What both workers have asked of ComfyUI is in it too.
    let requests = proxy.requests();
    assert_eq!(requests.iter().filter(|request| request.line == "POST /prompt").count(), 2, "{requests:#?}");
    let of_trace = format!("00-{}-", enqueued.trace_id);
    for request in &requests {
        assert!(request.header("traceparent").is_some_and(|value| value.starts_with(&of_trace)), "{request:#?}");
    }
    assert_eq!(redis.command::<u64>(&["HLEN", "video_orchestrator:attempts"]), 0);
}

#[test]
fn the_queue_in_memory_keeps_traces_too() {
    let (collector, mut comfyui) = (Collector::start(), FakeServer::start());
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write_job(folder.path(), "one", "portrait");
    let (jobs, url) = (folder.path().display().to_string(), comfyui.url().to_owned());
    comfyui.kill();
    let variables = collector.variables();
    let mut program = Program::start(&["--jobs", &jobs], &with(&[("COMFYUI_URL", &url)], &variables));
    let _ = program.process.wait_for_line("paused ");
    comfyui.restart();
    let _ = program.process.wait_for_line("done ");
    program.process.signal("TERM");
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
    let spans = collector.wait_for("finish", 2);
    let (enqueued, jobs) = (only(&spans, "enqueue"), named(&spans, "job"));
    assert!(jobs.len() >= 2, "{jobs:#?}");
    let mut first = jobs.iter().filter(|job| job.links.is_empty());
    let (Some(first), None) = (first.next(), first.next()) else { panic!("not one first attempt: {jobs:#?}") };
    for job in &jobs {
        assert_eq!((&job.trace_id, &job.parent), (&enqueued.trace_id, &enqueued.span_id));
        assert!(job.links.iter().all(|link| *link == (first.trace_id.clone(), first.span_id.clone())), "{job:#?}");
    }
}

#[test]
fn the_failures_of_the_samples_are_on_their_spans() {
    let collector = Collector::start();
    let variables = collector.variables();
    let mut program = Program::start(&["--once"], &with(&[("OTEL_SERVICE_NAME", "video")], &variables));
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
    let spans = collector.wait_for("job", 6);
    for enqueued in named(&spans, "enqueue") {
        let of_trace: Vec<_> = spans.iter().filter(|span| span.trace_id == enqueued.trace_id).cloned().collect();
        let job = only(&of_trace, "job");
        assert_eq!((&job.parent, job.attribute("job_id")), (&enqueued.span_id, enqueued.attribute("job_id")));
        assert_eq!(job.resource["service.name"], "video");
        let ends: Vec<(&str, &str)> =
            of_trace.iter().map(|span| (&*span.name, span.attribute("outcome"))).filter(|end| end.1 != "ok").collect();
        let expected: &[(&str, &str)] = match job.attribute("job_id") {
            "retired-model" => &[("submit", "error"), ("image", "error"), ("job", "error")],
            "never-done" => &[("wait", "cancelled"), ("image", "timeout"), ("job", "timeout")],
            "nothing-to-say" => &[("voiceover", "error"), ("job", "error")],
            _ => &[],
        };
        assert_eq!(ends, expected, "{of_trace:#?}");
        for span in &of_trace {
            assert_eq!(span.error.is_some(), span.attribute("outcome") != "ok", "{span:#?}");
        }
        if job.attribute("job_id") == "never-done" {
            assert!(only(&of_trace, "wait").attribute("polls").parse::<u32>().is_ok_and(|polls| polls > 1));
            let cancel = only(&of_trace, "cancel");
            assert_eq!((&*cancel.kind, &cancel.parent), ("Client", &only(&of_trace, "image").span_id));
        }
    }
}

#[test]
fn a_dead_receiver_does_not_touch_the_program() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for number in 0..20 {
        write_job(folder.path(), &format!("job-{number}"), "portrait");
    }
    let jobs = folder.path().display().to_string();
    let refusing = OtlpReceiver::start_on(0, (0..1000).map(|_| Reply::Answer("404 Not Found", "", Vec::new())));
    let silent = OtlpReceiver::start_on(0, (0..1000).map(|_| Reply::Silence));
    for (url, expected) in [
        ("http://127.0.0.1:1".to_owned(), "http://127.0.0.1:1/v1/traces has not taken them: HTTP export failed"),
        (refusing.url(), "/v1/traces has not taken them: HTTP export failed with status code: 404"),
        (silent.url(), "the last traces were not sent within 5 s"),
    ] {
        let environment = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &*url),
            ("OTEL_METRICS_EXPORTER", "none"),
            ("OTEL_BSP_SCHEDULE_DELAY", "10"),
        ];
        let options = ["--once", "--jobs", &jobs, "--fake-server-delay", "0.01"];
        let mut program = Program::start(&options, &environment);
        assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
        let printed = program.process.printed();
        assert!(printed.contains("20 of 20 jobs ended as intended"), "{printed}");
        let lines: Vec<&str> = printed.lines().filter(|line| line.contains("traces")).collect();
        assert!(matches!(lines[..], [line] if line.contains(expected)), "{printed}");
    }
}

#[test]
fn a_wrong_setting_is_an_error_that_names_it_and_shows_no_secret() {
    for (variable, value, expected) in [
        (
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "ftp://user:hunter2@c",
            "`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is `ftp://…@c`",
        ),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "hunter2", "`OTEL_EXPORTER_OTLP_TRACES_HEADERS` is `…`"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc", "`grpc`, which is not supported; it takes `http/protobuf`"),
        ("OTEL_TRACES_EXPORTER", "jaeger", "`OTEL_TRACES_EXPORTER` is `jaeger`, which is not supported"),
        ("OTEL_TRACES_SAMPLER", "sometimes", "`OTEL_TRACES_SAMPLER` is `sometimes`, which is not supported"),
    ] {
        let endpoint = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:1");
        for arguments in [&["--once"][..], &["--workers", "2"]] {
            let mut program = Program::start(arguments, &[endpoint, (variable, value)]);
            assert_eq!(program.exit_code(), Some(1));
            let printed = program.process.printed();
            assert!(printed.contains(expected) && !printed.contains("hunter2"), "{printed}");
        }
    }
}

#[test]
fn no_secret_of_the_receiver_is_shown() {
    let receiver = OtlpReceiver::start_on(0, [Reply::Answer("403 Forbidden", "", b"hunter2".to_vec())]);
    let url = format!("{}/x?token=hunter2", receiver.url().replace("http://", "http://user:hunter2@"));
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write_job(folder.path(), "one", "portrait");
    let jobs = folder.path().display().to_string();
    let environment = [
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*url),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-key=hunter2"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("RUST_LOG", "trace"),
    ];
    let mut program = Program::start(&["--once", "--jobs", &jobs], &environment);
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
    let printed = program.process.printed();
    assert!(printed.contains("status code: 403") && !printed.contains("hunter2"), "{printed}");
    // The spans are not in the log.
    for line in printed.lines() {
        assert!(line.len() <= 1100 && !line.contains("run_id="), "{line}");
    }
    let request = receiver.wait_for(1);
    assert_eq!(request.line, "POST /x?token=hunter2 HTTP/1.1");
    assert_eq!(request.header("authorization"), Some("Basic dXNlcjpodW50ZXIy"));
    assert_eq!((request.header("x-key"), request.header("content-encoding")), (Some("hunter2"), Some("gzip")));
}

#[test]
fn switched_off_nothing_is_sent() {
    let receiver = OtlpReceiver::start();
    for off in [("OTEL_TRACES_EXPORTER", "none"), ("OTEL_SDK_DISABLED", "true")] {
        let url = receiver.url();
        let environment = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*url), off];
        let mut program = Program::start(&["--once"], &environment);
        assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
    }
    assert_eq!(receiver.requests().len(), 0);
}
