//! A future that is not `Send`.

use super::prelude::*;

#[measured]
async fn shape(shared: Rc<u32>, end: End) -> Result<Rc<u32>, io::Error> {
    act_later(end).await?;
    Ok(shared)
}

pub fn drive(run: &mut Run) {
    run.ok(|| finish(shape(Rc::new(1), End::Ok)).is_ok());
    run.error(|| finish(shape(Rc::new(1), End::Error)).is_err());
    run.timeout(|| finish(shape(Rc::new(1), End::Timeout)).is_err());
    run.panic(|| finish(shape(Rc::new(1), End::Panic)));
    run.cancel(|| cancel(shape(Rc::new(1), End::Wait)));
    drop(shape(Rc::new(1), End::Ok));
}
