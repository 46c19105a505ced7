//! A function that returns `BoxFuture`, made by `.boxed()`.

use super::prelude::*;

#[measured]
fn shape<'a>(text: &'a str, end: End) -> BoxFuture<'a, Result<&'a str, io::Error>> {
    async move {
        act_later(end).await?;
        Ok(text)
    }
    .boxed()
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(shape("a", End::Ok)).is_ok());
    run.error(|| finish(shape("a", End::Error)).is_err());
    run.timeout(|| finish(shape("a", End::Timeout)).is_err());
    run.panic(|| finish(shape("a", End::Panic)));
    run.cancel(|| cancel(shape("a", End::Wait)));
    drop(shape("a", End::Ok));
}
