//! An async function that returns an `impl Trait`, alone and in a `Result`.

use super::prelude::*;

#[measured]
async fn alone(end: End) -> impl Iterator<Item = u32> {
    0..act_later(end).await.unwrap_or(0)
}

#[measured]
async fn shape(end: End) -> Result<impl Iterator<Item = u32>, io::Error> {
    let number = act_later(end).await?;
    Ok((0..number).map(|count| count + 1))
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(alone(End::Ok)).count() == 1);
    run.ok(|| finish(shape(End::Ok)).is_ok());
    run.error(|| finish(shape(End::Error)).is_err());
    run.panic(|| finish(shape(End::Panic)).is_ok());
    run.cancel(|| cancel(shape(End::Wait)));
}
