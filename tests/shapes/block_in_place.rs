//! `measure!` around code that runs in its place.

use super::prelude::*;

fn shape(end: End) -> Result<u32, io::Error> {
    let mut number = 0;
    let ended = metrics_runtime::measure!(
        #[measured]
        {
            number += 1;
            act(end)
        }
    )?;
    Ok(ended + number)
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok).is_ok());
    run.error(|| shape(End::Error).is_err());
    run.timeout(|| shape(End::Timeout).is_err());
    run.panic(|| shape(End::Panic).is_ok());
}
