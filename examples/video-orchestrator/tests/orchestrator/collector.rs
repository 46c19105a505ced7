//! A real collector of traces, with a receiver of the test behind it, and programs that send to it.

use std::process::Command;

use system_tests::{OtlpReceiver, Process, RedisServer, Rotel, TraceSpan, wait_until};

use crate::program::{Program, command, write_job};

/// A receiver behind a collector.
pub(crate) struct Collector {
    receiver: OtlpReceiver,
    rotel: Rotel,
}

impl Collector {
    pub(crate) fn start() -> Self {
        let receiver = OtlpReceiver::start();
        let rotel = Rotel::sending_to(&format!("{}/v1/traces", receiver.url()));
        Self { receiver, rotel }
    }

    /// The variables that switch traces on.
    pub(crate) fn variables(&self) -> [(&'static str, String); 2] {
        let url = format!("{}/v1/traces", self.rotel.url());
        // Spans come soon, also from a program that is killed.
        [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", url), ("OTEL_BSP_SCHEDULE_DELAY", "50".to_owned())]
    }

    /// All spans, when so many of this name have come.
    pub(crate) fn wait_for(&self, name: &str, number: usize) -> Vec<TraceSpan> {
        wait_until(&format!("{number} spans `{name}`"), || {
            let spans = self.receiver.spans();
            (named(&spans, name).len() >= number).then_some(spans)
        })
    }
}

/// The spans with this name.
pub(crate) fn named<'a>(spans: &'a [TraceSpan], name: &str) -> Vec<&'a TraceSpan> {
    spans.iter().filter(|span| span.name == name).collect()
}

/// The only span with this name.
pub(crate) fn only<'a>(spans: &'a [TraceSpan], name: &str) -> &'a TraceSpan {
    let [span] = named(spans, name)[..] else { panic!("not one `{name}`: {spans:#?}") };
    span
}

pub(crate) fn with<'a>(
    environment: &[(&'a str, &'a str)],
    more: &'a [(&'static str, String)],
) -> Vec<(&'a str, &'a str)> {
    environment.iter().copied().chain(more.iter().map(|(name, value)| (*name, value.as_str()))).collect()
}

/// Runs `enqueue`, with traces.
pub(crate) fn enqueue(redis: &RedisServer, collector: &Collector, job_id: &str, workflow: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let variables = collector.variables();
    let url = redis.url();
    let mut enqueue: Command = command(&with(&[("REDIS_URL", &url)], &variables));
    let mut enqueue = Process::start(enqueue.arg("enqueue").arg(write_job(folder.path(), job_id, workflow)));
    assert_eq!(enqueue.wait().code(), Some(0), "{}", enqueue.printed());
}

/// Starts the program, with traces. It does the jobs that wait.
pub(crate) fn work(
    redis: &RedisServer,
    collector: &Collector,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Program {
    let variables = collector.variables();
    let url = redis.url();
    let environment = [&[("REDIS_URL", &*url)], environment].concat();
    Program::start(arguments, &with(&environment, &variables))
}
