//! A function that takes an `impl Trait`.

use super::prelude::*;

#[measured]
fn shape(values: impl IntoIterator<Item = u32>, end: End) -> Result<u32, io::Error> {
    act(end)?;
    Ok(values.into_iter().sum())
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape([1, 2], End::Ok).is_ok());
    run.error(|| shape([1, 2], End::Error).is_err());
    run.timeout(|| shape([1, 2], End::Timeout).is_err());
    run.panic(|| shape([1, 2], End::Panic).is_ok());
}
