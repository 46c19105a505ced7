use metrics_runtime::Failure;

#[derive(Debug, Failure)]
enum FetchError {
    #[failure(timeot)]
    TooSlow,
    #[failure(fatal)]
    Refused,
    #[failure(error, timeout)]
    Broken,
}

fn main() {}
