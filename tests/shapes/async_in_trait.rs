//! `async fn` in a trait, with and without a body there.

use super::prelude::*;

trait Job {
    async fn number(&self, end: End) -> Result<u32, io::Error>;

    #[measured]
    async fn provided(&self, end: End) -> Result<u32, io::Error> {
        act_later(end).await
    }
}

impl Job for u32 {
    #[measured]
    async fn number(&self, end: End) -> Result<u32, io::Error> {
        Ok(act_later(end).await? + self)
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(3.number(End::Ok)).is_ok());
    run.error(|| finish(3.provided(End::Error)).is_err());
    run.timeout(|| finish(3.number(End::Timeout)).is_err());
    run.panic(|| finish(3.provided(End::Panic)));
    run.cancel(|| cancel(3.number(End::Wait)));
}
