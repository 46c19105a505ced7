//! Early returns that the return type turns into trait objects.

use super::prelude::*;

#[measured]
fn shape(end: End) -> Result<Box<dyn std::fmt::Display>, io::Error> {
    if end == End::Ok {
        act(end)?;
        return Ok(Box::new("text"));
    }
    Ok(Box::new(act(end)?))
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok).is_ok());
    run.error(|| shape(End::Error).is_err());
    run.timeout(|| shape(End::Timeout).is_err());
    run.panic(|| shape(End::Panic).is_ok());
}
