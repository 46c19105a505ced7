use metrics_runtime::{Failure, Label};

#[derive(Clone, Copy, Label)]
enum Reason {
    Slow,
}

#[derive(Failure)]
#[failure(reason: Reason)]
enum Broken {
    #[failure(timeout, reason = Slwo)]
    Slow,
}

fn main() {}
