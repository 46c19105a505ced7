//! A method that takes `Rc<Self>`.

use super::prelude::*;

struct Worker;

impl Worker {
    #[measured]
    fn shape(self: Rc<Self>, end: End) -> Result<u32, io::Error> {
        let this = self;
        let number = act(end)?;
        drop(this);
        Ok(number)
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| Rc::new(Worker).shape(End::Ok).is_ok());
    run.error(|| Rc::new(Worker).shape(End::Error).is_err());
    run.timeout(|| Rc::new(Worker).shape(End::Timeout).is_err());
    run.panic(|| Rc::new(Worker).shape(End::Panic).is_ok());
}
