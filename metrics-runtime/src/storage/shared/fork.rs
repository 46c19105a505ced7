//! What a fork leaves in the child: the memory of the file, in which the parent goes on counting. Two processes that add to one
//! word without knowing of each other lose counts. So in the child the memory becomes a copy, which is the child's own, and
//! which no other process sees.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd};
use std::ptr;
use std::sync::Once;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicUsize, Ordering};

use rustix::fs::{Mode, OFlags, open};
use rustix::io::dup2;
use rustix::mm::{MapFlags, ProtFlags, mmap};

use super::segment::{SEGMENT_BYTES, Segment};

/// The most segments of a file: 64 MB of words. A process without a limit would need memory while it forks.
pub(super) const MAX_SEGMENTS: usize = 256;
const NONE: RawFd = -1;

/// There is one file in a process.
static FILE: AtomicI32 = AtomicI32::new(NONE);
static SEGMENTS: [AtomicPtr<Segment>; MAX_SEGMENTS] = [const { AtomicPtr::new(ptr::null_mut()) }; MAX_SEGMENTS];
static NUMBER: AtomicUsize = AtomicUsize::new(0);

#[expect(unsafe_code, reason = "only the C library can run code in the child of a fork")]
mod c {
    use std::ffi::c_int;

    type Handler = Option<unsafe extern "C" fn()>;

    unsafe extern "C" {
        pub(super) fn pthread_atfork(prepare: Handler, parent: Handler, child: Handler) -> c_int;
    }
}

/// From now on, each child that is forked has a copy of the segments of this file, and not the file.
#[expect(unsafe_code, reason = "only the C library can run code in the child of a fork")]
pub(super) fn copy_in_children(file: &File) {
    static REGISTERED: Once = Once::new();
    FILE.store(file.as_raw_fd(), Ordering::Release);
    REGISTERED.call_once(|| {
        // SAFETY: the handler is a function of this program that does nothing that the child of a fork may not do.
        let _no_memory = unsafe { c::pthread_atfork(None, None, Some(copy_segments)) };
    });
}

/// Adds a segment. There are at most [`MAX_SEGMENTS`]; the file's lock is held.
pub(super) fn add(segment: &'static Segment) {
    let number = NUMBER.load(Ordering::Relaxed);
    if let Some(place) = SEGMENTS.get(number) {
        place.store(ptr::from_ref(segment).cast_mut(), Ordering::Relaxed);
        // `Release`: the child finds the segment at its place.
        NUMBER.store(number + 1, Ordering::Release);
    }
}

/// Runs in the child, which has only the thread that forked. It calls the system, and nothing that allocates or locks.
#[expect(unsafe_code, reason = "the memory at an address becomes other memory")]
unsafe extern "C" fn copy_segments() {
    let file = FILE.swap(NONE, Ordering::Acquire);
    if file == NONE {
        return;
    }
    // SAFETY: the file is open: it is never closed. This does not close it either.
    let mut file = ManuallyDrop::new(unsafe { OwnedFd::from_raw_fd(file) });
    let places = SEGMENTS.iter().take(NUMBER.load(Ordering::Acquire));
    for (number, place) in places.enumerate() {
        let address = place.load(Ordering::Relaxed);
        let (protection, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE | MapFlags::FIXED);
        let offset = (number * SEGMENT_BYTES) as u64;
        // SAFETY: the address is that of a segment with this size, which is never unmapped, and no other thread runs. It gets the
        // same content, and atomic words in memory of this process alone. If it fails, the memory is as it was.
        let is_mapped = unsafe { mmap(address.cast(), SEGMENT_BYTES, protection, flags, &*file, offset) }.is_ok();
        if is_mapped {
            // SAFETY: it is a segment, see above.
            unsafe { &*address }.copy_pages();
        }
    }
    // The lock of the file ends with the parent. The number of the file stays in use, so that nothing else gets it.
    if let Ok(nothing) = open(c"/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()) {
        let _ = dup2(&nothing, &mut file);
    }
}
