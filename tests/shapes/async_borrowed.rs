//! An async function that returns what it borrowed.

use super::prelude::*;

#[measured]
async fn shape(numbers: &mut Vec<u32>, end: End) -> Result<&mut u32, io::Error> {
    let number = act_later(end).await?;
    numbers.push(number);
    numbers.last_mut().ok_or_else(|| io::Error::other("it is not empty"))
}

pub fn drive(run: &mut Run) {
    let mut numbers = vec![1];
    run.ok(|| finish(shape(&mut numbers, End::Ok)).is_ok());
    run.error(|| finish(shape(&mut numbers, End::Error)).is_err());
    run.timeout(|| finish(shape(&mut numbers, End::Timeout)).is_err());
    run.panic(|| finish(shape(&mut numbers, End::Panic)).is_ok());
    run.cancel(|| cancel(shape(&mut numbers, End::Wait)));
}
