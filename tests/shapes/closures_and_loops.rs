//! `return` in a closure, `break` with a value, a labelled block.

use super::prelude::*;

#[measured]
fn shape(end: End) -> Result<u32, io::Error> {
    let doubled = |number: u32| {
        if number == 0 {
            return 0;
        }
        number * 2
    };
    let number = 'found: {
        for count in 0.. {
            if count == 3 {
                break 'found count;
            }
        }
        0
    };
    loop {
        if number == 3 {
            return Ok(doubled(act(end)?));
        }
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok).is_ok());
    run.error(|| shape(End::Error).is_err());
    run.timeout(|| shape(End::Timeout).is_err());
    run.panic(|| shape(End::Panic).is_ok());
}
