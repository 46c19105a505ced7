use metrics_runtime::Failure;

struct Report {
    text: &'static str,
}

#[derive(Failure)]
enum FetchError {
    #[failure(source)]
    Text(String),
    #[failure(source)]
    Report { source: Report },
    #[failure(source)]
    Optional(Option<u16>),
    #[failure(source)]
    Boxed(Box<dyn std::fmt::Debug>),
}

fn main() {
    let _ = FetchError::Report { source: Report { text: "" } };
}
