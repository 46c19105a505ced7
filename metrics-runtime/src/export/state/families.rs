//! Reads the metrics of a page.
//!
//! It reads the text format and not OpenMetrics, because that one is not the same for all readers: it renames other crates'
//! counters, and leaves out the sum of a histogram that has negative values. What OpenMetrics adds is the unit, which the name
//! has too, and exemplars, which the page writes into the text format for this reader alone.

use std::borrow::Cow;

use super::exemplar::Exemplar;
use super::labels::{Labels, read_labels, unescaped};
use crate::vocabulary::Kind;

/// A metric with its series.
#[derive(Debug, PartialEq)]
pub(crate) struct Family<'a> {
    pub(crate) name: &'a str,
    pub(crate) help: Cow<'a, str>,
    pub(crate) kind: Kind,
    pub(crate) series: Vec<Series<'a>>,
}

/// One value for each label, in the order of the page, and what was measured.
#[derive(Debug, PartialEq)]
pub(crate) struct Series<'a> {
    pub(crate) labels: Labels<'a>,
    pub(crate) value: Value,
    pub(crate) exemplars: Vec<Exemplar>,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Value {
    Number(f64),
    Histogram(Buckets),
}

/// The buckets of a histogram. Each counts its own values only; on the page it counts those of the smaller ones too.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Buckets {
    /// The upper bounds, without the last one, which is infinite.
    pub(crate) bounds: Vec<f64>,
    /// One more than there are bounds.
    pub(crate) counts: Vec<u64>,
    pub(crate) sum: f64,
}

impl Buckets {
    /// It does not overflow: it is the largest count of the page.
    pub(crate) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// Reads a page in the text format. It reads the pages of this crate: it relies on the lines of a series being together. A line
/// that it cannot read is left out.
pub(crate) fn families(page: &str) -> Vec<Family<'_>> {
    let mut families = Vec::new();
    let mut help = None;
    let mut current: Option<Reader<'_>> = None;
    // A help text may end in a carriage return, which `lines` would take away.
    for line in page.split('\n') {
        if let Some(comment) = line.strip_prefix("# HELP ") {
            help = comment.split_once(' ');
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|comment| comment.split_once(' ')) {
            families.extend(current.take().map(Reader::into_family));
            let help = help.take().filter(|(of, _)| *of == name).map_or(Cow::Borrowed(""), |(_, text)| unescaped(text));
            current = kind_of(kind).map(|kind| Reader { name, help, kind, series: Vec::new() });
        } else if let Some(reader) = &mut current {
            reader.read(line);
        }
    }
    families.extend(current.map(Reader::into_family));
    families
}

fn kind_of(text: &str) -> Option<Kind> {
    [Kind::Counter, Kind::Gauge, Kind::Histogram].into_iter().find(|kind| kind.as_str() == text)
}

/// A metric, of which lines are still to come.
struct Reader<'a> {
    name: &'a str,
    help: Cow<'a, str>,
    kind: Kind,
    series: Vec<Partial<'a>>,
}

struct Partial<'a> {
    labels: Labels<'a>,
    value: PartialValue,
    exemplars: Vec<Exemplar>,
}

enum PartialValue {
    Number(f64),
    Histogram(CumulativeBuckets),
}

#[derive(Default)]
struct CumulativeBuckets {
    /// The upper bounds, and the counts as they are on the page.
    buckets: Vec<(f64, u64)>,
    sum: f64,
}

