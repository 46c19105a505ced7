//! A method of a generic type.

use super::prelude::*;

struct Worker<T, const N: usize>([T; N]);

impl<T: Copy + Into<u32>, const N: usize> Worker<T, N> {
    #[measured]
    fn shape<U: Into<u32>>(&self, other: U, end: End) -> Result<u32, io::Error> {
        let own: u32 = self.0.iter().map(|number| (*number).into()).sum();
        Ok(act(end)? + own + other.into())
    }
}

pub fn drive(run: &mut Run) {
    run.ok(|| Worker([1_u8, 2]).shape(3_u16, End::Ok).is_ok());
    run.error(|| Worker([1_u8, 2]).shape(3_u16, End::Error).is_err());
    run.timeout(|| Worker([1_u8, 2]).shape(3_u16, End::Timeout).is_err());
    run.panic(|| Worker([1_u8, 2]).shape(3_u16, End::Panic).is_ok());
}
