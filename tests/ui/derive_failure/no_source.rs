use metrics_runtime::Failure;

#[derive(Debug, Failure)]
enum FetchError {
    #[failure(source)]
    Empty,
    #[failure(source)]
    Two(std::io::Error, String),
}

fn main() {}
