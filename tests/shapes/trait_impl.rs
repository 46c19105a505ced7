//! A method of a trait.

use super::prelude::*;

trait Job {
    fn shape(&self, end: End) -> Result<u32, io::Error>;
}

impl Job for u32 {
    #[measured]
    fn shape(&self, end: End) -> Result<u32, io::Error> {
        Ok(act(end)? + self)
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| 3.shape(End::Ok).is_ok());
    run.error(|| 3.shape(End::Error).is_err());
    run.timeout(|| 3.shape(End::Timeout).is_err());
    run.panic(|| 3.shape(End::Panic).is_ok());
}
