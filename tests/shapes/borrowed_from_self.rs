//! A method that returns what it borrowed from `self`.

use super::prelude::*;

struct Worker {
    name: String,
}

impl Worker {
    #[measured]
    fn shape(&self, end: End) -> Result<&str, io::Error> {
        act(end)?;
        Ok(&self.name)
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| Worker { name: "a".to_owned() }.shape(End::Ok).is_ok());
    run.error(|| Worker { name: "a".to_owned() }.shape(End::Error).is_err());
    run.timeout(|| Worker { name: "a".to_owned() }.shape(End::Timeout).is_err());
    run.panic(|| Worker { name: "a".to_owned() }.shape(End::Panic).is_ok());
}
