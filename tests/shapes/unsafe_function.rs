//! An `unsafe` function.

use super::prelude::*;

/// Does nothing unsafe.
///
/// # Safety
///
/// It has no requirements.
#[measured]
#[allow(unsafe_code)]
unsafe fn shape(end: End) -> Result<u32, io::Error> {
    act(end)
}

#[allow(unsafe_code)]
pub fn drive(run: &mut Run) {
    // SAFETY: the function has no requirements.
    run.ok(|| unsafe { shape(End::Ok) }.is_ok());
    // SAFETY: as above.
    run.error(|| unsafe { shape(End::Error) }.is_err());
    // SAFETY: as above.
    run.panic(|| unsafe { shape(End::Panic) });
}
