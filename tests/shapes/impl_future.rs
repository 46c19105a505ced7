//! A function that returns `impl Future`.

use super::prelude::*;

#[measured]
fn shape(end: End) -> impl Future<Output = Result<u32, io::Error>> + Send + use<> {
    let end = Some(end);
    async move {
        let Some(end) = end else { return Ok(0) };
        act_later(end).await
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(shape(End::Ok)).is_ok());
    run.error(|| finish(shape(End::Error)).is_err());
    run.timeout(|| finish(shape(End::Timeout)).is_err());
    run.panic(|| finish(shape(End::Panic)));
    run.cancel(|| cancel(shape(End::Wait)));
    drop(shape(End::Ok));
}
