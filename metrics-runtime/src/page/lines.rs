//! The lines of a page, from parts that are made once for all series of a metric.

use crate::format::Format;

/// The texts of a histogram's bounds. Most histograms have the same.
#[derive(Default)]
pub(super) struct Bounds {
    bounds: Vec<f64>,
    /// The label `le` of each bucket, up to the value: `le="0.1"} `. Empty before the first histogram of a page.
    pub(super) texts: Vec<String>,
}

impl Bounds {
    pub(super) fn set(&mut self, bounds: &[f64], format: Format) {
        if !self.texts.is_empty() && self.bounds == bounds {
            return;
        }
        self.bounds.clear();
        self.bounds.extend(bounds);
        self.texts.clear();
        self.texts.extend(bounds.iter().copied().chain([f64::INFINITY]).map(|bound| {
            let mut text = "le=\"".to_owned();
            format.push_bound(&mut text, bound);
            text.push_str("\"} ");
            text
        }));
    }
}

/// The starts of the lines of one metric.
#[derive(Default)]
pub(super) struct Lines {
    /// `jobs_total{`
    pub(super) value: String,
    /// `wait_seconds_sum{`
    pub(super) sum: String,
    /// `wait_seconds_count{`
    pub(super) count: String,
    /// `wait_seconds_bucket{step="upscale",`
    bucket: String,
    /// The length of `wait_seconds_bucket{`.
    bucket_name: usize,
}

impl Lines {
    pub(super) fn start(&mut self, name: &str) {
        for (start, suffix) in [
            (&mut self.value, "{"),
            (&mut self.sum, "_sum{"),
            (&mut self.count, "_count{"),
            (&mut self.bucket, "_bucket{"),
        ] {
            start.clear();
            start.push_str(name);
            start.push_str(suffix);
        }
        self.bucket_name = self.bucket.len();
    }

    /// The start of the lines of the buckets of one series.
    pub(super) fn bucket(&mut self, labels: &str) -> &str {
        self.bucket.truncate(self.bucket_name);
        self.bucket.push_str(labels);
        if !labels.is_empty() {
            self.bucket.push(',');
        }
        &self.bucket
    }
}

/// `wait_seconds_sum{step="upscale"} 1.5`; `start` is `wait_seconds_sum{`.
pub(super) fn push_line(page: &mut String, start: &str, labels: &str, push_value: impl FnOnce(&mut String)) {
    if labels.is_empty() {
        page.push_str(start.trim_end_matches('{'));
        page.push(' ');
    } else {
        page.push_str(start);
        page.push_str(labels);
        page.push_str("} ");
    }
    push_value(page);
    page.push('\n');
}