impl<'a> Reader<'a> {
    /// Reads `wait_seconds_bucket{step="upscale",le="0.5"} 3`, and the exemplar behind it. Where that cannot be read, the value is
    /// read all the same.
    fn read(&mut self, line: &'a str) -> Option<()> {
        let rest = line.strip_prefix(self.name)?;
        let (suffix, rest) = rest.split_at(rest.find(['{', ' '])?);
        let (mut labels, rest) = rest.strip_prefix('{').map_or(Some((Vec::new(), rest)), read_labels)?;
        let rest = rest.strip_prefix(' ')?;
        let (value, exemplar) = rest.split_once(" # ").map_or((rest, None), |(value, text)| (value, Some(text)));
        let exemplar = |bucket| exemplar.and_then(|text| Exemplar::read(text, bucket));
        if self.kind != Kind::Histogram {
            if suffix.is_empty() {
                let exemplars = exemplar(0).filter(|_| self.kind == Kind::Counter).into_iter().collect();
                let value = PartialValue::Number(value.parse().ok()?);
                self.series.push(Partial { labels, value, exemplars });
            }
            return Some(());
        }
        match suffix {
            "_bucket" => {
                let (name, bound) = labels.pop()?;
                let bucket = (bound.parse().ok().filter(|_| name == "le")?, value.parse().ok()?);
                let (histogram, exemplars) = self.histogram(labels)?;
                exemplars.extend(exemplar(histogram.buckets.len()));
                histogram.buckets.push(bucket);
            }
            "_sum" => self.histogram(labels)?.0.sum = value.parse().ok()?,
            // The count is that of all buckets together.
            _ => {}
        }
        Some(())
    }

    /// A histogram, and its exemplars.
    fn histogram(&mut self, labels: Labels<'a>) -> Option<(&mut CumulativeBuckets, &mut Vec<Exemplar>)> {
        if self.series.last().is_none_or(|last| last.labels != labels) {
            let value = PartialValue::Histogram(CumulativeBuckets::default());
            self.series.push(Partial { labels, value, exemplars: Vec::new() });
        }
        let last = self.series.last_mut()?;
        match &mut last.value {
            PartialValue::Histogram(histogram) => Some((histogram, &mut last.exemplars)),
            PartialValue::Number(_) => None,
        }
    }

    fn into_family(self) -> Family<'a> {
        let Self { name, help, kind, series } = self;
        let series = series.into_iter().filter_map(|Partial { labels, value, exemplars }| {
            let value = match value {
                PartialValue::Number(number) => Value::Number(number),
                PartialValue::Histogram(histogram) => Value::Histogram(histogram.own_counts()?),
            };
            Some(Series { labels, value, exemplars })
        });
        Family { name, help, kind, series: series.collect() }
    }
}

