//! Prometheus' `histogram_quantile` for one set of buckets:
//! <https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile>.

/// The value of a quantile.
#[derive(Debug, PartialEq)]
pub(crate) enum Estimate {
    /// Interpolated within a bucket.
    Within(f64),
    /// Above the last finite bound.
    Above(f64),
}

/// The quantile of `buckets`: pairs of upper bound and cumulative count, in ascending order.
pub(crate) fn histogram_quantile(quantile: f64, buckets: &[(f64, f64)]) -> Option<Estimate> {
    let (_, total) = buckets.last().copied().filter(|(_, total)| *total > 0.0)?;
    let rank = quantile * total;
    let at = buckets.iter().position(|(_, count)| *count >= rank)?;
    let (below, count_below) = if at == 0 { (0.0, 0.0) } else { buckets[at - 1] };
    let (bound, count) = buckets[at];
    if bound.is_infinite() {
        return Some(Estimate::Above(below));
    }
    Some(Estimate::Within(below + (bound - below) * (rank - count_below) / (count - count_below)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantile_is_interpolated_as_prometheus_does() {
        let buckets = [(1.0, 0.0), (2.0, 5.0), (4.0, 10.0), (f64::INFINITY, 10.0)];
        assert_eq!(histogram_quantile(0.5, &buckets), Some(Estimate::Within(2.0)));
        assert_eq!(histogram_quantile(0.75, &buckets), Some(Estimate::Within(3.0)));
        assert_eq!(histogram_quantile(0.5, &[(1.0, 1.0), (f64::INFINITY, 9.0)]), Some(Estimate::Above(1.0)));
        assert_eq!(histogram_quantile(0.5, &[(1.0, 0.0), (f64::INFINITY, 0.0)]), None);
        assert_eq!(histogram_quantile(0.5, &[]), None);
    }
}
