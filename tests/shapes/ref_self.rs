//! A method that takes `&self`.

use super::prelude::*;

struct Worker {
    number: u32,
}

impl Worker {
    #[measured]
    fn shape(&self, end: End) -> Result<u32, io::Error> {
        let Self { number } = self;
        Ok(act(end)? + number + self.number)
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| Worker { number: 1 }.shape(End::Ok).is_ok());
    run.error(|| Worker { number: 1 }.shape(End::Error).is_err());
    run.timeout(|| Worker { number: 1 }.shape(End::Timeout).is_err());
    run.panic(|| Worker { number: 1 }.shape(End::Panic).is_ok());
}
