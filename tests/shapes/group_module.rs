//! All functions of a module.

use super::prelude::*;

#[measured]
mod inside {
    use super::super::prelude::*;

    pub fn now(end: End) -> Result<u32, io::Error> {
        act(end)
    }

    pub async fn later(end: End) -> Result<u32, io::Error> {
        Ok(act_later(end).await? + 1)
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| inside::now(End::Ok).is_ok());
    run.error(|| inside::now(End::Error).is_err());
    run.panic(|| inside::now(End::Panic).is_ok());
    run.ok(|| finish(inside::later(End::Ok)).is_ok());
    run.timeout(|| finish(inside::later(End::Timeout)).is_err());
    run.cancel(|| cancel(inside::later(End::Wait)));
}
