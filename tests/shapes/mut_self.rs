//! A method that takes `&mut self`.

use super::prelude::*;

struct Worker {
    number: u32,
}

impl Worker {
    #[measured]
    fn shape(&mut self, end: End) -> Result<&mut Self, io::Error> {
        self.number += act(end)?;
        Ok(self)
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| Worker { number: 1 }.shape(End::Ok).is_ok());
    run.error(|| Worker { number: 1 }.shape(End::Error).is_err());
    run.timeout(|| Worker { number: 1 }.shape(End::Timeout).is_err());
    run.panic(|| Worker { number: 1 }.shape(End::Panic).is_ok());
}
