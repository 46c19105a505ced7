//! The units of metrics.

/// The unit of a metric, which its name ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// Seconds: `_seconds`.
    Seconds,
    /// Bytes: `_bytes`.
    Bytes,
    /// A part of one: `_ratio`.
    Ratio,
}

impl Unit {
    /// Its name, as a metric's name ends in it, and as OpenMetrics says it in `# UNIT`.
    ///
    /// ```
    /// assert_eq!(metrics_runtime::Unit::Bytes.as_str(), "bytes");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Bytes => "bytes",
            Self::Ratio => "ratio",
        }
    }

    /// The unit that a metric's name ends in; `None` for a number of anything else.
    pub(crate) const fn of_name(name: &str) -> Option<Self> {
        if ends_with(name, "_seconds") {
            Some(Self::Seconds)
        } else if ends_with(name, "_bytes") {
            Some(Self::Bytes)
        } else if ends_with(name, "_ratio") {
            Some(Self::Ratio)
        } else {
            None
        }
    }

    /// The unit of a counter of fractions; `None` if they are not seconds.
    pub(crate) const fn of_fractions(name: &str) -> Option<Self> {
        if ends_with(name, "_seconds_total") { Some(Self::Seconds) } else { None }
    }

    /// The number of decimal places that a histogram or a counter of fractions of this unit adds up. A whole byte is the least, and what has no unit is
    /// counted to a millionth.
    #[cfg(feature = "exporter")]
    pub(crate) const fn decimal_places(unit: Option<Self>) -> u32 {
        match unit {
            Some(Self::Seconds | Self::Ratio) => 9,
            Some(Self::Bytes) => 0,
            None => 6,
        }
    }

    /// The bucket bounds of a histogram that gives none.
    pub(crate) const fn default_buckets(unit: Option<Self>) -> &'static [f64] {
        match unit {
            Some(Self::Seconds) => default_buckets::SECONDS,
            Some(Self::Bytes) => default_buckets::BYTES,
            Some(Self::Ratio) => default_buckets::RATIO,
            None => default_buckets::PLAIN,
        }
    }
}

impl core::fmt::Display for Unit {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The bucket bounds of a histogram of seconds that gives none. They are the defaults of Prometheus' own client libraries.
pub const DEFAULT_BUCKETS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The bucket bounds of a histogram that gives none, by its unit. Generated code names them: to find the unit in the metric's name again
/// would cost the compiler more than all else that it works out for a label.
pub mod default_buckets {
    /// Of a number of seconds.
    pub const SECONDS: &[f64] = super::DEFAULT_BUCKETS;

    /// Of a number of bytes: powers of four, from 256 bytes to a quarter of a gigabyte.
    pub const BYTES: &[f64] = &[
        256.0,
        1_024.0,
        4_096.0,
        16_384.0,
        65_536.0,
        262_144.0,
        1_048_576.0,
        4_194_304.0,
        16_777_216.0,
        67_108_864.0,
        268_435_456.0,
    ];

    /// Of a ratio.
    pub const RATIO: &[f64] = &[0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0];

    /// Of any other number.
    pub const PLAIN: &[f64] = &[1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 10_000.0];
}

const fn ends_with(name: &str, suffix: &str) -> bool {
    let (name, suffix) = (name.as_bytes(), suffix.as_bytes());
    if name.len() < suffix.len() {
        return false;
    }
    let (start, mut at) = (name.len() - suffix.len(), 0);
    while at < suffix.len() {
        if name[start + at] != suffix[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_name_is_its_unit() {
        for (name, unit) in [
            ("wait_seconds", Some(Unit::Seconds)),
            ("response_size_bytes", Some(Unit::Bytes)),
            ("cache_hit_ratio", Some(Unit::Ratio)),
            ("batch_rows", None),
            ("bytes", None),
            ("megabytes", None),
            ("", None),
        ] {
            assert_eq!(Unit::of_name(name), unit, "{name}");
        }
    }

    #[test]
    fn a_counter_counts_fractions_of_seconds_or_of_no_unit() {
        let names = ["cpu_seconds_total", "energy_joules_total", "read_bytes_total", "seconds_total"];
        assert_eq!(names.map(Unit::of_fractions), [Some(Unit::Seconds), None, None, None]);
    }

    #[test]
    fn default_buckets_are_buckets() {
        for unit in [Some(Unit::Seconds), Some(Unit::Bytes), Some(Unit::Ratio), None] {
            let bounds = Unit::default_buckets(unit);
            assert!(bounds[0] > 0.0 && bounds.windows(2).all(|pair| pair[0] < pair[1]), "{unit:?}");
        }
    }
}
