//! A method that takes `Box<Self>`.

use super::prelude::*;

struct Worker;

impl Worker {
    #[measured]
    fn shape(self: Box<Self>, end: End) -> Result<u32, io::Error> {
        let this = self;
        let number = act(end)?;
        drop(this);
        Ok(number)
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| Box::new(Worker).shape(End::Ok).is_ok());
    run.error(|| Box::new(Worker).shape(End::Error).is_err());
    run.timeout(|| Box::new(Worker).shape(End::Timeout).is_err());
    run.panic(|| Box::new(Worker).shape(End::Panic).is_ok());
}
