//! An async function with elided and named lifetimes.

use super::prelude::*;

#[measured]
async fn shape<'a>(one: &'a str, _other: &str, end: End) -> Result<&'a str, io::Error> {
    act_later(end).await?;
    Ok(one)
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(shape("a", "b", End::Ok)).is_ok());
    run.error(|| finish(shape("a", "b", End::Error)).is_err());
    run.timeout(|| finish(shape("a", "b", End::Timeout)).is_err());
    run.panic(|| finish(shape("a", "b", End::Panic)));
    run.cancel(|| cancel(shape("a", "b", End::Wait)));
    drop(shape("a", "b", End::Ok));
}