impl CumulativeBuckets {
    /// The buckets with their own counts; `None` if the last bucket, which has all values, is not there.
    ///
    /// A bucket that has fewer values than a smaller one is empty. There is none on a page before a count has passed 2^64 and begun
    /// anew, and then the counts still have to go together.
    fn own_counts(&self) -> Option<Buckets> {
        let ((last, _), finite) = self.buckets.split_last()?;
        if *last != f64::INFINITY {
            return None;
        }
        let bounds = finite.iter().map(|(bound, _)| *bound).collect();
        let mut smaller = 0;
        let counts = self.buckets.iter().map(|(_, count)| {
            let own = count.saturating_sub(smaller);
            smaller += own;
            own
        });
        Some(Buckets { bounds, counts: counts.collect(), sum: self.sum })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read() {
        let page = "\
# HELP a_total Of \\\\ and\\nlines.\r
# TYPE a_total counter
a_total 3
a_total{x=\"\\\\\\\"},le=\\\"1\\n\",y=\"\"} 4.5
# TYPE b gauge
b{le=\"7\"} NaN
b -Inf
# HELP c_seconds Time.
# TYPE c_seconds histogram
c_seconds_bucket{le=\"0.5\"} 1
c_seconds_bucket{le=\"+Inf\"} 3
c_seconds_sum 2.25
c_seconds_count 3
c_seconds_bucket{x=\"1\",le=\"0.5\"} 0
c_seconds_bucket{x=\"1\",le=\"+Inf\"} 0
c_seconds_sum{x=\"1\"} 0
c_seconds_count{x=\"1\"} 0
";
        let families = families(page);
        assert_eq!(families.iter().map(|family| family.name).collect::<Vec<_>>(), ["a_total", "b", "c_seconds"]);
        assert_eq!(
            families[0],
            Family {
                name: "a_total",
                help: "Of \\ and\nlines.\r".into(),
                kind: Kind::Counter,
                series: vec![
                    Series { labels: vec![], value: Value::Number(3.0), exemplars: vec![] },
                    Series {
                        labels: vec![("x", "\\\"},le=\"1\n".into()), ("y", "".into())],
                        value: Value::Number(4.5),
                        exemplars: vec![],
                    },
                ],
            }
        );
        assert_eq!(families[1].help, "");
        assert_eq!(families[1].series[0].labels, [("le", Cow::Borrowed("7"))]);
        assert!(matches!(families[1].series[0].value, Value::Number(number) if number.is_nan()));
        assert_eq!(families[1].series[1].value, Value::Number(f64::NEG_INFINITY));
        let buckets =
            |counts: [u64; 2], sum| Value::Histogram(Buckets { bounds: vec![0.5], counts: counts.into(), sum });
        assert_eq!(
            families[2].series,
            [
                Series { labels: vec![], value: buckets([1, 2], 2.25), exemplars: vec![] },
                Series { labels: vec![("x", "1".into())], value: buckets([0, 0], 0.0), exemplars: vec![] },
            ]
        );
    }

    #[test]
    fn an_exemplar_is_that_of_its_series_and_bucket() {
        let ids = "trace_id=\"0000000000000000000000000000000a\",span_id=\"000000000000000b\"";
        let page = format!(
            "\
# TYPE a_total counter
a_total{{x=\" # {{\\\"}}\"}} 3 # {{{ids}}} 1 5
a_total 4 # {{{ids}}} 1 x
# TYPE b gauge
b 7 # {{{ids}}} 1 5
# TYPE c_seconds histogram
c_seconds_bucket{{le=\"0.5\"}} 0
c_seconds_bucket{{le=\"1\"}} 1 # {{{ids}}} 0.75 6
c_seconds_bucket{{le=\"+Inf\"}} 3 # {{{ids}}} 8 7.5
c_seconds_sum 9
c_seconds_count 3
"
        );
        let exemplar = |bucket, value, time| Exemplar { bucket, trace_id: 10, span_id: 11, value, time };
        let families = families(&page);
        let found: Vec<_> = families.iter().flat_map(|family| &family.series).collect();
        assert_eq!(found[0].labels, [("x", Cow::Borrowed(" # {\"}"))]);
        assert_eq!(found[0].exemplars, [exemplar(0, 1.0, 5_000_000_000)]);
        assert_eq!((&found[1].value, found[1].exemplars.len()), (&Value::Number(4.0), 0));
        assert_eq!((&found[2].value, found[2].exemplars.len()), (&Value::Number(7.0), 0));
        assert_eq!(found[3].exemplars, [exemplar(1, 0.75, 6_000_000_000), exemplar(2, 8.0, 7_500_000_000)]);
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn buckets_that_do_not_grow_are_counted_once() {
        let page = "\
# TYPE a_seconds histogram
a_seconds_bucket{le=\"0.5\"} 18446744073709551615
a_seconds_bucket{le=\"1\"} 0
a_seconds_bucket{le=\"+Inf\"} 18446744073709551615
a_seconds_sum 2.25
";
        let families = families(page);
        let Value::Histogram(buckets) = &families[0].series[0].value else { panic!("{families:?}") };
        assert_eq!(buckets.counts, [u64::MAX, 0, 0]);
        assert_eq!(buckets.count(), u64::MAX);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_left_out() {
        for line in [
            "a{",
            "a{x",
            "a{x=\"",
            "a{x=\"\\",
            "a{x=\"\\\"}",
            "a{x=\"1\"",
            "a{x=\"1\"} ",
            "a",
            "a ",
            "a x",
            "b 1",
            "a_x 1",
            "",
        ] {
            for kind in ["counter", "gauge", "histogram", "summary", ""] {
                let page = format!("# HELP a\n# TYPE a {kind}\n{line}\na_bucket{{le=\"1\"}} 1\na_bucket 1\n");
                assert!(families(&page).iter().all(|family| family.series.is_empty()), "{page}");
            }
        }
    }
}
