//! `measure!` around code that waits in its place.

use super::prelude::*;

async fn shape(end: End) -> Result<u32, io::Error> {
    let number = metrics_runtime::measure!(
        #[measured]
        act_later(end).await
    )?;
    Ok(number + 1)
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(shape(End::Ok)).is_ok());
    run.error(|| finish(shape(End::Error)).is_err());
    run.timeout(|| finish(shape(End::Timeout)).is_err());
    run.panic(|| finish(shape(End::Panic)).is_ok());
    run.cancel(|| cancel(shape(End::Wait)));
}
