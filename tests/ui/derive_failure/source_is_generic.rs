use metrics_runtime::{Failure, counted_failure};

#[derive(Failure)]
enum FetchError<E> {
    #[failure(timeout)]
    TooSlow,
    #[failure(source)]
    Transport(E),
}

#[counted_failure(counter = "fetch_failures_total")]
fn fetch() -> Result<(), FetchError<String>> {
    Err(FetchError::TooSlow)
}

#[counted_failure(counter = "generic_fetch_failures_total")]
fn fetch_any<E>(error: E) -> Result<(), FetchError<E>> {
    Err(FetchError::Transport(error))
}

#[derive(Failure)]
enum JobError {
    #[failure(source)]
    Fetch(FetchError<u8>),
}

fn main() {}
