//! Which names metrics may have: the rules of Prometheus' own linter, and of its naming practice.
//!
//! <https://prometheus.io/docs/practices/naming/>, and `promlint` in Prometheus' source.

use crate::kind::MetricKind;
use crate::names::snake_case;

/// Suffixes that Prometheus gives to the series of a histogram, a summary or an info metric.
const RESERVED_SUFFIXES: [&str; 4] = ["_count", "_sum", "_bucket", "_info"];

/// Suffixes of other kinds and units, which a proposed name does not keep.
const REPLACED_SUFFIXES: [&str; 10] =
    ["_total", "_seconds", "_milliseconds", "_millis", "_ms", "_microseconds", "_us", "_nanoseconds", "_ns", "_secs"];

/// Suffixes that may be units of time. Only the name of a histogram loses them: a gauge may measure something else.
const TIME_SUFFIXES: [&str; 9] =
    ["_second", "_sec", "_s", "_millisecond", "_minutes", "_minute", "_hours", "_hour", "_days"];

/// Units of other things than time.
const OTHER_UNITS: [&str; 12] = [
    "_bytes", "_ratio", "_percent", "_celsius", "_meters", "_grams", "_joules", "_watts", "_volts", "_amperes",
    "_hertz", "_pixels",
];

/// Units that are not base units, and the base unit that Prometheus' practice wants in their place.
const SCALED_UNITS: [(&str, &str); 13] = [
    ("_kilobytes", "_bytes"),
    ("_megabytes", "_bytes"),
    ("_gigabytes", "_bytes"),
    ("_kibibytes", "_bytes"),
    ("_mebibytes", "_bytes"),
    ("_gibibytes", "_bytes"),
    ("_kb", "_bytes"),
    ("_mb", "_bytes"),
    ("_gb", "_bytes"),
    ("_byte", "_bytes"),
    ("_percent", "_ratio"),
    ("_percentage", "_ratio"),
    ("_pct", "_ratio"),
];

/// What is wrong with a metric's name, and what to write instead.
pub(crate) fn check_metric_name(kind: MetricKind, name: &str) -> Result<(), String> {
    check_form(kind, name)?;
    let counts_seconds = kind == MetricKind::Counter && counts_seconds(name);
    if has_proper_suffix(kind, name) && !counts_seconds {
        return Ok(());
    }
    let suggestion = suggestion(kind, name);
    Err(match kind {
        MetricKind::Counter if counts_seconds => format!(
            "an attribute counts calls, and a name that ends in `{SECONDS_TOTAL}` is that of a counter of seconds: \
             {suggestion}"
        ),
        MetricKind::Counter => format!("the name of a counter ends in `_total`: {suggestion}"),
        // With another suffix it would still not be a time.
        MetricKind::Histogram if OTHER_UNITS.iter().any(|unit| name.ends_with(unit)) => {
            "`#[timed]` measures durations, in seconds: give the histogram a name that ends in `_seconds`; a histogram of \
             anything else is for `#[observed(histogram = \"…\", value = …)]`"
                .to_owned()
        }
        MetricKind::Histogram => {
            format!("the name of a histogram of durations ends in `_seconds`, its unit: {suggestion}")
        }
        MetricKind::Gauge => {
            format!("the name of a gauge does not end in `_total`, the suffix of counters: {suggestion}")
        }
    })
}

