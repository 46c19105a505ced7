//! Appends numbers to the page.

use std::fmt::Write as _;

/// Appends a whole number.
pub(crate) fn push_count(page: &mut String, count: u64) {
    page.push_str(itoa::Buffer::new().format(count));
}

/// Appends a number. Prometheus writes the special ones as `NaN`, `+Inf` and `-Inf`.
pub(crate) fn push_number(page: &mut String, number: f64) {
    if number.is_nan() {
        page.push_str("NaN");
    } else if number.is_infinite() {
        page.push_str(if number > 0.0 { "+Inf" } else { "-Inf" });
    } else {
        // Writing to a string cannot fail.
        let _ = write!(page, "{number}");
    }
}

const NANOSECONDS_PER_SECOND: u128 = 1_000_000_000;

/// Appends a duration in seconds. It is exact to the nanosecond and has no zeros at the end.
pub(crate) fn push_nanoseconds_as_seconds(page: &mut String, nanoseconds: u128) {
    let mut digits = itoa::Buffer::new();
    page.push_str(digits.format(nanoseconds / NANOSECONDS_PER_SECOND));
    let rest = nanoseconds % NANOSECONDS_PER_SECOND;
    if rest > 0 {
        // The added second keeps the leading zeros. Its digit is left out below.
        let digits = digits.format(NANOSECONDS_PER_SECOND + rest);
        page.push('.');
        page.push_str(digits[1..].trim_end_matches('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_prometheus_reads_them() {
        let shown = |number| {
            let mut text = String::new();
            push_number(&mut text, number);
            text
        };
        let numbers = [0.0, -1.5, 9_007_199_254_740_992.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(shown);
        assert_eq!(numbers, ["0", "-1.5", "9007199254740992", "NaN", "+Inf", "-Inf"]);
    }

    #[test]
    fn a_sum_is_exact() {
        let shown = |nanoseconds| {
            let mut text = String::new();
            push_nanoseconds_as_seconds(&mut text, nanoseconds);
            text
        };
        let sums = [0, 1, 1_500_000_000, 3_000_000_000, u128::from(u64::MAX) + 1].map(shown);
        assert_eq!(sums, ["0", "0.000000001", "1.5", "3", "18446744073.709551616"]);
    }
}
