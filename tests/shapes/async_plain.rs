//! An async function that returns a `Result`.

use super::prelude::*;

#[measured]
async fn shape(end: End) -> Result<u32, io::Error> {
    let number = act_later(end).await?;
    Ok(number + 1)
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(shape(End::Ok)).is_ok());
    run.error(|| finish(shape(End::Error)).is_err());
    run.timeout(|| finish(shape(End::Timeout)).is_err());
    run.panic(|| finish(shape(End::Panic)));
    run.cancel(|| cancel(shape(End::Wait)));
    drop(shape(End::Ok));
}
