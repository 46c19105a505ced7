//! A method that takes `self`.

use super::prelude::*;

struct Worker;

impl Worker {
    #[measured]
    fn shape(self, end: End) -> Result<u32, io::Error> {
        let this = self;
        let number = act(end)?;
        let Self = this;
        Ok(number)
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| Worker.shape(End::Ok).is_ok());
    run.error(|| Worker.shape(End::Error).is_err());
    run.timeout(|| Worker.shape(End::Timeout).is_err());
    run.panic(|| Worker.shape(End::Panic).is_ok());
}
