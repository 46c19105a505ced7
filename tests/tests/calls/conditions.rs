//! `error_if` and `ok_if`: the function itself says which of its values are failures.

use std::future::Future;
use std::io;
use std::pin::Pin;

use metrics_runtime::{Failure, FailureReason, Label, Reason, counted, counted_failure, in_flight, timed};

use super::support::{cancel, finish, metrics, panics, sure};

/// How a call must end.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Fine,
    Bad,
    Missing,
    Slow,
    Panic,
    Wait,
}

/// An answer that is no `Result`.
struct Answer {
    status: u16,
}

impl Answer {
    fn is_bad(&self) -> bool {
        self.status >= 500
    }
}

fn answer(end: End) -> Answer {
    match end {
        End::Fine => Answer { status: 200 },
        End::Bad => Answer { status: 503 },
        _ => panic!("on purpose"),
    }
}

fn result(end: End) -> Result<Answer, io::Error> {
    match end {
        End::Missing => Err(io::ErrorKind::NotFound.into()),
        End::Slow => Err(io::ErrorKind::TimedOut.into()),
        end => Ok(answer(end)),
    }
}

async fn wait(end: End) {
    if end == End::Wait {
        std::future::pending::<()>().await;
    }
}

/// Checks every metric of a function: calls that ended `ok`, `error`, `timeout`, `cancelled` and `panic`.
#[track_caller]
fn check(prefix: &str, counts: [f64; 5]) {
    let all: f64 = counts.iter().sum();
    for (outcome, count) in ["ok", "error", "timeout", "cancelled", "panic"].into_iter().zip(counts) {
        assert_eq!(sure(&format!("{prefix}_seconds_count{{outcome=\"{outcome}\"}}")), count, "{outcome}");
        if outcome != "ok" {
            assert_eq!(sure(&format!("{prefix}_failures_total{{reason=\"{outcome}\"}}")), count, "{outcome}");
        }
    }
    assert_eq!(sure(&format!("{prefix}_started_total")), all);
    assert_eq!(sure(&format!("{prefix}_completed_total")), counts[0]);
    assert_eq!(sure(&format!("{prefix}_active")), 0.0);
}

#[timed(histogram = "conditions_plain_seconds", labels(outcome))]
#[counted_failure(counter = "conditions_plain_failures_total", error_if = |answer| answer.status >= 500)]
#[counted(counter = "conditions_plain_started_total")]
#[counted(counter = "conditions_plain_completed_total", on = ok)]
#[in_flight(gauge = "conditions_plain_active")]
fn plain(end: End) -> Answer {
    if end == End::Fine {
        return answer(end);
    }
    answer(end)
}

#[test]
fn a_plain_function_says_which_values_are_errors() {
    metrics();
    for end in [End::Fine, End::Bad, End::Bad] {
        plain(end);
    }
    panics(|| plain(End::Panic));
    check("conditions_plain", [1.0, 2.0, 0.0, 0.0, 1.0]);
}

#[timed(histogram = "conditions_async_seconds", labels(outcome), error_if = Answer::is_bad)]
#[counted_failure(counter = "conditions_async_failures_total")]
#[counted(counter = "conditions_async_started_total")]
#[counted(counter = "conditions_async_completed_total", on = ok)]
#[in_flight(gauge = "conditions_async_active")]
async fn asynchronous(end: End) -> Answer {
    wait(end).await;
    answer(end)
}

#[test]
fn an_async_function_names_a_function_that_says_it() {
    metrics();
    finish(asynchronous(End::Fine));
    finish(asynchronous(End::Bad));
    panics(|| finish(asynchronous(End::Panic)));
    cancel(asynchronous(End::Wait));
    check("conditions_async", [1.0, 1.0, 0.0, 1.0, 1.0]);
}

