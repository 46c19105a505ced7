use metrics_runtime::{Failure, Label, counted_failure};

#[derive(Clone, Copy, Label)]
enum Why {
    Slow,
    Bad,
}

#[derive(Failure)]
#[failure(reason: Why)]
enum WithThePath {
    #[failure(error, reason = Why::Bad)]
    Bad,
    #[failure(error)]
    WithoutReason,
    #[failure(timeout, reason: Why)]
    TheSet,
}

#[derive(Failure)]
#[failure(reason = Why)]
enum SetAsAValue {
    #[failure(timeout, reason = Slow)]
    Slow,
}

#[derive(Failure)]
#[failure(reson: Why)]
enum Misspelt {
    #[failure(timeout, reason = Slow)]
    Slow,
}

#[derive(Failure)]
#[failure(error)]
enum ClassOfAll {
    #[failure(timeout)]
    Slow,
}

#[derive(Failure)]
enum NoOptions {
    #[failure]
    Alone,
    #[failure = "timeout"]
    Value,
    #[failure("error")]
    Quoted,
    #[failure("fatal")]
    QuotedAndUnknown,
    #[failure(error, crate = metrics_runtime)]
    Crate,
}

#[derive(Failure)]
#[failure(reason: Why, error, reason = Why::Bad)]
struct Whole;

#[derive(Failure)]
#[failure(crate = "metrics_runtime")]
enum CrateInQuotes {
    #[failure(error)]
    Other,
}

// Each of these is still a failure with reasons, so no second error follows.
#[counted_failure(counter = "a_total", reason: Why)]
fn with_the_path() -> Result<(), WithThePath> {
    Ok(())
}

#[counted_failure(counter = "b_total", reason: Why)]
fn set_as_a_value() -> Result<(), SetAsAValue> {
    Ok(())
}

#[counted_failure(counter = "c_total", reason: Why)]
fn misspelt() -> Result<(), Misspelt> {
    Ok(())
}

#[counted_failure(counter = "d_total", reason: Why)]
fn whole() -> Result<(), Whole> {
    Ok(())
}

fn main() {}
