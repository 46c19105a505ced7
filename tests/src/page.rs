//! Reads Prometheus' text format and `OpenMetrics`.

use std::collections::BTreeMap;

use crate::{Response, wait_until};

/// A page, read line by line.
#[derive(Clone, Debug)]
pub struct Page {
    text: String,
}

/// The labels of a series.
type Labels = BTreeMap<String, String>;

/// A call that a series names by its place in a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemplar {
    /// 32 hexadecimal digits.
    pub trace_id: String,
    /// 16 hexadecimal digits.
    pub span_id: String,
    /// What the call added to its metric.
    pub value: f64,
    /// Seconds since 1970.
    pub time: f64,
}

impl Page {
    /// Fetches a page.
    ///
    /// # Panics
    ///
    /// If it cannot be fetched.
    #[must_use]
    pub fn fetch(url: &str) -> Self {
        let response = Response::get(url).unwrap_or_else(|error| panic!("{url} cannot be fetched: {error}"));
        assert_eq!(response.status, 200, "{url}: {}", response.body);
        Self { text: response.body }
    }

    /// Fetches a page in `OpenMetrics`.
    ///
    /// # Panics
    ///
    /// If it cannot be fetched, or is in another format.
    #[must_use]
    pub fn fetch_openmetrics(url: &str) -> Self {
        let accept = [("accept", "application/openmetrics-text;version=1.0.0")];
        let response = Response::get_with_headers(url, &accept);
        let (response, _) = response.unwrap_or_else(|error| panic!("{url} cannot be fetched: {error}"));
        assert_eq!(response.status, 200, "{url}: {}", response.body);
        assert!(response.body.ends_with("# EOF\n"), "{}", response.body);
        Self { text: response.body }
    }

    /// The page, as soon as something answers.
    ///
    /// # Panics
    ///
    /// If nothing answers within [`SAFETY_LIMIT`](crate::SAFETY_LIMIT).
    #[must_use]
    pub fn wait_for(url: &str) -> Self {
        wait_until("a page", || Response::get(url).ok().map(|response| Self::from(response.body)))
    }

    /// The page as it was received.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The help text of a metric.
    #[must_use]
    pub fn help(&self, metric: &str) -> Option<&str> {
        self.comment("HELP", metric)
    }

    /// The kind of a metric.
    #[must_use]
    pub fn kind(&self, metric: &str) -> Option<&str> {
        self.comment("TYPE", metric)
    }

    fn comment(&self, word: &str, metric: &str) -> Option<&str> {
        let start = format!("# {word} {metric} ");
        self.text.lines().find_map(|line| line.strip_prefix(&start))
    }

    /// The labels and the values of all series with this name.
    #[must_use]
    pub fn series(&self, name: &str) -> Vec<(Labels, f64)> {
        self.text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| parse(line, name)).collect()
    }

    /// The value of the series with exactly these labels.
    #[must_use]
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels: Labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.series(name).into_iter().find(|(found, _)| *found == labels).map(|(_, value)| value)
    }

    /// The labels and the exemplars of all series with this name that have one.
    ///
    /// # Panics
    ///
    /// If something else is behind a value.
    #[must_use]
    pub fn exemplars(&self, name: &str) -> Vec<(Labels, Exemplar)> {
        let lines = self.text.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| {
                let (labels, _) = parse(line, name)?;
                // No label of these tests has this text.
                let (_, exemplar) = line.split_once(" # ")?;
                Some((labels, Exemplar::parse(exemplar).unwrap_or_else(|| panic!("no exemplar: {line}"))))
            })
            .collect()
    }

    /// The upper bounds of a histogram's buckets, as they are written, for the series with these labels.
    #[must_use]
    pub fn bounds(&self, histogram: &str, labels: &[(&str, &str)]) -> Vec<String> {
        let wanted: Labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.series(&format!("{histogram}_bucket"))
            .into_iter()
            .filter_map(|(mut labels, _)| labels.remove("le").filter(|_| labels == wanted))
            .collect()
    }
}

impl Exemplar {
    fn parse(text: &str) -> Option<Self> {
        let (ids, rest) = text.strip_prefix("{trace_id=\"")?.split_once("\"} ")?;
        let (trace_id, span_id) = ids.split_once("\",span_id=\"")?;
        let (value, time) = rest.split_once(' ')?;
        let is_id = |id: &str, digits| id.len() == digits && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_id(trace_id, 32) && is_id(span_id, 16)).then_some(())?;
        Some(Self {
            trace_id: trace_id.to_owned(),
            span_id: span_id.to_owned(),
            value: value.parse().ok()?,
            time: time.parse().ok()?,
        })
    }
}

/// The labels and the value of a line, if its series has this name.
fn parse(line: &str, name: &str) -> Option<(Labels, f64)> {
    let mut rest = line.strip_prefix(name)?;
    let mut labels = Labels::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        while !rest.starts_with('}') {
            let (label, after) = rest.split_once("=\"")?;
            let (value, after) = quoted(after)?;
            labels.insert(label.to_owned(), value);
            rest = after.strip_prefix(',').unwrap_or(after);
        }
        rest = &rest[1..];
    }
    let value = rest.strip_prefix(' ')?.split(' ').next()?;
    let value = match value {
        "+Inf" => f64::INFINITY,
        "-Inf" => f64::NEG_INFINITY,
        "NaN" => f64::NAN,
        number => number.parse().ok()?,
    };
    Some((labels, value))
}

/// The text up to the closing quote, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

impl From<String> for Page {
    fn from(text: String) -> Self {
        Self { text }
    }
}
