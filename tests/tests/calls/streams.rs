//! `measure_stream!`: a stream is one call, and its items are counted.

use std::collections::VecDeque;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use metrics_runtime::{Label, measure_stream};

use super::support::{metrics, panics, sure, value};

#[derive(Clone, Copy, Label)]
enum Table {
    Notes,
}

/// A stream of what is in it. It waits at `Wait`, and panics at `Panic`.
struct Items(VecDeque<Item>);

#[derive(Clone, Copy)]
enum Item {
    Row(u32),
    Bad,
    Slow,
    Wait,
    Panic,
}

impl Stream for Items {
    type Item = Result<u32, io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(match self.0.pop_front() {
            None => None,
            Some(Item::Row(number)) => Some(Ok(number)),
            Some(Item::Bad) => Some(Err(io::ErrorKind::NotFound.into())),
            Some(Item::Slow) => Some(Err(io::ErrorKind::TimedOut.into())),
            Some(Item::Wait) => {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(Item::Panic) => panic!("on purpose"),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.len(), Some(self.0.len()))
    }
}

fn rows(items: &[Item]) -> impl Stream<Item = Result<u32, io::Error>> {
    let table = Table::Notes;
    measure_stream!(
        #[timed(histogram = "streams_export_seconds", labels(outcome))]
        #[counted(counter = "streams_rows_total", on = item, labels(table: Table = table))]
        #[counted_failure(counter = "streams_failures_total")]
        #[in_flight(gauge = "streams_active")]
        Items(items.iter().copied().collect())
    )
}

/// Reads a stream to its end, through all its waits. Returns the number of its items.
fn read(stream: impl Stream) -> usize {
    let mut stream = pin!(stream);
    let mut items = 0;
    loop {
        match stream.as_mut().poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Some(_)) => items += 1,
            Poll::Ready(None) => break,
            Poll::Pending => {}
        }
    }
    items
}

#[test]
fn a_stream_ends_once_and_its_items_are_counted() {
    metrics();
    let count = |outcome: &str| sure(&format!("streams_export_seconds_count{{outcome=\"{outcome}\"}}"));
    assert_eq!(read(rows(&[Item::Row(1), Item::Wait, Item::Row(2), Item::Row(3)])), 3);
    assert_eq!((sure("streams_rows_total{table=\"notes\"}"), count("ok")), (3.0, 1.0));
    // It ends as its last item says.
    assert_eq!(read(rows(&[Item::Row(1), Item::Bad])), 2);
    assert_eq!(read(rows(&[Item::Slow])), 1);
    assert_eq!(read(rows(&[Item::Bad, Item::Row(1)])), 2);
    assert_eq!((count("ok"), count("error"), count("timeout")), (2.0, 1.0, 1.0));
    // An empty one ends `ok`, and one that nobody polls has not started.
    assert_eq!(read(rows(&[])), 0);
    drop(rows(&[Item::Row(1)]));
    assert_eq!((count("ok"), count("cancelled")), (3.0, 0.0));
    {
        let mut dropped = pin!(rows(&[Item::Row(1), Item::Row(2), Item::Row(3)]));
        assert_eq!(dropped.size_hint(), (3, Some(3)));
        assert!(dropped.as_mut().poll_next(&mut Context::from_waker(Waker::noop())).is_ready());
        assert_eq!((dropped.size_hint(), sure("streams_active")), ((2, Some(2)), 1.0));
    }
    assert_eq!((count("cancelled"), sure("streams_active")), (1.0, 0.0));
    panics(|| read(rows(&[Item::Row(1), Item::Panic])));
    assert_eq!(count("panic"), 1.0);
    // 3 + 1 + 0 + 1 + 0 + 1 + 1: an error is no row.
    assert_eq!(sure("streams_rows_total{table=\"notes\"}"), 7.0);
    assert_eq!(sure("streams_failures_total{reason=\"error\"}"), 1.0);
    assert_eq!(sure("streams_failures_total{reason=\"cancelled\"}"), 1.0);
}

