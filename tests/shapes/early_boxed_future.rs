//! An early return of a boxed future inside a `Result`: the call that makes it is measured.

use super::prelude::*;

#[measured]
fn shape(end: End) -> Result<Pin<Box<dyn Future<Output = u32>>>, io::Error> {
    if end == End::Ok {
        act(end)?;
        return Ok(Box::pin(async { 1 }));
    }
    let number = act(end)?;
    Ok(Box::pin(async move { number }))
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok).is_ok());
    run.error(|| shape(End::Error).is_err());
    run.timeout(|| shape(End::Timeout).is_err());
    run.panic(|| shape(End::Panic).is_ok());
}
