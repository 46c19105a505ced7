//! An async function that returns nothing.

use super::prelude::*;

#[measured]
async fn shape(end: End) {
    drop(act_later(end).await);
}

pub fn drive(run: &mut Run) {
    run.ok(|| {
        finish(shape(End::Ok));
        true
    });
    run.panic(|| finish(shape(End::Panic)));
    run.cancel(|| cancel(shape(End::Wait)));
}
