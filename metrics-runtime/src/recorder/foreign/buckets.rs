//! The buckets of other crates' histograms. The facade does not pass any on.
//!
//! The exporter must know the buckets of a histogram before the first value, but the unit can come later, with a description.
//! So the exporter counts in the buckets of all units, and the page shows those of the histogram's own unit. The counts of
//! the exporter are cumulative, so each of them is right on its own.

use std::collections::BTreeMap;

use metrics::Unit;

/// The steps of the bounds between two powers of ten.
const STEPS: [f64; 3] = [1.0, 2.5, 5.0];
/// The first and the last power of ten of a histogram whose unit is not known.
const UNKNOWN: (i32, i32) = (-3, 4);
const PERCENT: [f64; 10] = [1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 100.0];
const RATIO: [f64; 10] = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0];

/// A range of bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Range {
    /// From one power of ten to another one, with two bounds between.
    Decimal(i32, i32),
    /// From one power of four to another one.
    Binary(i32, i32),
    Percent,
    Ratio,
}

impl Range {
    const UNKNOWN: Self = Self::Decimal(UNKNOWN.0, UNKNOWN.1);

    fn of_unit(unit: Unit) -> Self {
        match unit {
            Unit::Seconds => Self::Decimal(-3, 2),
            Unit::Milliseconds => Self::Decimal(0, 5),
            Unit::Microseconds => Self::Decimal(1, 7),
            Unit::Nanoseconds => Self::Decimal(3, 9),
            Unit::Bytes => Self::Binary(3, 15),
            Unit::Kibibytes | Unit::Mebibytes | Unit::Gibibytes | Unit::Tebibytes => Self::Binary(0, 10),
            Unit::BitsPerSecond => Self::Decimal(3, 10),
            Unit::KilobitsPerSecond => Self::Decimal(0, 7),
            Unit::MegabitsPerSecond | Unit::GigabitsPerSecond | Unit::TerabitsPerSecond => Self::Decimal(-3, 4),
            Unit::Count | Unit::CountPerSecond => Self::Decimal(0, 6),
            Unit::Percent => Self::Percent,
        }
    }

    /// The range that the last word of a metric's name says.
    fn of_name(name: &str) -> Self {
        let unit = match name.rsplit(['_', ':']).next().unwrap_or(name) {
            "seconds" | "secs" | "sec" => Unit::Seconds,
            "milliseconds" | "millis" | "ms" => Unit::Milliseconds,
            "microseconds" | "micros" | "us" => Unit::Microseconds,
            "nanoseconds" | "nanos" | "ns" => Unit::Nanoseconds,
            "bytes" => Unit::Bytes,
            "kibibytes" => Unit::Kibibytes,
            "mebibytes" => Unit::Mebibytes,
            "gibibytes" => Unit::Gibibytes,
            "tebibytes" => Unit::Tebibytes,
            "percent" => Unit::Percent,
            "ratio" => return Self::Ratio,
            _ => return Self::UNKNOWN,
        };
        Self::of_unit(unit)
    }

    fn bounds(self) -> Vec<f64> {
        match self {
            Self::Decimal(first, last) => {
                let decade = |power| STEPS.map(|step| decimal(step, power));
                (first..last).flat_map(decade).chain([decimal(1.0, last)]).collect()
            }
            Self::Binary(first, last) => (first..=last).map(|power| 4_f64.powi(power)).collect(),
            Self::Percent => PERCENT.to_vec(),
            Self::Ratio => RATIO.to_vec(),
        }
    }
}

/// A power of ten times `step`. It is a division for a negative power, so that it is the number that is written `0.001`.
fn decimal(step: f64, power: i32) -> f64 {
    if power < 0 { step / 10_f64.powi(-power) } else { step * 10_f64.powi(power) }
}

/// The bounds of all units: what the exporter counts in. They have those of a histogram whose unit is not known.
pub(super) fn of_all_units() -> Vec<f64> {
    let ranges = [Range::Decimal(-3, 10), Range::Binary(0, 15), Range::Percent, Range::Ratio];
    let mut bounds: Vec<f64> = ranges.into_iter().flat_map(Range::bounds).collect();
    bounds.sort_by(f64::total_cmp);
    bounds.dedup();
    bounds
}

/// The bounds of a histogram on the page: those that the program gives, else those of its unit, else those of its name.
pub(super) fn on_page(given: &BTreeMap<String, Vec<f64>>, name: &str, unit: Option<Unit>) -> Vec<f64> {
    match given.get(name) {
        Some(bounds) => bounds.clone(),
        None => unit.map_or_else(|| Range::of_name(name), Range::of_unit).bounds(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNITS: [Unit; 17] = [
        Unit::Count,
        Unit::Percent,
        Unit::Seconds,
        Unit::Milliseconds,
        Unit::Microseconds,
        Unit::Nanoseconds,
        Unit::Tebibytes,
        Unit::Gibibytes,
        Unit::Mebibytes,
        Unit::Kibibytes,
        Unit::Bytes,
        Unit::TerabitsPerSecond,
        Unit::GigabitsPerSecond,
        Unit::MegabitsPerSecond,
        Unit::KilobitsPerSecond,
        Unit::BitsPerSecond,
        Unit::CountPerSecond,
    ];

    #[test]
    fn every_bound_that_a_page_can_show_is_one_that_the_exporter_counts_in() {
        let all = of_all_units();
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{all:?}");
        let ranges = UNITS.into_iter().map(Range::of_unit).chain([Range::UNKNOWN, Range::Ratio]);
        for range in ranges {
            let bounds = range.bounds();
            assert!(bounds.windows(2).all(|pair| pair[0] < pair[1]), "{range:?}: {bounds:?}");
            assert!(bounds.iter().all(|bound| all.contains(bound)), "{range:?}: {bounds:?}");
            // The page compares them as they are written.
            assert!(bounds.iter().all(|bound| bound.to_string().len() <= 11), "{range:?}: {bounds:?}");
        }
    }

    #[test]
    fn the_last_word_of_a_name_is_its_unit() {
        let seconds = Range::of_unit(Unit::Seconds);
        for name in ["http_request_duration_seconds", "seconds", "wait:seconds", "wait_secs"] {
            assert_eq!(Range::of_name(name), seconds, "{name}");
        }
        for name in ["", "http_requests", "milliseconds_ago", "kiloseconds"] {
            assert_eq!(Range::of_name(name), Range::UNKNOWN, "{name}");
        }
        assert_eq!(on_page(&BTreeMap::new(), "wait_seconds", Some(Unit::Milliseconds)).last(), Some(&100_000.0));
        let given = BTreeMap::from([("wait_seconds".to_owned(), vec![3.0])]);
        assert_eq!(on_page(&given, "wait_seconds", Some(Unit::Milliseconds)), [3.0]);
    }
}
