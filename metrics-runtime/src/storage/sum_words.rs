//! The two words of a sum.
//!
//! A model checker explores the paths through this file: see `tests/model`.

/// A sum of 64 bits would be full after 584 years, and ten thousand calls in flight reach that in three weeks. So a second
/// word counts how often the highest bit of the first has flipped. A reader that comes between the two writes misses one
/// flip; the bit itself shows that.
pub(crate) const SUM_FLIPS: usize = 0;
pub(crate) const SUM_LOW: usize = 1;
/// The number of words of a sum.
pub(crate) const SUM_WORDS: usize = 2;
/// The largest value that can be added to a sum at once, so that no flip is missed.
pub(super) const MAX_TO_SUM: u64 = i64::MAX.cast_unsigned();
const LOW_BITS: u32 = 63;

/// Whether the highest bit has changed.
#[inline(always)]
pub(super) const fn has_flipped(before: u64, after: u64) -> bool {
    (before ^ after) >> LOW_BITS == 1
}

/// The two words for a sum.
#[cfg(unix)]
#[cfg_attr(test, allow(dead_code, reason = "the model checker's tests have no use for it"))]
pub(crate) fn split_sum(sum: u128) -> (u64, u64) {
    let flips = u64::try_from(sum >> LOW_BITS).unwrap_or(u64::MAX);
    #[allow(clippy::cast_possible_truncation, reason = "the other bits are in the first word")]
    let low = (sum as u64) & MAX_TO_SUM;
    (flips, low | (flips & 1) << LOW_BITS)
}

/// The sum that the two words hold.
pub(crate) const fn sum_of(flips: u64, low: u64) -> u128 {
    let flips = flips.wrapping_add((flips ^ (low >> LOW_BITS)) & 1);
    ((flips as u128) << LOW_BITS) | (low & MAX_TO_SUM) as u128
}
