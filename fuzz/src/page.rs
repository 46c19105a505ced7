//! A strict reader of the page, in both formats. It knows only what the specifications say, and nothing of the writer.

use std::collections::{BTreeMap, BTreeSet};

/// The labels of a series, by name.
pub(crate) type Labels = BTreeMap<String, String>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    OpenMetrics,
}

#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) kind: String,
    pub(crate) help: Option<String>,
    /// The suffix of each line's name, its labels and its value.
    pub(crate) lines: Vec<(String, Labels, f64)>,
}

impl Family {
    pub(crate) fn value(&self, suffix: &str, labels: &Labels) -> Option<f64> {
        self.lines.iter().find(|(other, its, _)| other == suffix && its == labels).map(|(_, _, value)| *value)
    }
}

/// The metrics of a page, by name; or the first line that breaks a rule.
pub(crate) fn read(page: &str, format: Format) -> Result<BTreeMap<String, Family>, String> {
    let mut reader = Reader { format, families: BTreeMap::new(), current: None, names: BTreeSet::new() };
    if page.is_empty() && format == Format::Text {
        return Ok(reader.families);
    }
    let Some(text) = page.strip_suffix('\n') else { return Err("the last line does not end".to_owned()) };
    let text = match format {
        Format::Text => text,
        Format::OpenMetrics => text.strip_suffix("# EOF").ok_or("the last line is not `# EOF`")?,
    };
    for line in text.split_terminator('\n') {
        reader.line(line).map_err(|problem| format!("{problem}: {line:?}"))?;
    }
    reader.end_family()?;
    Ok(reader.families)
}

struct Reader {
    format: Format,
    families: BTreeMap<String, Family>,
    current: Option<(String, Family)>,
    /// The names that no other metric can have any more.
    names: BTreeSet<String>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), String> {
        let Some(comment) = line.strip_prefix('#') else { return self.sample(line) };
        let mut parts = comment.splitn(4, ' ');
        let (Some(""), Some(word), Some(name), Some(rest)) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("a comment that is neither HELP, TYPE nor UNIT".to_owned());
        };
        check_name(name, true)?;
        if self.current.as_ref().is_none_or(|(current, _)| current != name) {
            self.end_family()?;
            self.current = Some((name.to_owned(), Family { kind: String::new(), help: None, lines: Vec::new() }));
        }
        let Some((_, family)) = &mut self.current else { return Err("there is no metric".to_owned()) };
        if !family.lines.is_empty() {
            return Err("a comment after the values".to_owned());
        }
        match word {
            "HELP" if family.help.is_none() && family.kind.is_empty() => {
                family.help = Some(unescape(rest, self.format == Format::OpenMetrics)?);
                Ok(())
            }
            "TYPE" if family.kind.is_empty() && matches!(rest, "counter" | "gauge" | "histogram") => {
                rest.clone_into(&mut family.kind);
                Ok(())
            }
            "UNIT" if self.format == Format::OpenMetrics && name.ends_with(&format!("_{rest}")) => Ok(()),
            _ => Err("a comment that does not belong here".to_owned()),
        }
    }

    fn sample(&mut self, line: &str) -> Result<(), String> {
        let end = line.find(['{', ' ']).ok_or("a line without a value")?;
        let (name, rest) = line.split_at(end);
        check_name(name, true)?;
        let (labels, rest) = match rest.strip_prefix('{') {
            Some(rest) => labels(rest)?,
            None => (Labels::new(), rest),
        };
        let value = number(rest.strip_prefix(' ').ok_or("no space before the value")?)?;
        let Some((family_name, family)) = &mut self.current else { return Err("a value of no metric".to_owned()) };
        let suffix = name.strip_prefix(&**family_name).ok_or("a value of another metric")?;
        let suffixes: &[&str] = match (&*family.kind, self.format) {
            ("counter", Format::OpenMetrics) => &["_total"],
            ("counter", Format::Text) | ("gauge", _) => &[""],
            ("histogram", _) => &["_bucket", "_sum", "_count"],
            _ => return Err("a value before its TYPE".to_owned()),
        };
        if !suffixes.contains(&suffix) {
            return Err("a value of another metric".to_owned());
        }
        if family.kind == "counter" && (value.is_nan() || value < 0.0) {
            return Err("a counter that is less than zero".to_owned());
        }
        if family.kind == "histogram" && labels.contains_key("le") != (suffix == "_bucket") {
            return Err("`le` is the label of a bucket".to_owned());
        }
        family.lines.push((suffix.to_owned(), labels, value));
        Ok(())
    }

    fn end_family(&mut self) -> Result<(), String> {
        let Some((name, family)) = self.current.take() else { return Ok(()) };
        let wrong = |problem: &str| Err(format!("the metric `{name}`: {problem}"));
        if family.lines.is_empty() {
            return wrong("it has no value");
        }
        let series: BTreeSet<_> = family.lines.iter().map(|(suffix, labels, _)| (suffix, labels)).collect();
        if series.len() != family.lines.len() {
            return wrong("a series is there twice");
        }
        let suffixes: &[&str] = match (&*family.kind, self.format) {
            ("counter", Format::OpenMetrics) => &["", "_total", "_created"],
            ("histogram", Format::OpenMetrics) => &["", "_bucket", "_sum", "_count", "_created"],
            ("histogram", Format::Text) => &["", "_bucket", "_sum", "_count"],
            _ => &[""],
        };
        for suffix in suffixes {
            if !self.names.insert(format!("{name}{suffix}")) {
                return wrong("another metric has one of its names");
            }
        }
        if family.kind == "histogram" {
            check_histogram(&family, self.format).or_else(|problem| wrong(&problem))?;
        }
        self.families.insert(name, family);
        Ok(())
    }
}

