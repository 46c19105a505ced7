//! Which names metrics may have: the rules of Prometheus' own linter, and of its naming practice.
//!
//! <https://prometheus.io/docs/practices/naming/>, and `promlint` in Prometheus' source.

/// What a metric measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// Suffixes that Prometheus gives to the series of a histogram, a summary or an info metric.
const RESERVED_SUFFIXES: [&str; 4] = ["_count", "_sum", "_bucket", "_info"];

/// Suffixes that other kinds and units have, and that are left out of what we propose.
const OTHER_SUFFIXES: [&str; 10] =
    ["_total", "_seconds", "_milliseconds", "_millis", "_ms", "_microseconds", "_us", "_nanoseconds", "_ns", "_secs"];

/// Other ways to write a time's unit, which say nothing where it is no time that is measured.
const TIMES: [&str; 9] = ["_second", "_sec", "_s", "_millisecond", "_minutes", "_minute", "_hours", "_hour", "_days"];

/// Units of what is no time.
const OTHER_UNITS: [&str; 12] = [
    "_bytes", "_ratio", "_percent", "_celsius", "_meters", "_grams", "_joules", "_watts", "_volts", "_amperes",
    "_hertz", "_pixels",
];

/// What is wrong with a metric's name, and what to write instead.
pub fn check_metric_name(kind: Kind, name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("the metric's name is empty".to_owned());
    }
    let proper = snake_case(name);
    let instead = instead_of(kind, &proper);
    if name != proper {
        return Err(format!(
            "the metric name `{name}` is not in snake_case: it takes `a` to `z`, `0` to `9` and `_`, and begins with a \
             letter: {instead}"
        ));
    }
    if let Some(suffix) = RESERVED_SUFFIXES.into_iter().find(|suffix| name.ends_with(suffix)) {
        return Err(format!(
            "the metric name `{name}` ends in `{suffix}`, which Prometheus adds to names by itself: {instead}"
        ));
    }
    if fits(kind, name) {
        return Ok(());
    }
    Err(match kind {
        Kind::Counter => format!("the name of a counter ends in `_total`: {instead}"),
        // Another ending would not make it a time.
        Kind::Histogram if OTHER_UNITS.iter().any(|unit| name.ends_with(unit)) => {
            "a histogram holds durations here, in seconds: its name ends in `_seconds`".to_owned()
        }
        Kind::Histogram => format!("the name of a histogram of durations ends in `_seconds`, its unit: {instead}"),
        Kind::Gauge => format!("the name of a gauge does not end in `_total`, which says counter: {instead}"),
    })
}

fn fits(kind: Kind, name: &str) -> bool {
    match kind {
        Kind::Counter => name.ends_with("_total"),
        Kind::Histogram => name.ends_with("_seconds"),
        Kind::Gauge => !name.ends_with("_total"),
    }
}

/// What to write instead of a name: the same without the endings of other kinds and with that of its own.
fn instead_of(kind: Kind, name: &str) -> String {
    let mut bare = name;
    // A name may have several, as `wait_seconds_sum` has.
    while let Some(shorter) = without_suffix(kind, bare) {
        bare = shorter;
    }
    let mut suffixes = RESERVED_SUFFIXES.iter().chain(&OTHER_SUFFIXES).chain(&TIMES);
    if bare.is_empty() || suffixes.any(|suffix| suffix.trim_start_matches('_') == bare) {
        return match kind {
            Kind::Counter => "write what is counted before that, as in `images_generated_total`",
            Kind::Histogram => "write what is timed before that, as in `image_generation_seconds`",
            Kind::Gauge => "write what is measured, as in `queue_depth`",
        }
        .to_owned();
    }
    match kind {
        Kind::Counter => format!("write `{bare}_total`"),
        Kind::Histogram => format!("write `{bare}_seconds`"),
        Kind::Gauge => format!("write `{bare}`"),
    }
}

fn without_suffix(kind: Kind, name: &str) -> Option<&str> {
    let (other, times): (&[&str], &[&str]) = match kind {
        Kind::Counter => (&OTHER_SUFFIXES, &[]),
        Kind::Histogram => (&OTHER_SUFFIXES, &TIMES),
        // The unit of a gauge is its own.
        Kind::Gauge => (&["_total"], &[]),
    };
    RESERVED_SUFFIXES.iter().chain(other).chain(times).find_map(|suffix| name.strip_suffix(suffix))
}

/// The form of label names: `[a-z][a-z0-9_]*`.
pub fn check_label_form(name: &str) -> Result<(), String> {
    let proper = snake_case(name);
    if name == proper {
        return Ok(());
    }
    Err(format!("the label `{name}` is not in snake_case: write `{proper}: Type = expression`"))
}

/// `ImageCount` and `image-count` as `image_count`.
pub fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let characters: Vec<char> = name.chars().collect();
    for (at, character) in characters.iter().copied().enumerate() {
        if character.is_ascii_uppercase() {
            let after_lower =
                at > 0 && (characters[at - 1].is_ascii_lowercase() || characters[at - 1].is_ascii_digit());
            let before_lower = characters.get(at + 1).is_some_and(char::is_ascii_lowercase);
            let after_upper = at > 0 && characters[at - 1].is_ascii_uppercase();
            if after_lower || (after_upper && before_lower) {
                snake.push('_');
            }
            snake.push(character.to_ascii_lowercase());
        } else if character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_' {
            snake.push(character);
        } else if !snake.ends_with('_') {
            snake.push('_');
        }
    }
    snake.trim_start_matches(|first: char| first.is_ascii_digit() || first == '_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_become_label_values() {
        assert_eq!(snake_case("Text2image"), "text2image");
        assert_eq!(snake_case("ClientError"), "client_error");
        assert_eq!(snake_case("HTTPStatus"), "http_status");
        assert_eq!(snake_case("GetV2Page"), "get_v2_page");
    }

    #[test]
    fn each_rule_says_what_to_write() {
        let wrong = |kind, name| check_metric_name(kind, name).expect_err("the name breaks a rule");
        assert!(wrong(Kind::Counter, "images").ends_with("write `images_total`"));
        assert!(wrong(Kind::Counter, "images_seconds").ends_with("write `images_total`"));
        assert!(wrong(Kind::Histogram, "image_generation").ends_with("write `image_generation_seconds`"));
        assert!(wrong(Kind::Gauge, "workers_total").ends_with("write `workers`"));
        assert!(wrong(Kind::Gauge, "workers_count").ends_with("write `workers`"));
        assert!(wrong(Kind::Histogram, "wait_seconds_sum").ends_with("write `wait_seconds`"));
        assert!(wrong(Kind::Counter, "imagesGenerated-total").ends_with("write `images_generated_total`"));
        assert!(wrong(Kind::Counter, "").contains("empty"));
        assert!(wrong(Kind::Counter, "_total").ends_with("as in `images_generated_total`"));
        assert!(wrong(Kind::Counter, "total").ends_with("as in `images_generated_total`"));
        assert!(wrong(Kind::Counter, "Images").ends_with("write `images_total`"));
        assert!(wrong(Kind::Histogram, "x_second").ends_with("write `x_seconds`"));
        assert!(wrong(Kind::Histogram, "wait_ms").ends_with("write `wait_seconds`"));
        assert!(wrong(Kind::Histogram, "l_size_bytes").contains("holds durations here"));
        assert!(wrong(Kind::Gauge, "age_seconds_total").ends_with("write `age_seconds`"));
        assert!(check_metric_name(Kind::Gauge, "queue_oldest_job_age_seconds").is_ok());
    }
}
