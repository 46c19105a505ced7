//! A function that returns what it borrowed.

use super::prelude::*;

#[measured]
fn shape(numbers: &mut Vec<u32>, end: End) -> Result<&mut u32, io::Error> {
    let number = act(end)?;
    numbers.push(number);
    numbers.last_mut().ok_or_else(|| io::Error::other("it is not empty"))
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(&mut vec![1], End::Ok).is_ok());
    run.error(|| shape(&mut vec![1], End::Error).is_err());
    run.timeout(|| shape(&mut vec![1], End::Timeout).is_err());
    run.panic(|| shape(&mut vec![1], End::Panic).is_ok());
}
