//! `Failure` for the errors of the standard library and of other crates.

use std::error::Error;
use std::io;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::mpsc::RecvTimeoutError;

use super::chain::reason_of_chain;
use super::failure::{Failure, Reason};

macro_rules! failures_with_a_chain {
    ($($(#[$feature:meta])? $error:ty),+ $(,)?) => {$(
        $(#[$feature])?
        #[diagnostic::do_not_recommend]
        impl Failure for $error {
            fn reason(&self) -> Reason {
                reason_of_chain(self)
            }
        }
    )+};
}

failures_with_a_chain!(
    dyn Error,
    dyn Error + Send,
    dyn Error + Sync,
    dyn Error + Send + Sync,
    dyn Error + UnwindSafe,
    dyn Error + Send + UnwindSafe,
    dyn Error + Send + Sync + UnwindSafe,
    dyn Error + UnwindSafe + RefUnwindSafe,
    dyn Error + Send + UnwindSafe + RefUnwindSafe,
    dyn Error + Send + Sync + UnwindSafe + RefUnwindSafe,
    dyn Error + Send + Sync + Unpin,
    io::Error,
    RecvTimeoutError,
    #[cfg(feature = "tokio")]
    tokio::time::error::Elapsed,
    #[cfg(feature = "reqwest")]
    reqwest::Error,
    #[cfg(feature = "redis")]
    redis::RedisError,
);

#[cfg(feature = "anyhow")]
#[diagnostic::do_not_recommend]
impl Failure for anyhow::Error {
    fn reason(&self) -> Reason {
        reason_of_chain(self.as_ref())
    }
}
