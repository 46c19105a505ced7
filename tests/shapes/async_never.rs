//! An async function that never returns.

use super::prelude::*;

#[measured]
async fn shape(end: End) -> ! {
    loop {
        drop(act_later(end).await);
        assert!(end != End::Ok, "it cannot return");
    }
}

pub fn drive(run: &mut Run) {
    run.panic(|| finish(shape(End::Ok)));
    run.cancel(|| cancel(shape(End::Wait)));
}
