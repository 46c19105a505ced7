//! Numbers in options, with their bounds.

use std::time::Duration;

/// Reads a time in seconds, which is more than zero.
pub(crate) fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map_err(|_| "write a number of seconds, such as `2` or `0.5`".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("write more than zero seconds".to_owned()),
    }
}

/// Reads a share, from 0 to 1.
pub(crate) fn parse_share(text: &str) -> Result<f64, String> {
    let share: Option<f64> = text.parse().ok();
    share.filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| "write a number from 0 to 1".to_owned())
}

/// Reads a factor, which is more than zero.
pub(crate) fn parse_factor(text: &str) -> Result<f64, String> {
    let factor: Option<f64> = text.parse().ok();
    let error = || "write a number from 0.000001 to 1000000".to_owned();
    factor.filter(|factor| (1e-6..=1e6).contains(factor)).ok_or_else(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_bounds() {
        assert_eq!(parse_seconds("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["0", "-1", "inf", "NaN", "two"] {
            assert!(parse_seconds(wrong).is_err(), "{wrong}");
        }
        for wrong in ["1.1", "-0.1", "NaN", "half"] {
            assert!(parse_share(wrong).is_err(), "{wrong}");
        }
        assert!(parse_factor("0").is_err());
        assert_eq!(parse_factor("0.01"), Ok(0.01));
    }
}
