//! A generic async function.

use super::prelude::*;

#[measured]
async fn shape<T, const N: usize>(value: [T; N], end: End) -> Result<Vec<T>, io::Error>
where
    T: Clone,
{
    act_later(end).await?;
    Ok(value.to_vec())
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(shape(["a"], End::Ok)).is_ok());
    run.error(|| finish(shape(["a"], End::Error)).is_err());
    run.timeout(|| finish(shape(["a"], End::Timeout)).is_err());
    run.panic(|| finish(shape(["a"], End::Panic)));
    run.cancel(|| cancel(shape(["a"], End::Wait)));
    drop(shape(["a"], End::Ok));
}
