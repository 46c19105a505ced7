//! An async function that takes an `impl Trait`.

use super::prelude::*;

#[measured]
async fn shape(values: impl IntoIterator<Item = u32>, end: End) -> Result<u32, io::Error> {
    act_later(end).await?;
    Ok(values.into_iter().sum())
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(shape([1, 2], End::Ok)).is_ok());
    run.error(|| finish(shape([1, 2], End::Error)).is_err());
    run.timeout(|| finish(shape([1, 2], End::Timeout)).is_err());
    run.panic(|| finish(shape([1, 2], End::Panic)));
    run.cancel(|| cancel(shape([1, 2], End::Wait)));
    drop(shape([1, 2], End::Ok));
}
