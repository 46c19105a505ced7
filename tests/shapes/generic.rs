//! A generic function.

use super::prelude::*;

#[measured]
fn shape<T: Clone>(value: &T, end: End) -> Result<T, io::Error> {
    act(end)?;
    Ok(value.clone())
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(&"text", End::Ok).is_ok());
    run.ok(|| shape(&3_u8, End::Ok).is_ok());
    run.error(|| shape(&'c', End::Error).is_err());
    run.panic(|| shape(&(), End::Panic));
}
