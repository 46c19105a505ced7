//! Reads the Prometheus text format: <https://prometheus.io/docs/instrumenting/exposition_formats/>.

/// A metric with its series.
pub(crate) struct Metric {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) series: Vec<Series>,
}

/// One line with a value.
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) value: f64,
}

impl Series {
    /// The labels except one, as text.
    pub(crate) fn labels_without(&self, omitted: &str) -> String {
        let labels = self.labels.iter().filter(|(name, _)| name != omitted);
        labels.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    }

    /// The upper bound, where this is a bucket.
    pub(crate) fn bound(&self) -> Option<f64> {
        self.labels.iter().find(|(name, _)| name == "le").and_then(|(_, value)| value.parse().ok())
    }
}

/// The metrics in the order of the page. Unknown lines are skipped: the table is for people.
pub(crate) fn parse(page: &str) -> Vec<Metric> {
    let mut metrics: Vec<Metric> = Vec::new();
    for line in page.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            metrics.push(Metric { name: name.to_owned(), kind: kind.to_owned(), series: Vec::new() });
        } else if let (Some(metric), Some(series)) = (metrics.last_mut(), series(line)) {
            metric.series.push(series);
        }
    }
    metrics
}

fn series(line: &str) -> Option<Series> {
    let (head, value) = line.rsplit_once(' ')?;
    if line.starts_with('#') {
        return None;
    }
    let (name, labels) = head.split_once('{').unwrap_or((head, "}"));
    Some(Series { name: name.to_owned(), labels: parse_labels(labels.strip_suffix('}')?)?, value: value.parse().ok()? })
}

fn parse_labels(mut text: &str) -> Option<Vec<(String, String)>> {
    let mut labels = Vec::new();
    while !text.is_empty() {
        let (name, rest) = text.split_once("=\"")?;
        let mut value = String::new();
        let mut characters = rest.chars();
        loop {
            match characters.next()? {
                '"' => break,
                '\\' => match characters.next()? {
                    'n' => value.push('\n'),
                    other => value.push(other),
                },
                other => value.push(other),
            }
        }
        labels.push((name.to_owned(), value));
        text = characters.as_str();
        text = text.strip_prefix(',').unwrap_or(text);
    }
    Some(labels)
}
