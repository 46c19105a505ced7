//! A method that a trait provides.

use super::prelude::*;

trait Job {
    fn number(&self) -> u32;

    #[measured]
    fn shape(&self, end: End) -> Result<u32, io::Error> {
        Ok(act(end)? + self.number())
    }
}

impl Job for u32 {
    fn number(&self) -> u32 {
        *self
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| 3.shape(End::Ok).is_ok());
    run.error(|| 3.shape(End::Error).is_err());
    run.timeout(|| 3.shape(End::Timeout).is_err());
    run.panic(|| 3.shape(End::Panic).is_ok());
}
