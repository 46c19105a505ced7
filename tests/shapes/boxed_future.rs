//! A function that returns `Pin<Box<dyn Future>>`, with statements before it.

use super::prelude::*;

#[measured]
fn shape(end: End) -> Pin<Box<dyn Future<Output = Result<u32, io::Error>> + Send>> {
    let more = u32::from(end == End::Ok);
    Box::pin(async move {
        if end == End::Error {
            return Err(io::Error::from(io::ErrorKind::NotFound));
        }
        Ok(act_later(end).await? + more)
    })
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(shape(End::Ok)).is_ok());
    run.error(|| finish(shape(End::Error)).is_err());
    run.timeout(|| finish(shape(End::Timeout)).is_err());
    run.panic(|| finish(shape(End::Panic)));
    run.cancel(|| cancel(shape(End::Wait)));
    drop(shape(End::Ok));
}
