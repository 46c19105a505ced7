//! Commands that end before anybody scrapes them: their values are at a real Pushgateway and in a file.

use system_tests::{Page, Process, Pushgateway, RedisServer, Response};

use crate::program::{Program, command, write_job};

#[test]
fn enqueue_and_once_push_their_counts() {
    let (redis, gateway) = (RedisServer::start(), Pushgateway::start());
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let [one, two] = ["one", "two"].map(|job| write_job(folder.path(), job, "portrait"));
    let push =
        |job: &'static str| [("METRICS_PUSH_URL", gateway.url().to_owned()), ("METRICS_PUSH_JOB", job.to_owned())];
    let redis_url = redis.url();

    let mut enqueue = command(&[("REDIS_URL", &redis_url)]);
    // A worker on this machine may have this port, so the command takes none.
    enqueue.envs(push("enqueue")).env("METRICS_LISTEN", "127.0.0.1:1").arg("enqueue").args([&one, &two]);
    let mut enqueue = Process::start(&mut enqueue);
    assert_eq!(enqueue.wait().code(), Some(0), "{}", enqueue.printed());
    let of = |name: &str, job: &str| gateway.page().value(name, &[("job", job), ("instance", "")]);
    assert_eq!(of("jobs_enqueued_total", "enqueue"), Some(2.0), "{}", gateway.page().text());

    let file = folder.path().join("once.prom").display().to_string();
    let [url, job] = push("once");
    let environment =
        [("REDIS_URL", redis_url.as_str()), (url.0, &url.1), (job.0, &job.1), ("METRICS_TEXTFILE", &file)];
    let mut program = Program::start(&["--once"], &environment);
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
    let written = Page::from(std::fs::read_to_string(&file).expect("the file is written"));
    for (name, expected) in [("jobs_completed_total", 2.0), ("jobs_started_total", 2.0)] {
        assert_eq!(of(name, "once"), Some(expected), "{name}: {}", gateway.page().text());
        assert_eq!(written.value(name, &[]), Some(expected), "{name}: {}", written.text());
    }
    assert_eq!(of("jobs_enqueued_total", "enqueue"), Some(2.0), "another group is not touched");
}

#[test]
fn a_gateway_that_refuses_says_why_and_the_program_goes_on() {
    let gateway = Pushgateway::start();
    // Another program has this metric with another kind. The gateway shows one of the two series.
    let other = "# TYPE jobs_failed_total gauge\njobs_failed_total 1\n";
    let (instance, zone) = ("a-long-name.of-a-machine.example.com", "somewhere-far-away");
    let group = format!("{}/metrics/job/other/instance/{instance}/zone/{zone}", gateway.url());
    let response = Response::post(&group, other).expect("it answers");
    assert_eq!(response.status, 200, "{}", response.body);
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write_job(folder.path(), "one", "portrait");
    let jobs = folder.path().display().to_string();
    let grouping = format!("instance={instance},zone={zone}");
    let environment = [("METRICS_PUSH_URL", gateway.url()), ("METRICS_PUSH_GROUPING", &grouping)];
    let mut program = Program::start(&["--once", "--jobs", &jobs], &environment);
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
    let printed = program.process.printed();
    let line = printed.lines().find(|line| line.contains("the Pushgateway answers 400: pushed metrics are invalid"));
    // The reason is at the end of many words.
    assert!(line.is_some_and(|line| line.contains("} is not a ")), "{printed}");
}
