use metrics_runtime::Failure;

#[derive(Debug, Failure)]
enum FetchError {
    #[failure(timeout)]
    TooSlow,
    Refused,
    Broken(String),
}

fn main() {}
