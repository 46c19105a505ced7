use std::env::VarError;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;

use metrics_runtime::builder;
use metrics_runtime::fuzzing::Detached;

use crate::page::{Format, read};
use crate::texts::assert_is_line;

const VARIABLES: [&str; 6] = [
    "ENABLE_METRICS",
    "METRICS_LISTEN",
    "METRICS_GLOBAL_LABELS",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    HEADERS,
    "OTEL_RESOURCE_ATTRIBUTES",
];

/// What it holds is a secret.
const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";

/// The most bytes of the error of a setting.
const MAX_ERROR: usize = 1024;

/// The values of the variables, with a zero byte between them.
///
/// Settings that are taken are the same when they are written and read again, and every series of the page has the labels. Of any
/// other the error names a variable that was set, and it is one short line.
pub fn settings(data: &[u8]) {
    let values: Vec<&[u8]> = data.splitn(VARIABLES.len(), |byte| *byte == 0).collect();
    let value = |name: &str| VARIABLES.iter().position(|known| *known == name).and_then(|at| values.get(at));
    let settings = resolve(|name| match value(name) {
        None => Err(VarError::NotPresent),
        Some(value) => {
            let value = OsStr::from_bytes(value);
            value.to_str().map(str::to_owned).ok_or_else(|| VarError::NotUnicode(value.to_owned()))
        }
    });
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => {
            assert_is_line(&error, MAX_ERROR);
            let is_named = |name: &&str| error.contains(&format!("`{name}`")) && value(name).is_some();
            assert!(VARIABLES.iter().any(is_named), "{error}");
            assert!(!error.contains(HEADERS) || error.contains("` is `…`, which "), "{error}");
            return;
        }
    };
    check_written(&settings);
    check_page(&settings);
}

fn resolve(variable: impl Fn(&'static str) -> Result<String, VarError>) -> Result<Detached, String> {
    Detached::new(builder(), variable).map_err(|error| error.to_string())
}

fn check_written(settings: &Detached) {
    let mut labels = String::new();
    for (name, value) in &settings.global_labels {
        let _ = write!(labels, "{name}={value},");
    }
    let listen = settings.listen.map_or("off".to_owned(), |address| address.to_string());
    let again = resolve(|name| match name {
        "ENABLE_METRICS" => Ok(settings.enabled.to_string()),
        "METRICS_LISTEN" => Ok(listen.clone()),
        "METRICS_GLOBAL_LABELS" => Ok(labels.clone()),
        _ => Err(VarError::NotPresent),
    });
    let again = again.expect("these are the same settings");
    assert_eq!((again.enabled, again.listen), (settings.enabled, settings.listen));
    assert_eq!(again.global_labels, settings.global_labels);
}

fn check_page(settings: &Detached) {
    settings.record(|| {
        metrics::counter!("program_jobs_total", "queue" => "default").increment(1);
        metrics::counter!("crates_jobs_total").increment(1);
        metrics::histogram!("crates_wait").record(1.0);
    });
    for (is_openmetrics, format) in [(false, Format::Text), (true, Format::OpenMetrics)] {
        let page = settings.render(is_openmetrics);
        let families = read(&page, format).unwrap_or_else(|problem| panic!("{problem}\n{page}"));
        let lines: Vec<_> = families.values().flat_map(|family| &family.lines).collect();
        assert!(lines.len() > 3, "{page}");
        for (_, labels, _) in lines {
            for (name, value) in &settings.global_labels {
                assert_eq!(labels.get(name), Some(value), "{page}");
            }
        }
    }
}
