//! A function with a const parameter.

use super::prelude::*;

#[measured]
fn shape<const N: usize>(end: End) -> Result<[u32; N], io::Error> {
    Ok([act(end)?; N])
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape::<3>(End::Ok).is_ok());
    run.error(|| shape::<3>(End::Error).is_err());
    run.timeout(|| shape::<3>(End::Timeout).is_err());
    run.panic(|| shape::<3>(End::Panic).is_ok());
}
