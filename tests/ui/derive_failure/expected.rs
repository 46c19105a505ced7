//! What a variant that is expected needs.

use metrics_runtime::{Failure, Label};

#[derive(Clone, Copy, Label)]
enum Why {
    Client,
}

#[derive(Debug, Failure)]
#[failure(reason: Why)]
enum WithReasons {
    #[failure(ok)]
    NotFound,
    #[failure(error, reason = Client)]
    Refused,
}

#[derive(Debug, Failure)]
enum TwoClasses {
    #[failure(ok, error)]
    NotFound,
    #[failure("ok")]
    Quoted,
    Unclassified,
}

#[derive(Debug, Failure)]
#[failure(ok)]
enum Whole {
    #[failure(error)]
    Refused,
}

fn main() {}
