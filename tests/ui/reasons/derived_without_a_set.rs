use metrics_runtime::Failure;

#[derive(Failure)]
enum Broken {
    #[failure(timeout, reason = Slow)]
    Slow,
}

fn main() {}