#[timed(histogram = "conditions_boxed_seconds", labels(outcome))]
#[counted_failure(counter = "conditions_boxed_failures_total")]
#[counted(counter = "conditions_boxed_started_total", error_if = |answer: &Answer| answer.is_bad())]
#[counted(counter = "conditions_boxed_completed_total", on = ok)]
#[in_flight(gauge = "conditions_boxed_active")]
fn boxed(end: End) -> Pin<Box<dyn Future<Output = Answer> + Send>> {
    Box::pin(async move {
        wait(end).await;
        answer(end)
    })
}

#[test]
fn a_boxed_future() {
    metrics();
    finish(boxed(End::Fine));
    finish(boxed(End::Bad));
    panics(|| finish(boxed(End::Panic)));
    cancel(boxed(End::Wait));
    check("conditions_boxed", [1.0, 1.0, 0.0, 1.0, 1.0]);
}

#[async_trait::async_trait]
trait Service {
    async fn call(&self, end: End) -> Result<Answer, io::Error>;
}

struct Server {
    worst: u16,
}

#[async_trait::async_trait]
impl Service for Server {
    #[timed(histogram = "conditions_trait_seconds", labels(outcome))]
    #[counted_failure(
        counter = "conditions_trait_failures_total",
        error_if = |result| matches!(result, Ok(answer) if answer.is_bad()),
        ok_if = |result| result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound),
    )]
    #[counted(counter = "conditions_trait_started_total")]
    #[counted(counter = "conditions_trait_completed_total", on = ok)]
    #[in_flight(gauge = "conditions_trait_active")]
    async fn call(&self, end: End) -> Result<Answer, io::Error> {
        wait(end).await;
        let answer = result(end)?;
        assert!(answer.status <= self.worst);
        Ok(answer)
    }
}

#[test]
fn a_method_of_async_trait_with_both() {
    metrics();
    let server = Server { worst: 503 };
    for end in [End::Fine, End::Bad, End::Missing, End::Missing, End::Slow] {
        let _ = finish(server.call(end));
    }
    panics(|| finish(server.call(End::Panic)));
    cancel(server.call(End::Wait));
    check("conditions_trait", [3.0, 1.0, 1.0, 1.0, 1.0]);
}

#[counted(counter = "conditions_timeout_ok_total", on = end, labels(outcome), ok_if = Result::is_err)]
fn timeout_is_ok(end: End) -> Result<Answer, io::Error> {
    result(end)
}

#[test]
fn a_result_that_is_ok_is_never_asked_by_ok_if() {
    metrics();
    for end in [End::Fine, End::Missing, End::Slow] {
        let _ = timeout_is_ok(end);
    }
    assert_eq!(outcomes("conditions_timeout_ok_total"), [3.0, 0.0, 0.0, 0.0, 0.0]);
}

fn outcomes(counter: &str) -> [f64; 5] {
    ["ok", "error", "timeout", "cancelled", "panic"].map(|outcome| sure(&format!("{counter}{{outcome=\"{outcome}\"}}")))
}

#[counted(counter = "conditions_option_none_total", on = end, labels(outcome), error_if = Option::is_none)]
fn none_is_an_error(found: bool) -> Option<u32> {
    found.then_some(1)
}

#[counted(counter = "conditions_option_some_total", on = end, labels(outcome), ok_if = Option::is_some)]
fn only_some_is_ok(found: bool) -> Option<u32> {
    found.then_some(1)
}

#[test]
fn for_a_type_that_says_nothing_each_of_the_two_decides() {
    metrics();
    for found in [true, false, false] {
        none_is_an_error(found);
        only_some_is_ok(found);
    }
    assert_eq!(outcomes("conditions_option_none_total"), [1.0, 2.0, 0.0, 0.0, 0.0]);
    assert_eq!(outcomes("conditions_option_some_total"), [1.0, 2.0, 0.0, 0.0, 0.0]);
}

#[counted(
    counter = "conditions_both_total",
    on = end,
    labels(outcome),
    ok_if = |number| *number > 1,
    error_if = |number| *number > 2,
)]
fn both(number: u32) -> u32 {
    number
}

