//! How numbers are written.

use std::fmt::Write as _;

pub(crate) fn push_count(page: &mut String, count: u64) {
    page.push_str(itoa::Buffer::new().format(count));
}

pub(crate) fn push_number(page: &mut String, number: f64) {
    if number.is_nan() {
        page.push_str("NaN");
    } else if number.is_infinite() {
        page.push_str(if number > 0.0 { "+Inf" } else { "-Inf" });
    } else {
        // Writing to a string does not fail.
        let _ = write!(page, "{number}");
    }
}

const NANOSECONDS: u128 = 1_000_000_000;

/// Seconds, to the last nanosecond, without zeros at the end.
pub(crate) fn push_nanoseconds(page: &mut String, nanoseconds: u128) {
    let mut digits = itoa::Buffer::new();
    page.push_str(digits.format(nanoseconds / NANOSECONDS));
    let rest = nanoseconds % NANOSECONDS;
    if rest > 0 {
        // A one in front keeps the zeros.
        let digits = digits.format(NANOSECONDS + rest);
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
            push_nanoseconds(&mut text, nanoseconds);
            text
        };
        let sums = [0, 1, 1_500_000_000, 3_000_000_000, u128::from(u64::MAX) + 1].map(shown);
        assert_eq!(sums, ["0", "0.000000001", "1.5", "3", "18446744073.709551616"]);
    }
}