#[test]
fn a_stream_that_is_dropped_after_an_error_ends_as_the_error_says() {
    metrics();
    let drop_after = |items: &[Item], read: usize| {
        let items = items.iter().copied().collect();
        let mut stream = pin!(measure_stream!(
            #[counted(counter = "streams_dropped_total", on = end, labels(outcome))]
            #[in_flight(gauge = "streams_dropped_active")]
            Items(items)
        ));
        for _ in 0..read {
            let _ = stream.as_mut().poll_next(&mut Context::from_waker(Waker::noop()));
        }
    };
    let counts = || {
        let count = |outcome| sure(&format!("streams_dropped_total{{outcome=\"{outcome}\"}}"));
        ["ok", "error", "timeout", "cancelled", "panic"].map(count)
    };
    drop_after(&[Item::Row(1), Item::Bad, Item::Row(2)], 2);
    assert_eq!(counts(), [0.0, 1.0, 0.0, 0.0, 0.0]);
    drop_after(&[Item::Slow], 1);
    assert_eq!(counts(), [0.0, 1.0, 1.0, 0.0, 0.0]);
    // It went on after the error.
    drop_after(&[Item::Bad, Item::Row(1), Item::Row(2)], 2);
    assert_eq!(counts(), [0.0, 1.0, 1.0, 1.0, 0.0]);
    // A wait for the next item changes nothing, and a panic is a panic.
    drop_after(&[Item::Bad, Item::Wait, Item::Row(1)], 2);
    assert_eq!(counts(), [0.0, 2.0, 1.0, 1.0, 0.0]);
    panics(|| drop_after(&[Item::Bad, Item::Panic], 2));
    assert_eq!(counts(), [0.0, 2.0, 1.0, 1.0, 1.0]);
    assert_eq!(sure("streams_dropped_active"), 0.0);
}

#[test]
fn a_stream_that_has_ended_can_be_polled_again() {
    metrics();
    let mut stream = pin!(measure_stream!(
        #[counted(counter = "streams_again_total", on = end, labels(outcome))]
        Items(VecDeque::from([Item::Row(1)]))
    ));
    let mut poll = || stream.as_mut().poll_next(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(poll(), Poll::Ready(Some(Ok(1)))));
    assert!(matches!(poll(), Poll::Ready(None)));
    assert!(matches!(poll(), Poll::Ready(None)));
    assert_eq!(sure("streams_again_total{outcome=\"ok\"}"), 1.0);
    assert_eq!(value("streams_again_total{outcome=\"cancelled\"}"), Some(0.0));
}

#[test]
fn error_if_is_asked_about_each_item() {
    metrics();
    let numbers = |numbers: &'static [u32]| {
        measure_stream!(
            #[counted(
                counter = "streams_numbers_total",
                on = end,
                labels(outcome),
                error_if = |item| item.as_ref().is_ok_and(|number| *number == 0),
            )]
            Items(numbers.iter().map(|number| Item::Row(*number)).collect())
        )
    };
    assert_eq!(read(numbers(&[1, 0])), 2);
    assert_eq!(read(numbers(&[0, 1])), 2);
    assert_eq!(sure("streams_numbers_total{outcome=\"error\"}"), 1.0);
    assert_eq!(sure("streams_numbers_total{outcome=\"ok\"}"), 1.0);
}

/// Reads a stream to its end in a task.
async fn read_later<S: Stream>(stream: S) -> usize {
    let mut stream = pin!(stream);
    let mut items = 0;
    while std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await.is_some() {
        items += 1;
    }
    items
}

#[test]
fn a_stream_can_be_part_of_a_task() {
    metrics();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be made");
    let task = async {
        read_later(measure_stream!(
            #[counted(counter = "streams_task_total", on = end, labels(outcome))]
            #[counted(counter = "streams_task_items_total", on = item)]
            {
                Items(VecDeque::from([Item::Row(1), Item::Wait, Item::Slow]))
            }
        ))
        .await
    };
    assert_eq!(runtime.block_on(runtime.spawn(task)).expect("it ends"), 2);
    assert_eq!(sure("streams_task_total{outcome=\"timeout\"}"), 1.0);
    // An item that is a failure is not counted.
    assert_eq!(sure("streams_task_items_total"), 1.0);
}