#[test]
fn error_if_has_the_last_word() {
    metrics();
    for number in [1, 2, 3] {
        both(number);
    }
    assert_eq!(outcomes("conditions_both_total"), [1.0, 2.0, 0.0, 0.0, 0.0]);
}

#[counted(counter = "conditions_panicking_error_total", on = end, labels(outcome), error_if = |_| panic!("a user's panic"))]
fn panicking_error_if(end: End) -> Result<Answer, io::Error> {
    result(end)
}

#[counted(counter = "conditions_panicking_ok_total", on = end, labels(outcome), ok_if = |_| panic!("a user's panic"))]
fn panicking_ok_if(end: End) -> Result<Answer, io::Error> {
    result(end)
}

#[test]
fn a_condition_that_panics_makes_a_failure_and_the_program_goes_on() {
    metrics();
    for end in [End::Fine, End::Missing, End::Slow] {
        assert_eq!(panicking_error_if(end).is_ok(), end == End::Fine);
        assert_eq!(panicking_ok_if(end).is_ok(), end == End::Fine);
    }
    assert_eq!(outcomes("conditions_panicking_error_total"), [0.0, 2.0, 1.0, 0.0, 0.0]);
    assert_eq!(outcomes("conditions_panicking_ok_total"), [1.0, 1.0, 1.0, 0.0, 0.0]);
}

#[derive(Clone, Copy, Debug, PartialEq, Label)]
enum Why {
    Missing,
    Slow,
}

struct Asked(Why);

impl Failure for Asked {
    fn reason(&self) -> Reason {
        Reason::Error
    }
}

impl FailureReason<Why> for Asked {
    fn failure_reason(&self) -> Why {
        self.0
    }
}

#[counted_failure(
    counter = "conditions_own_reasons_total",
    reason: Why,
    error_if = |result| result.as_ref().is_ok_and(Answer::is_bad),
    ok_if = |result| matches!(result, Err(Asked(Why::Missing))),
)]
fn own_reasons(end: End) -> Result<Answer, Asked> {
    result(end).map_err(|error| Asked(if error.kind() == io::ErrorKind::TimedOut { Why::Slow } else { Why::Missing }))
}

#[test]
fn a_value_that_is_an_error_has_the_reason_error_among_reasons_of_ones_own() {
    metrics();
    let seen = || {
        ["missing", "slow", "cancelled", "panic", "error"]
            .map(|reason| sure(&format!("conditions_own_reasons_total{{reason=\"{reason}\"}}")))
    };
    assert_eq!(seen(), [0.0; 5], "each series is there from the start");
    for end in [End::Fine, End::Bad, End::Bad, End::Missing, End::Slow] {
        let _ = own_reasons(end);
    }
    assert_eq!(seen(), [0.0, 1.0, 0.0, 0.0, 2.0]);
}

#[timed(histogram = "conditions_reference_seconds", labels(outcome), error_if = |word| word.is_empty())]
fn first(words: &[String]) -> &str {
    if let Some(word) = words.first() {
        return word;
    }
    ""
}

#[timed(histogram = "conditions_impl_seconds", labels(outcome), error_if = |number| number.to_string() == "0")]
fn hidden(number: u32) -> impl std::fmt::Display {
    number
}

#[test]
fn a_returned_reference_and_a_hidden_type_can_be_asked() {
    metrics();
    assert_eq!(first(&["one".to_owned()]), "one");
    assert_eq!(first(&[]), "");
    assert_eq!(hidden(0).to_string(), "0");
    for metric in ["conditions_reference_seconds_count", "conditions_impl_seconds_count"] {
        assert_eq!(sure(&format!("{metric}{{outcome=\"error\"}}")), 1.0, "{metric}");
    }
    assert_eq!(sure("conditions_reference_seconds_count{outcome=\"ok\"}"), 1.0);
}
