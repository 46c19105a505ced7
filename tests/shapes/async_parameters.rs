//! Patterns, `mut`, `#[cfg]` and names of the expansion in the parameters of an async function.

use super::prelude::*;

#[measured]
async fn shape(
    (first, _): (u32, u32),
    mut total: u32,
    #[cfg(all())] there: u32,
    #[cfg(any())] not_there: NoSuchType,
    __metrics_call: u32,
    _: u32,
    _unused: String,
    end: End,
) -> Result<u32, io::Error> {
    total += act_later(end).await?;
    Ok(total + first + there + __metrics_call)
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(shape((1, 2), 3, 4, 5, 6, String::new(), End::Ok)).is_ok());
    run.error(|| finish(shape((1, 2), 3, 4, 5, 6, String::new(), End::Error)).is_err());
    run.timeout(|| finish(shape((1, 2), 3, 4, 5, 6, String::new(), End::Timeout)).is_err());
    run.panic(|| finish(shape((1, 2), 3, 4, 5, 6, String::new(), End::Panic)));
    run.cancel(|| cancel(shape((1, 2), 3, 4, 5, 6, String::new(), End::Wait)));
    drop(shape((1, 2), 3, 4, 5, 6, String::new(), End::Ok));
}
