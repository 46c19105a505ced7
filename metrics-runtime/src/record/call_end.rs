//! What generated code reads for a call: when it starts, and from what it returns.

use super::sample::Sample;
use crate::vocabulary::Outcome;

/// What `#[observed]` records of a call. It may be nothing.
#[derive(Clone, Copy, Debug)]
pub struct CallValue(pub(super) Option<Sample>);

impl CallValue {
    /// The value at a site that records none.
    pub const NONE: Self = Self(None);

    pub(crate) const fn new(sample: Option<Sample>) -> Self {
        Self(sample)
    }
}

/// What is read when a call starts: for each site, the offset of the labels that are known then, and what it observes.
///
/// Most functions observe nothing. For those it is only the array, and the compiler leaves the rest out.
pub trait CallStart<const N: usize> {
    /// The offsets.
    fn offsets(&self) -> [u32; N];

    /// The values, if a site observes one.
    #[inline(always)]
    fn values(&self) -> Option<&[CallValue; N]> {
        None
    }
}

impl<const N: usize> CallStart<N> for [u32; N] {
    #[inline(always)]
    fn offsets(&self) -> [u32; N] {
        *self
    }
}

impl<const N: usize> CallStart<N> for ([u32; N], [CallValue; N]) {
    #[inline(always)]
    fn offsets(&self) -> [u32; N] {
        self.0
    }

    #[inline(always)]
    fn values(&self) -> Option<&[CallValue; N]> {
        Some(&self.1)
    }
}

/// What is read from a returned value: the outcome, and for each site the offset of the labels that come from the value, and what
/// it observes.
pub trait CallEnd<const N: usize> {
    /// How the call ended.
    fn outcome(&self) -> Outcome;

    /// The offsets.
    fn offsets(&self) -> [u32; N];

    /// The values, if a site observes one.
    #[inline(always)]
    fn values(&self) -> Option<&[CallValue; N]> {
        None
    }
}

impl<const N: usize> CallEnd<N> for Outcome {
    #[inline(always)]
    fn outcome(&self) -> Outcome {
        *self
    }

    #[inline(always)]
    fn offsets(&self) -> [u32; N] {
        [0; N]
    }
}

impl<const N: usize> CallEnd<N> for (Outcome, [u32; N]) {
    #[inline(always)]
    fn outcome(&self) -> Outcome {
        self.0
    }

    #[inline(always)]
    fn offsets(&self) -> [u32; N] {
        self.1
    }
}

impl<const N: usize> CallEnd<N> for (Outcome, [u32; N], [CallValue; N]) {
    #[inline(always)]
    fn outcome(&self) -> Outcome {
        self.0
    }

    #[inline(always)]
    fn offsets(&self) -> [u32; N] {
        self.1
    }

    #[inline(always)]
    fn values(&self) -> Option<&[CallValue; N]> {
        Some(&self.2)
    }
}

/// The value of one site.
#[inline(always)]
pub(super) fn value_at<const N: usize>(values: Option<&[CallValue; N]>, site: usize) -> CallValue {
    values.map_or(CallValue::NONE, |values| values[site])
}
