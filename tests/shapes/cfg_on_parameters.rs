//! `#[cfg]` on parameters.

use super::prelude::*;

#[measured]
fn shape(
    #[cfg(all())] there: u32,
    #[cfg(any())] not_there: NoSuchType,
    #[allow(unused_variables)] unused: u32,
    end: End,
) -> Result<u32, io::Error> {
    Ok(act(end)? + there)
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(1, 2, End::Ok).is_ok());
    run.error(|| shape(1, 2, End::Error).is_err());
    run.timeout(|| shape(1, 2, End::Timeout).is_err());
    run.panic(|| shape(1, 2, End::Panic).is_ok());
}
