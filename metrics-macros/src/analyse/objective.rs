//! Which objectives can be alerted on.

/// The fastest burn that the alerts of an objective watch for: at this multiple of the budget, a budget of 30 days has lost
/// 2 percent within an hour. <https://sre.google/workbook/alerting-on-slos/>
const FASTEST_BURN: f64 = 14.4;

/// What is wrong with the share of the calls that must be good, and what to write instead.
pub(crate) fn check_percent(percent: f64) -> Result<(), String> {
    if !(percent > 0.0 && percent < 100.0) {
        return Err(if percent >= 100.0 {
            format!(
                "with `percent = {percent}` no call could ever be bad: write less than 100, such as `percent = 99.9`"
            )
        } else {
            format!("`percent = {percent}` asks for no good call: write more, such as `percent = 99`")
        });
    }
    let budget = 100.0 - percent;
    if FASTEST_BURN * budget < 100.0 {
        return Ok(());
    }
    Err(if percent < 1.0 {
        format!(
            "`percent = {percent}` is less than one call in a hundred: for a share of {percent} write `percent = {}`",
            rounded(percent * 100.0)
        )
    } else {
        format!(
            "with `percent = {percent}` the alert for the fastest burn could never fire: it needs {FASTEST_BURN} times \
             the budget, which is {} percent of the calls, to be bad, and that is {} percent: write \
             `percent = {}` or more",
            rounded(budget),
            rounded(FASTEST_BURN * budget),
            smallest_percent(),
        )
    })
}

/// What is wrong with the seconds within which a good call ends. Whether they are a bucket bound, the compiler checks later.
pub(crate) fn check_under(under: f64) -> Result<(), String> {
    if under.is_finite() && under > 0.0 {
        return Ok(());
    }
    Err("`under` is a finite number of seconds, more than zero: write one of the histogram's bucket bounds".to_owned())
}

/// The smallest share, to two decimals, at which all alerts can fire.
fn smallest_percent() -> f64 {
    ((100.0 - 100.0 / FASTEST_BURN) * 100.0).ceil() / 100.0
}

/// To four decimals, because `100.0 - 92.3` is 7.700000000000003.
fn rounded(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::{check_percent, smallest_percent};

    #[test]
    fn the_proposed_share_is_the_smallest_that_is_accepted() {
        assert!((smallest_percent() - 93.06).abs() < 1e-9);
        assert_eq!(check_percent(smallest_percent()), Ok(()));
        assert!(check_percent(smallest_percent() - 0.01).is_err());
    }

    #[test]
    fn a_share_out_of_range_or_too_small_is_refused() {
        for percent in [f64::NAN, f64::INFINITY, -99.0, 0.0, 0.999, 50.0, 93.0, 100.0, 1e9] {
            assert!(check_percent(percent).is_err(), "{percent}");
        }
        for percent in [93.1, 95.0, 99.0, 99.5, 99.999_999] {
            assert_eq!(check_percent(percent), Ok(()), "{percent}");
        }
    }

    #[test]
    fn a_fraction_is_shown_as_percent() {
        let problem = check_percent(0.995).expect_err("it is less than one percent");
        assert!(problem.ends_with("write `percent = 99.5`"), "{problem}");
    }
}
