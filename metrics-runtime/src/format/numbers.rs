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

/// Appends a number that is given in steps, of which 10^`decimal_places` make one. It is exact and has no zeros at the end.
pub(crate) fn push_steps(page: &mut String, steps: u128, decimal_places: u32) {
    let one = 10_u128.pow(decimal_places);
    let mut digits = itoa::Buffer::new();
    page.push_str(digits.format(steps / one));
    let rest = steps % one;
    if rest > 0 {
        // The added one keeps the leading zeros. Its digit is left out below.
        let digits = digits.format(one + rest);
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
    fn a_sum_of_anything_is_exact() {
        let shown = |steps, decimal_places| {
            let mut text = String::new();
            push_steps(&mut text, steps, decimal_places);
            text
        };
        assert_eq!(shown(1_024, 0), "1024");
        assert_eq!(shown(12_000_001, 6), "12.000001");
        assert_eq!(shown(12_500_000, 6), "12.5");
        assert_eq!(shown(u128::from(u64::MAX) + 1, 0), "18446744073709551616");
    }

    #[test]
    fn a_sum_is_exact() {
        let shown = |nanoseconds| {
            let mut text = String::new();
            push_steps(&mut text, nanoseconds, 9);
            text
        };
        let sums = [0, 1, 1_500_000_000, 3_000_000_000, u128::from(u64::MAX) + 1].map(shown);
        assert_eq!(sums, ["0", "0.000000001", "1.5", "3", "18446744073.709551616"]);
    }
}
