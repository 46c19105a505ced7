//! An async function that awaits itself.

use super::prelude::*;

#[measured]
async fn shape(depth: u32, end: End) -> Result<u32, io::Error> {
    if depth == 0 { act_later(end).await } else { Ok(Box::pin(shape(depth - 1, end)).await? + 1) }
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(shape(2, End::Ok)).is_ok());
    run.also(Outcome::Ok, 2);
    run.error(|| finish(shape(1, End::Error)).is_err());
    run.also(Outcome::Error, 1);
    run.panic(|| finish(shape(2, End::Panic)));
    run.also(Outcome::Panic, 2);
    run.cancel(|| cancel(shape(2, End::Wait)));
    run.also(Outcome::Cancelled, 2);
}
