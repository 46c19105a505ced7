//! `#[observed]`: a value of each call, from the parameters or from what it returns.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use metrics_runtime::{Label, counted, declare_metrics, observed, timed};

use super::support::{cancel, finish, metrics, panics, sure, value};

#[derive(Clone, Copy, Label)]
enum Kind {
    Small,
    Large,
}

#[observed(histogram = "observed_image_bytes", value = |image| image.len())]
fn image(size: usize) -> Vec<u8> {
    assert!(size < 1_000_000, "on purpose");
    vec![0; size]
}

#[test]
fn the_returned_value_is_read() {
    metrics();
    assert_eq!(image(3).len() + image(2000).len(), 2003);
    panics(|| image(1_000_000));
    assert_eq!(sure("observed_image_bytes_count"), 2.0);
    assert_eq!(sure("observed_image_bytes_sum"), 2003.0);
    assert_eq!(sure("observed_image_bytes_bucket{le=\"1024\"}"), 1.0, "the buckets are those of bytes");
    assert!(
        metrics()
            .render()
            .contains("# HELP observed_image_bytes The observed image of each call of `image`, in bytes.")
    );
}

#[observed(histogram = "observed_rows", value = rows.len(), buckets(1, 10), labels(large: bool = rows.len() > 2))]
async fn write(rows: Vec<u8>, waits: bool) -> usize {
    if waits {
        std::future::pending::<()>().await;
    }
    assert!(rows.len() < 100, "on purpose");
    drop(rows);
    7
}

#[test]
fn an_expression_over_the_parameters_is_observed_however_the_call_ends() {
    metrics();
    assert_eq!(finish(write(vec![1; 4], false)), 7);
    assert_eq!(finish(write(vec![1; 1], false)), 7);
    cancel(write(vec![1; 5], true));
    panics(|| finish(write(vec![1; 100], false)));
    drop(write(vec![1; 3], false));
    assert_eq!(sure("observed_rows_count{large=\"true\"}"), 3.0);
    assert_eq!(sure("observed_rows_sum{large=\"true\"}"), 109.0);
    assert_eq!(sure("observed_rows_sum{large=\"false\"}"), 1.0);
    assert_eq!(sure("observed_rows_bucket{large=\"true\",le=\"10\"}"), 2.0);
    assert!(metrics().render().contains("# HELP observed_rows The observed rows of each call of `write`."));
}

#[observed(
    histogram = "observed_answer_bytes",
    labels(outcome, kind: Kind = |answer| if answer.is_ok() { Kind::Small } else { Kind::Large }),
    value = |answer| answer.as_ref().ok().map(String::len),
)]
#[timed(histogram = "observed_answer_seconds", labels(outcome))]
#[counted(counter = "observed_answers_total")]
async fn answer(text: Result<&'static str, io::ErrorKind>) -> Result<String, io::Error> {
    std::future::ready(()).await;
    Ok(text?.to_owned())
}

#[test]
fn none_is_not_observed() {
    metrics();
    assert_eq!(finish(answer(Ok("hello"))).expect("it is no error"), "hello");
    assert!(finish(answer(Err(io::ErrorKind::NotFound))).is_err());
    assert_eq!(sure("observed_answer_bytes_sum{outcome=\"ok\",kind=\"small\"}"), 5.0);
    assert_eq!(sure("observed_answer_bytes_count{outcome=\"ok\",kind=\"small\"}"), 1.0);
    assert_eq!(sure("observed_answer_bytes_count{outcome=\"error\",kind=\"large\"}"), 0.0);
    assert_eq!(sure("observed_answer_seconds_count{outcome=\"error\"}"), 1.0);
    assert_eq!(sure("observed_answers_total"), 2.0);
}

#[observed(histogram = "observed_lag_seconds", value = |lag| *lag)]
fn lag(of: Duration) -> Duration {
    of
}

#[observed(histogram = "observed_hit_ratio", value = |(hits, all)| f64::from(*hits) / f64::from(*all))]
fn hits(hits: u32, all: u32) -> (u32, u32) {
    (hits, all)
}

#[test]
fn the_unit_is_at_the_end_of_the_name() {
    metrics();
    assert_eq!(lag(Duration::from_millis(1500)), Duration::from_millis(1500));
    assert_eq!(hits(1, 4), (1, 4));
    // Infinity and NaN are left out.
    hits(1, 0);
    hits(0, 0);
    assert_eq!(sure("observed_lag_seconds_sum"), 1.5);
    assert_eq!(sure("observed_hit_ratio_sum"), 0.25);
    assert_eq!(sure("observed_hit_ratio_count"), 1.0);
}

#[observed(histogram = "observed_parts", value = { assert!(*part != 3, "on purpose"); *part })]
fn read(part: &u8) -> u8 {
    *part
}

#[observed(histogram = "observed_results", value = |result| { assert!(*result != 3, "on purpose"); *result })]
fn result(part: u8) -> u8 {
    part
}

#[test]
fn a_value_whose_expression_panics_is_left_out() {
    metrics();
    assert_eq!([read(&2), read(&3), read(&4)], [2, 3, 4]);
    assert_eq!([result(2), result(3), result(4)], [2, 3, 4]);
    for name in ["observed_parts", "observed_results"] {
        assert_eq!(sure(&format!("{name}_count")), 2.0);
        assert_eq!(sure(&format!("{name}_sum")), 6.0);
    }
}

declare_metrics! {
    /// Sizes.
    histogram SIZES = "observed_size_bytes", labels(kind: Kind), buckets(10);
}

#[observed(histogram = SIZES, value = |body| body.len(), labels(kind))]
fn body(kind: Kind, size: usize) -> Vec<u8> {
    vec![0; size]
}

#[test]
fn a_declared_histogram_of_any_unit_is_named_by_its_path() {
    metrics();
    assert_eq!(body(Kind::Small, 3).len() + body(Kind::Large, 30).len(), 33);
    SIZES.with(Kind::Small).observe(4_u8);
    assert_eq!(sure("observed_size_bytes_sum{kind=\"small\"}"), 7.0);
    assert_eq!(sure("observed_size_bytes_bucket{kind=\"large\",le=\"10\"}"), 0.0);
    assert_eq!(sure("observed_size_bytes_count{kind=\"large\"}"), 1.0);
}

#[observed(histogram = "observed_boxed_bytes", value = |text| text.len())]
fn boxed<'a>(text: &'a str) -> Pin<Box<dyn Future<Output = String> + 'a>> {
    Box::pin(async move { text.to_owned() })
}

struct Store {
    rows: Vec<u8>,
}

impl Store {
    #[observed(histogram = "observed_store_rows", value = self.rows.len())]
    fn take(self) -> Vec<u8> {
        self.rows
    }

    #[observed(histogram = "observed_store_first", value = |row| **row)]
    fn first(&self) -> &u8 {
        &self.rows[0]
    }
}

#[test]
fn futures_and_methods_are_observed() {
    metrics();
    assert_eq!(finish(boxed("four")), "four");
    let store = Store { rows: vec![9, 1] };
    assert_eq!(*store.first(), 9);
    assert_eq!(store.take(), [9, 1]);
    assert_eq!(sure("observed_boxed_bytes_sum"), 4.0);
    assert_eq!(sure("observed_store_first_sum"), 9.0);
    assert_eq!(sure("observed_store_rows_sum"), 2.0);
    assert_eq!(value("observed_store_rows_count"), Some(1.0));
}
