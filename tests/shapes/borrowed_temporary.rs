//! A last expression that borrows a local until the end.

use super::prelude::*;

#[measured]
fn shape(end: End) -> Result<u32, io::Error> {
    let cell = std::cell::RefCell::new(act(end)?);
    *cell.borrow_mut() += 1;
    let borrowed = cell.borrow();
    Ok(*borrowed)
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok).is_ok());
    run.error(|| shape(End::Error).is_err());
    run.timeout(|| shape(End::Timeout).is_err());
    run.panic(|| shape(End::Panic).is_ok());
}