/// What is wrong with the name of a declared metric, and what to write instead. A declared histogram can have any unit.
pub(crate) fn check_declared_name(kind: MetricKind, name: &str) -> Result<(), String> {
    match kind {
        MetricKind::Gauge if is_build_info(name) => return Ok(()),
        MetricKind::Counter if counts_seconds(name) => return check_form(kind, name),
        MetricKind::Counter if name.ends_with("_seconds") => {
            check_form(kind, name)?;
            return Err(format!("the name of a counter ends in `_total`: write `{name}_total`"));
        }
        MetricKind::Counter | MetricKind::Gauge => return check_metric_name(kind, name),
        MetricKind::Histogram => {}
    }
    // As a gauge, it keeps its unit.
    check_form(MetricKind::Gauge, name)?;
    let wrong = REPLACED_SUFFIXES.iter().chain(&TIME_SUFFIXES).find(|suffix| name.ends_with(**suffix));
    match wrong {
        None | Some(&"_seconds") => {}
        Some(&"_total") => {
            let suggestion = suggestion(MetricKind::Gauge, name);
            return Err(format!(
                "the name of a histogram does not end in `_total`, the suffix of counters: {suggestion}"
            ));
        }
        Some(_) => {
            let suggestion = suggestion(kind, name);
            return Err(format!("the unit of time is the second, and a name ends in its unit: {suggestion}"));
        }
    }
    let base_unit = SCALED_UNITS.iter().find_map(|(scaled, base)| Some((*base, name.strip_suffix(scaled)?)));
    if let Some((base, bare)) = base_unit {
        return Err(format!(
            "Prometheus measures in base units, and a name ends in its unit: write `{bare}{base}`, and observe numbers of it"
        ));
    }
    Ok(())
}

/// What the name of a counter of seconds ends in.
const SECONDS_TOTAL: &str = "_seconds_total";

/// Whether a declared counter of this name counts seconds.
pub(crate) fn counts_seconds(name: &str) -> bool {
    name.ends_with(SECONDS_TOTAL)
}

/// Whether a declared gauge says which version of a program is built. It is the only metric whose name ends in `_info`: its value is
/// always 1, and its labels are what it says.
pub(crate) fn is_build_info(name: &str) -> bool {
    name.strip_suffix("build_info")
        .is_some_and(|start| start.is_empty() || start.ends_with('_') && snake_case(name) == name)
}

/// The unit of a declared histogram, as the runtime's type of it is called.
pub(crate) fn unit_of(name: &str) -> &'static str {
    const UNITS: [(&str, &str); 3] = [("_seconds", "Seconds"), ("_bytes", "Bytes"), ("_ratio", "Ratio")];
    UNITS.iter().find(|(suffix, _)| name.ends_with(suffix)).map_or("Plain", |(_, unit)| unit)
}

/// What is wrong with the name of a gauge that shows the age of the oldest call, and what to write instead.
pub(crate) fn check_age_name(name: &str) -> Result<(), String> {
    // It has the unit of a histogram.
    check_form(MetricKind::Histogram, name)?;
    if has_proper_suffix(MetricKind::Histogram, name) {
        return Ok(());
    }
    let suggestion = suggestion(MetricKind::Histogram, name);
    Err(format!("the age of the oldest call is in seconds, so its name ends in `_seconds`: {suggestion}"))
}

/// What is wrong with the name of a gauge that shows when something happened last, and what to write instead.
pub(crate) fn check_time_name(name: &str) -> Result<(), String> {
    const SUFFIX: &str = "_timestamp_seconds";
    check_form(MetricKind::Gauge, name)?;
    if name.ends_with(SUFFIX) {
        return Ok(());
    }
    let bare = suggestion(MetricKind::Histogram, name.trim_end_matches("_timestamp"));
    let advice = bare.replace("_seconds`", "_timestamp_seconds`").replace("_timestamp_timestamp", "_timestamp");
    Err(format!("the time of the last call is in seconds since 1970, so its name ends in `{SUFFIX}`: {advice}"))
}

/// What is wrong with a name apart from its suffix.
fn check_form(kind: MetricKind, name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("the metric's name is empty: write what is measured, in snake_case".to_owned());
    }
    let proper = snake_case(name);
    if name != proper {
        let suggestion = suggestion(kind, &proper);
        return Err(format!(
            "the metric name `{name}` is not in snake_case, that is `a` to `z`, `0` to `9` and `_`, with a letter \
             first: {suggestion}"
        ));
    }
    if let Some(suffix) = RESERVED_SUFFIXES.into_iter().find(|suffix| name.ends_with(suffix)) {
        if is_build_info(name) {
            return Err(format!(
                "`{name}` is a gauge that says in its labels which version is built: write `metrics_runtime::build_info!()`, or \
                 declare it, `declare_metrics! {{ gauge … = \"{name}\", labels(…); }}`"
            ));
        }
        let suggestion = suggestion(kind, name);
        return Err(format!(
            "the metric name `{name}` ends in `{suffix}`, which Prometheus adds to names itself: {suggestion}"
        ));
    }
    Ok(())
}