/// Checks each series of a histogram: the lines of one come together.
fn check_histogram(family: &Family, format: Format) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let mut lines = family.lines.iter().peekable();
    while let Some((_, labels, _)) = lines.peek() {
        let own = without_bound(labels);
        if !seen.insert(own.clone()) {
            return Err("the lines of a series are not together".to_owned());
        }
        let (mut bound, mut count, mut sum, mut total) = (f64::NEG_INFINITY, 0.0, None, None);
        let mut has_negative_bound = false;
        while let Some((suffix, labels, value)) = lines.next_if(|(_, labels, _)| without_bound(labels) == own) {
            match &**suffix {
                "_sum" => sum = Some(*value),
                "_count" => total = Some(*value),
                _ => {
                    let text = labels.get("le").ok_or("a bucket without a bound")?;
                    let next = number(text)?;
                    has_negative_bound |= next < 0.0;
                    if format == Format::OpenMetrics && !text.contains(['.', 'e', 'I']) {
                        return Err(format!("the bound `{text}` is a whole number without a decimal point"));
                    }
                    if (next.is_nan() || next <= bound) && (next, bound) != (f64::NEG_INFINITY, f64::NEG_INFINITY) {
                        return Err("the bounds do not increase".to_owned());
                    }
                    if value.fract() != 0.0 || *value < count {
                        return Err("the counts are not cumulative whole numbers".to_owned());
                    }
                    (bound, count) = (next, *value);
                }
            }
        }
        if bound < f64::INFINITY {
            return Err("the last bucket is not that of all values".to_owned());
        }
        if total.is_some_and(|total| (total - count).abs() > 0.0) {
            return Err("the count is not that of the last bucket".to_owned());
        }
        match format {
            Format::Text if sum.is_none() || total.is_none() => {
                return Err("the sum or the count is missing".to_owned());
            }
            Format::OpenMetrics if sum.is_some() != total.is_some() => {
                return Err("of the sum and the count there are both or none".to_owned());
            }
            Format::OpenMetrics if sum.is_some_and(|sum| sum < 0.0 || sum.is_nan() || has_negative_bound) => {
                return Err("there is no sum where values can be negative".to_owned());
            }
            _ => {}
        }
    }
    Ok(())
}

pub(crate) fn without_bound(labels: &Labels) -> Labels {
    let mut labels = labels.clone();
    labels.remove("le");
    labels
}

fn check_name(name: &str, takes_colon: bool) -> Result<(), String> {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || (takes_colon && byte == b':');
    let mut bytes = name.bytes();
    let is_name = bytes.next().is_some_and(is_letter) && bytes.all(|byte| is_letter(byte) || byte.is_ascii_digit());
    if is_name { Ok(()) } else { Err(format!("`{name}` is not a name")) }
}

/// The labels up to the closing brace, and what follows.
fn labels(mut rest: &str) -> Result<(Labels, &str), String> {
    let mut labels = Labels::new();
    loop {
        let (name, value) = rest.split_once("=\"").ok_or("a label without a value")?;
        check_name(name, false)?;
        let end = end_of_quoted(value).ok_or("a quote that does not end")?;
        if labels.insert(name.to_owned(), unescape(&value[..end], true)?).is_some() {
            return Err(format!("the label `{name}` is there twice"));
        }
        rest = &value[end + 1..];
        if let Some(rest) = rest.strip_prefix('}') {
            return Ok((labels, rest));
        }
        rest = rest.strip_prefix(',').ok_or("labels without a comma between them")?;
    }
}

fn end_of_quoted(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    })
}

fn unescape(text: &str, takes_quotes: bool) -> Result<String, String> {
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n') => plain.push('\n'),
                Some('\\') => plain.push('\\'),
                Some('"') if takes_quotes => plain.push('"'),
                other => return Err(format!("{other:?} after a backslash")),
            },
            '"' if takes_quotes => return Err("a quote without a backslash".to_owned()),
            other => plain.push(other),
        }
    }
    Ok(plain)
}

fn number(text: &str) -> Result<f64, String> {
    match text {
        "NaN" => Ok(f64::NAN),
        "+Inf" => Ok(f64::INFINITY),
        "-Inf" => Ok(f64::NEG_INFINITY),
        _ if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) => {
            text.parse().map_err(|_| format!("`{text}` is not a number"))
        }
        _ => Err(format!("`{text}` is not a number")),
    }
}
