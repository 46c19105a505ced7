//! An async function that gives what it waited for, which is `()`, to another one.

use super::prelude::*;

async fn wait(end: End) -> Result<(), io::Error> {
    act_later(end).await.map(drop)
}

#[measured]
async fn shape(end: End) -> Result<Option<()>, io::Error> {
    Ok(Some(wait(end).await?))
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(shape(End::Ok)).is_ok());
    run.error(|| finish(shape(End::Error)).is_err());
    run.timeout(|| finish(shape(End::Timeout)).is_err());
    run.panic(|| finish(shape(End::Panic)).is_ok());
    run.cancel(|| cancel(shape(End::Wait)));
}
