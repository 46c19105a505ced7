//! A function that returns an `impl Trait` inside a `Result`.

use super::prelude::*;

#[measured]
fn shape(end: End) -> Result<impl Iterator<Item = u32> + use<>, io::Error> {
    if end == End::Error {
        act(end)?;
        return Err(io::Error::from(io::ErrorKind::NotFound));
    }
    let number = act(end)?;
    Ok((0..number).map(|count| count + 1))
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok).is_ok());
    run.error(|| shape(End::Error).is_err());
    run.timeout(|| shape(End::Timeout).is_err());
    run.panic(|| shape(End::Panic).is_ok());
}