fn has_proper_suffix(kind: MetricKind, name: &str) -> bool {
    match kind {
        MetricKind::Counter => name.ends_with("_total"),
        MetricKind::Histogram => name.ends_with("_seconds"),
        MetricKind::Gauge => !name.ends_with("_total"),
    }
}

/// What to write instead of a name: the same name without the suffixes of other kinds, and with that of its own.
fn suggestion(kind: MetricKind, name: &str) -> String {
    let mut bare = name;
    // A name may have several, as `wait_seconds_sum` has.
    while let Some(shorter) = without_suffix(kind, bare) {
        bare = shorter;
    }
    let mut suffixes = RESERVED_SUFFIXES.iter().chain(&REPLACED_SUFFIXES).chain(&TIME_SUFFIXES);
    if bare.is_empty() || suffixes.any(|suffix| suffix.trim_start_matches('_') == bare) {
        return match kind {
            MetricKind::Counter => "write what is counted before that, as in `images_generated_total`",
            MetricKind::Histogram => "write what is timed before that, as in `image_generation_seconds`",
            MetricKind::Gauge => "write what is measured, as in `queue_depth`",
        }
        .to_owned();
    }
    match kind {
        MetricKind::Counter => format!("write `{bare}_total`"),
        MetricKind::Histogram => format!("write `{bare}_seconds`"),
        MetricKind::Gauge => format!("write `{bare}`"),
    }
}

