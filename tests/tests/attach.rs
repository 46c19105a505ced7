//! A program that has its own recorder and attaches its metrics to it.

use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use metrics_exporter_prometheus::PrometheusBuilder;
use metrics_runtime::{AttachError, InitError, Label, counted, in_flight, testing};
use system_tests::Page;

#[derive(Clone, Copy, Label)]
enum Kind {
    Poster,
    Cover,
}

#[counted(counter = "attach_started_total", labels(kind))]
#[counted(counter = "attach_ended_total", on = end, labels(kind))]
#[in_flight(gauge = "attach_active", oldest = "attach_active_oldest_seconds")]
async fn draw(kind: Kind, polls: u32) {
    let mut left = polls;
    poll_fn(|_| {
        left = left.saturating_sub(1);
        if left == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    let _ = kind;
}

metrics_runtime::build_info!();

fn poll(future: std::pin::Pin<&mut impl Future>) -> bool {
    future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

// One test: a program has one recorder.
#[test]
fn the_metrics_of_the_program_are_recorded_in_the_users_recorder() {
    let refusal = metrics_runtime::attach().expect_err("there is no recorder yet");
    assert!(matches!(refusal, AttachError::NoRecorder));
    assert!(refusal.to_string().contains("install yours before `metrics_runtime::attach()`"), "{refusal}");

    // A call that is in flight while the recorder is installed and the metrics are attached.
    let mut unrecorded = pin!(draw(Kind::Cover, 2));
    assert!(!poll(unrecorded.as_mut()));

    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).expect("there is none yet");
    let value = |name: &str, labels: &[(&str, &str)]| Page::from(handle.render()).value(name, labels);

    // A call that starts through the facade and is in flight while the metrics are attached.
    let mut call = pin!(draw(Kind::Poster, 2));
    assert!(!poll(call.as_mut()));
    assert_eq!(value("attach_active", &[]), Some(1.0));
    assert_eq!(value("attach_started_total", &[("kind", "cover")]), None);

    // A recorder of one thread is not the one that the metrics are attached to.
    let own = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&own, || metrics_runtime::attach().expect("there is a recorder"));
    assert_eq!(own.handle().render(), "");
    assert_eq!(value("attach_started_total", &[("kind", "cover")]), Some(0.0));
    assert!(
        handle.render().contains("# HELP attach_started_total Calls of `draw` that have started."),
        "{}",
        handle.render()
    );
    let builds = Page::from(handle.render()).series("build_info");
    assert!(matches!(&builds[..], [(labels, 1.0)] if labels["version"] == env!("CARGO_PKG_VERSION")), "{builds:?}");
    // What only our own page reads is not there, also not with the value zero.
    assert!(!handle.render().contains("process_"), "{}", handle.render());
    assert!(Page::from(handle.render()).series("attach_active_oldest_seconds").is_empty(), "{}", handle.render());

    // The end of one call is recorded; of the other, whose start was not recorded, both the start and the end.
    assert!(poll(call.as_mut()));
    assert!(poll(unrecorded.as_mut()));
    for (series, labels, expected) in [
        ("attach_started_total", &[("kind", "poster")][..], 1.0),
        ("attach_ended_total", &[("kind", "poster")][..], 1.0),
        ("attach_started_total", &[("kind", "cover")][..], 1.0),
        ("attach_ended_total", &[("kind", "cover")][..], 1.0),
        ("attach_active", &[], 0.0),
    ] {
        assert_eq!(value(series, labels), Some(expected), "{series}:\n{}", handle.render());
    }

    // A capture does not change the recorder.
    let seen = testing::capture(|| assert!(poll(pin!(draw(Kind::Cover, 1)))));
    assert_eq!(seen.counter("attach_ended_total", &[("kind", "cover")]), 1);
    assert_eq!(value("attach_ended_total", &[("kind", "cover")]), Some(1.0));
    assert!(poll(pin!(draw(Kind::Cover, 1))));
    assert_eq!(value("attach_ended_total", &[("kind", "cover")]), Some(2.0));

    assert!(matches!(metrics_runtime::attach(), Err(AttachError::AlreadyInitialized)));
    assert!(matches!(metrics_runtime::builder().no_listener().init(), Err(InitError::AlreadyInitialized)));
}
