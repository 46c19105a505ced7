//! A segment of a file as memory.

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::ptr::{self, NonNull};

use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use super::segment::{SEGMENT_BYTES, Segment};

/// What is done with a segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Access {
    /// Only this process writes there.
    ReadAndWrite,
    /// Another process may write there.
    Read,
}

/// A segment, as long as it is needed.
pub(super) struct Mapping(NonNull<Segment>);

#[expect(unsafe_code, reason = "only the system can make memory of a file")]
impl Mapping {
    /// Maps the segment with this number. The file must have it as a whole: a read beyond the end of a file kills the
    /// process.
    pub(super) fn new(file: &File, number: usize, access: Access) -> io::Result<Self> {
        let offset = (number as u64) * SEGMENT_BYTES as u64;
        if file.metadata()?.len() < offset + SEGMENT_BYTES as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let protection = match access {
            Access::ReadAndWrite => ProtFlags::READ | ProtFlags::WRITE,
            Access::Read => ProtFlags::READ,
        };
        // SAFETY: the system chooses an address that nothing uses.
        let address = unsafe { mmap(ptr::null_mut(), SEGMENT_BYTES, protection, MapFlags::SHARED, file, offset)? };
        NonNull::new(address.cast()).map(Self).ok_or_else(|| io::ErrorKind::OutOfMemory.into())
    }

    /// The segment, for as long as the program runs.
    pub(super) fn leak(self) -> &'static Segment {
        let segment = self.0;
        std::mem::forget(self);
        // SAFETY: as in `deref`; and nothing unmaps it now.
        unsafe { segment.as_ref() }
    }
}

#[expect(unsafe_code, reason = "only the system can make memory of a file")]
impl Deref for Mapping {
    type Target = Segment;

    fn deref(&self) -> &Segment {
        // SAFETY: the address is that of `SEGMENT_BYTES` bytes, the size of a segment, at the start of a page of memory, which is
        // aligned more strictly than a segment. They stay mapped until `drop`. A segment consists of atomic words alone, for
        // which any bits are a value, and which other processes may write at the same time. Where it is mapped for reading,
        // nothing but loads is done: `OtherWords` is the only one that maps so, and it does not write.
        unsafe { self.0.as_ref() }
    }
}

#[expect(unsafe_code, reason = "only the system can make memory of a file")]
impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the address and the size are those of `new`, and nothing borrows the segment any more.
        let _cannot_fail = unsafe { munmap(self.0.as_ptr().cast(), SEGMENT_BYTES) };
    }
}

// SAFETY: the memory belongs to the whole process, and its words are atomic.
#[expect(unsafe_code, reason = "a pointer does not say that it may be used by any thread")]
unsafe impl Send for Mapping {}
// SAFETY: as for `Send`.
#[expect(unsafe_code, reason = "a pointer does not say that it may be used by any thread")]
unsafe impl Sync for Mapping {}
