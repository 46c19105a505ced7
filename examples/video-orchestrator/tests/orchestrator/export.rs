//! Commands that end before anybody scrapes them: their values are at a real Pushgateway and in a file.

use system_tests::{Page, Process, Pushgateway, RedisServer};

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
