//! A method that takes `Pin<&mut Self>`.

use super::prelude::*;

struct Worker;

impl Worker {
    #[measured]
    fn shape(self: Pin<&mut Self>, end: End) -> Result<u32, io::Error> {
        let this = self;
        let number = act(end)?;
        let _: &Self = &this;
        Ok(number)
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| Pin::new(&mut Worker).shape(End::Ok).is_ok());
    run.error(|| Pin::new(&mut Worker).shape(End::Error).is_err());
    run.timeout(|| Pin::new(&mut Worker).shape(End::Timeout).is_err());
    run.panic(|| Pin::new(&mut Worker).shape(End::Panic).is_ok());
}
