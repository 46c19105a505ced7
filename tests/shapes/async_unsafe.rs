//! An `unsafe` async function.

use super::prelude::*;

/// Does nothing unsafe.
///
/// # Safety
///
/// It has no requirements.
#[measured]
#[allow(unsafe_code)]
async unsafe fn shape(end: End) -> Result<u32, io::Error> {
    act_later(end).await
}

#[allow(unsafe_code)]
pub fn drive(run: &mut Run) {
    // SAFETY: the function has no requirements.
    run.ok(|| finish(unsafe { shape(End::Ok) }).is_ok());
    // SAFETY: as above.
    run.error(|| finish(unsafe { shape(End::Error) }).is_err());
    // SAFETY: as above.
    run.cancel(|| cancel(unsafe { shape(End::Wait) }));
}
