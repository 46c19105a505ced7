//! What the newer forms record in a capture, where each value asks the facade's recorder, and where metrics are off.

use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use metrics_runtime::testing::{Captured, capture, capture_async};
use metrics_runtime::{counted, measure, measure_stream, measured, observed, timed};

#[observed(histogram = "forms_rows", value = rows.len())]
#[observed(histogram = "forms_added", value = |sum| *sum)]
fn sum(rows: &[u32]) -> Option<u32> {
    rows.iter().copied().reduce(|one, other| one + other)
}

struct Store;

#[measured(labels(method))]
#[timed(histogram = "forms_store_seconds")]
#[counted(counter = "forms_store_total")]
impl Store {
    fn get() -> u32 {
        1
    }

    fn put() -> u32 {
        2
    }
}

#[test]
fn functions_record_in_the_capture() {
    let Captured { output: sums, snapshot: seen } =
        capture(|| (sum(&[1, 2, 4]), sum(&[]), Store::get() + Store::put()));
    assert_eq!(sums, (Some(7), None, 3));
    assert_eq!(seen.observations("forms_rows", &[]), [3.0, 0.0]);
    assert_eq!(seen.observations("forms_added", &[]), [7.0]);
    assert_eq!(seen.observations("forms_store_seconds", &[("method", "get")]).len(), 1);
    assert_eq!(seen.counter("forms_store_total", &[("method", "put")]), 1);
}

#[test]
fn code_records_in_the_capture() {
    let Captured { output: number, snapshot: seen } = capture(|| {
        let number = measure!(
            #[timed(histogram = "forms_block_seconds", labels(outcome))]
            "12".parse::<u8>()
        );
        let next = measure!(
            #[counted(counter = "forms_closure_total", on = ok)]
            |number: u8| number + 1
        );
        next(next(number.unwrap_or_default()))
    });
    assert_eq!(number, 14);
    assert_eq!(seen.observations("forms_block_seconds", &[("outcome", "ok")]).len(), 1);
    assert_eq!(seen.counter("forms_closure_total", &[]), 2);
}

struct Numbers(VecDeque<u32>);

impl Stream for Numbers {
    type Item = u32;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        Poll::Ready(self.0.pop_front())
    }
}

#[test]
fn futures_and_streams_record_in_the_capture() {
    let future = capture_async(async {
        let ready = measure!(
            #[timed(histogram = "forms_future_seconds")]
            async {
                std::future::ready(3).await
            }
        )
        .await;
        let mut stream = pin!(measure_stream!(
            #[counted(counter = "forms_items_total", on = item)]
            #[counted(counter = "forms_streams_total", on = end, labels(outcome))]
            Numbers((0..ready).collect())
        ));
        let mut items = 0;
        while std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await.is_some() {
            items += 1;
        }
        items
    });
    let Poll::Ready(Captured { output: items, snapshot: seen }) =
        pin!(future).poll(&mut Context::from_waker(Waker::noop()))
    else {
        panic!("it does not wait");
    };
    assert_eq!(items, 3);
    assert_eq!(seen.observations("forms_future_seconds", &[]).len(), 1);
    assert_eq!(seen.counter("forms_items_total", &[]), 3);
    assert_eq!(seen.counter("forms_streams_total", &[("outcome", "ok")]), 1);
}
