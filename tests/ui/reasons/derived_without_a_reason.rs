use metrics_runtime::{Failure, Label};

#[derive(Clone, Copy, Label)]
enum Reason {
    Slow,
}

#[derive(Failure)]
#[failure(reason: Reason)]
enum Broken {
    #[failure(timeout, reason = Slow)]
    Slow,
    #[failure(error)]
    Other,
    #[failure(error, reason)]
    Empty,
    #[failure(error, reason = "slow")]
    Quoted,
}

fn main() {}