fn without_suffix(kind: MetricKind, name: &str) -> Option<&str> {
    let (replaced, times): (&[&str], &[&str]) = match kind {
        MetricKind::Counter => (&REPLACED_SUFFIXES, &[]),
        MetricKind::Histogram => (&REPLACED_SUFFIXES, &TIME_SUFFIXES),
        // A gauge keeps its unit.
        MetricKind::Gauge => (&["_total"], &[]),
    };
    RESERVED_SUFFIXES.iter().chain(replaced).chain(times).find_map(|suffix| name.strip_suffix(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_broken_rule_suggests_a_name() {
        let problem = |kind, name| check_metric_name(kind, name).expect_err("the name breaks a rule");
        assert!(problem(MetricKind::Counter, "images").ends_with("write `images_total`"));
        assert!(problem(MetricKind::Counter, "images_seconds").ends_with("write `images_total`"));
        assert!(problem(MetricKind::Histogram, "image_generation").ends_with("write `image_generation_seconds`"));
        assert!(problem(MetricKind::Gauge, "workers_total").ends_with("write `workers`"));
        assert!(problem(MetricKind::Gauge, "workers_count").ends_with("write `workers`"));
        assert!(problem(MetricKind::Histogram, "wait_seconds_sum").ends_with("write `wait_seconds`"));
        assert!(problem(MetricKind::Counter, "imagesGenerated-total").ends_with("write `images_generated_total`"));
        assert!(problem(MetricKind::Counter, "").contains("empty"));
        assert!(problem(MetricKind::Counter, "_total").ends_with("as in `images_generated_total`"));
        assert!(problem(MetricKind::Counter, "total").ends_with("as in `images_generated_total`"));
        assert!(problem(MetricKind::Counter, "Images").ends_with("write `images_total`"));
        assert!(problem(MetricKind::Histogram, "x_second").ends_with("write `x_seconds`"));
        assert!(problem(MetricKind::Histogram, "wait_ms").ends_with("write `wait_seconds`"));
        assert!(problem(MetricKind::Histogram, "l_size_bytes").contains("measures durations"));
        assert!(problem(MetricKind::Gauge, "age_seconds_total").ends_with("write `age_seconds`"));
        assert!(
            problem(MetricKind::Counter, "draw_seconds_total").ends_with("of a counter of seconds: write `draw_total`")
        );
        assert!(check_metric_name(MetricKind::Gauge, "queue_oldest_job_age_seconds").is_ok());
    }

    #[test]
    fn a_declared_histogram_has_any_base_unit() {
        let check = |name| check_declared_name(MetricKind::Histogram, name);
        for name in ["wait_seconds", "response_size_bytes", "hit_ratio", "batch_rows", "temperature_celsius"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
        let problem = |name| check(name).expect_err("the name breaks a rule");
        assert!(problem("wait_ms").ends_with("write `wait_seconds`"));
        assert!(problem("wait_minutes").ends_with("write `wait_seconds`"));
        assert!(problem("rows_total").ends_with("suffix of counters: write `rows`"));
        assert!(problem("response_kb").contains("write `response_bytes`, and observe numbers of it"));
        assert!(problem("hits_percent").contains("write `hits_ratio`"));
        assert!(problem("rows_sum").ends_with("which Prometheus adds to names itself: write `rows`"));
        assert_eq!(["a_seconds", "a_bytes", "a_ratio", "a_rows"].map(unit_of), ["Seconds", "Bytes", "Ratio", "Plain"]);
    }

    #[test]
    fn a_declared_counter_may_count_seconds() {
        let check = |name| check_declared_name(MetricKind::Counter, name);
        assert_eq!(check("cpu_seconds_total"), Ok(()));
        assert_eq!(check("jobs_total"), Ok(()));
        assert!(check("cpu_seconds").is_err_and(|problem| problem.ends_with("write `cpu_seconds_total`")));
        assert!(check("cpuSeconds_seconds_total").is_err_and(|problem| problem.contains("is not in snake_case")));
    }

    #[test]
    fn only_a_declared_gauge_may_be_a_build_info() {
        for name in ["build_info", "worker_build_info"] {
            assert_eq!(check_declared_name(MetricKind::Gauge, name), Ok(()), "{name}");
            assert!(check_metric_name(MetricKind::Gauge, name).is_err(), "{name}");
            assert!(check_declared_name(MetricKind::Counter, name).is_err(), "{name}");
            assert!(check_declared_name(MetricKind::Histogram, name).is_err(), "{name}");
        }
        for name in ["model_info", "rebuild_info", "Worker_build_info", "_build_info", "info"] {
            let is_refused = check_declared_name(MetricKind::Gauge, name).is_err();
            assert_eq!(is_refused, name != "info", "{name}");
        }
    }

    #[test]
    fn an_age_has_its_unit_in_its_name() {
        let problem = |name| check_age_name(name).expect_err("the name breaks a rule");
        assert!(problem("jobs_oldest").ends_with("write `jobs_oldest_seconds`"));
        assert!(problem("jobs_oldest_minutes").ends_with("write `jobs_oldest_seconds`"));
        assert!(problem("jobs_oldest_total").ends_with("write `jobs_oldest_seconds`"));
        assert!(problem("jobs_oldest_seconds_sum").ends_with("write `jobs_oldest_seconds`"));
        assert!(problem("jobsOldest").ends_with("write `jobs_oldest_seconds`"));
        assert!(check_age_name("jobs_oldest_seconds").is_ok());
    }

    #[test]
    fn a_time_has_its_unit_in_its_name() {
        let problem = |name| check_time_name(name).expect_err("the name breaks a rule");
        for name in ["import_last", "import_last_seconds", "import_last_timestamp", "import_last_total"] {
            assert!(problem(name).ends_with("write `import_last_timestamp_seconds`"), "{}", problem(name));
        }
        assert!(problem("importLast").contains("is not in snake_case"));
        assert!(problem("").contains("empty"));
        assert!(check_time_name("import_last_success_timestamp_seconds").is_ok());
    }
}
