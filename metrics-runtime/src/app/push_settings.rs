//! The settings of the Pushgateway.

use std::time::Duration;

use super::config_error::ConfigError;
use super::labels::{check_label, parse_labels};
use super::program_file::program_file_stem;
use super::variable::Read;
use crate::export::{AtExit, PushGroup, Pushgateway, Road};
use crate::util::redact_address;

const URL: &str = "METRICS_PUSH_URL";
const INTERVAL: &str = "METRICS_PUSH_INTERVAL";
const JOB: &str = "METRICS_PUSH_JOB";
pub(crate) const GROUPING: &str = "METRICS_PUSH_GROUPING";
const AT_EXIT: &str = "METRICS_PUSH_AT_EXIT";

const URL_TAKES: &str = "the address of a Pushgateway, such as `http://pushgateway:9091`";
const INTERVAL_TAKES: &str = "a time from `100ms` to `24h`, as a number with the unit `ms`, `s`, `m` or `h`";
const JOB_TAKES: &str = "the value of the label `job`";
const GROUPING_TAKES: &str =
    "labels of the group with their values, separated by commas, such as `instance=import-1,zone=a`";
const AT_EXIT_TAKES: &str = "`push`, `delete` or `none`";

const DEFAULT_INTERVAL: Duration = Duration::from_secs(15);
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The settings of the Pushgateway that the program gives.
#[derive(Clone, Default)]
pub(crate) struct PushOverrides {
    pub(crate) url: Option<String>,
    pub(crate) interval: Option<Duration>,
    pub(crate) job: Option<String>,
    pub(crate) grouping: Vec<(String, String)>,
    pub(crate) at_exit: Option<AtExit>,
}

impl std::fmt::Debug for PushOverrides {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { url, interval, job, grouping, at_exit } = self;
        let url = url.as_deref().map(redact_address);
        f.debug_struct("PushOverrides")
            .field("url", &url)
            .field("interval", interval)
            .field("job", job)
            .field("grouping", grouping)
            .field("at_exit", at_exit)
            .finish()
    }
}

/// The settings of the Pushgateway, resolved.
#[derive(Debug)]
pub(crate) struct PushSettings {
    group: PushGroup,
    /// Their names, and `job`.
    labels: Vec<String>,
    interval: Duration,
    at_exit: AtExit,
}

impl PushOverrides {
    /// `None` without an address. Then the others are checked all the same: with the address they would be used.
    pub(crate) fn resolve(self, read: Read<'_>) -> Result<Option<PushSettings>, ConfigError> {
        let interval = match self.interval {
            Some(interval) => interval.clamp(SHORTEST, LONGEST),
            None => read(INTERVAL, INTERVAL_TAKES)?.map_or(Ok(DEFAULT_INTERVAL), |value| {
                parse_interval(value.trim())
                    .ok_or_else(|| ConfigError::of_variable(INTERVAL, &value, "is not such a time", INTERVAL_TAKES))
            })?,
        };
        let at_exit = match self.at_exit {
            Some(at_exit) => at_exit,
            None => read(AT_EXIT, AT_EXIT_TAKES)?.map_or(Ok(AtExit::default()), |value| {
                match value.trim().to_ascii_lowercase().as_str() {
                    "push" => Ok(AtExit::Push),
                    "delete" => Ok(AtExit::Delete),
                    "none" => Ok(AtExit::None),
                    _ => Err(ConfigError::of_variable(AT_EXIT, &value, "is none of them", AT_EXIT_TAKES)),
                }
            })?,
        };
        let job = match self.job.filter(|job| !job.is_empty()) {
            Some(job) => job,
            None => read(JOB, JOB_TAKES)?.map_or_else(program_name, |job| job.trim().to_owned()),
        };
        let mut grouping = std::collections::BTreeMap::new();
        if let Some(value) = read(GROUPING, GROUPING_TAKES)? {
            let wrong = |problem: String| ConfigError::of_variable(GROUPING, &value, problem, GROUPING_TAKES);
            parse_labels(&value, &mut grouping, &wrong)?;
            if grouping.contains_key("job") {
                return Err(wrong("gives `job`, which belongs into `METRICS_PUSH_JOB`".to_owned()));
            }
        }
        for (name, value) in self.grouping {
            check_label(&name, &value)
                .and_then(|()| match &*name {
                    "job" => Err("belongs into `push_job`".to_owned()),
                    _ => Ok(()),
                })
                .map_err(|problem| ConfigError::PushLabel { name: name.clone(), problem })?;
            grouping.insert(name, value);
        }
        let grouping: Vec<(String, String)> = grouping.into_iter().collect();
        let group = match self.url {
            Some(url) => PushGroup::new(&url, &job, &grouping)
                .map_err(|problem| ConfigError::of_builder("push_url", redact_address(&url), problem, URL_TAKES))?,
            None => {
                let Some(url) = read(URL, URL_TAKES)? else { return Ok(None) };
                PushGroup::new(&url, &job, &grouping)
                    .map_err(|problem| ConfigError::of_variable(URL, redact_address(&url), problem, URL_TAKES))?
            }
        };
        let labels = grouping.into_iter().map(|(name, _)| name).chain(["job".to_owned()]).collect();
        Ok(Some(PushSettings { group, labels, interval, at_exit }))
    }
}

fn program_name() -> String {
    program_file_stem().unwrap_or_else(|| "program".to_owned())
}

/// `500ms`, `15s`, `1m`, `2h`, and seconds without a unit.
fn parse_interval(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at(text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len()));
    let milliseconds = match unit.trim_start() {
        "ms" => 1,
        "s" | "" => 1000,
        "m" => 60 * 1000,
        "h" => 60 * 60 * 1000,
        _ => return None,
    };
    let interval = Duration::from_millis(number.parse::<u64>().ok()?.checked_mul(milliseconds)?);
    (SHORTEST..=LONGEST).contains(&interval).then_some(interval)
}

impl PushSettings {
    pub(crate) fn open(&self) -> Box<dyn Road> {
        Box::new(Pushgateway::new(self.group.clone(), self.interval, self.at_exit))
    }

    /// The labels that the gateway sets on every series of the group.
    pub(crate) fn labels(&self) -> Vec<&str> {
        self.labels.iter().map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(overrides: PushOverrides, variables: &[(&str, &str)]) -> Result<Option<PushSettings>, String> {
        let read = |name: &'static str, _: &'static str| {
            Ok(variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        overrides.resolve(&read).map_err(|error| error.to_string())
    }

    const ADDRESS: (&str, &str) = (URL, "http://gw:9091");

    #[test]
    fn without_an_address_there_is_no_push() {
        assert!(resolve(PushOverrides::default(), &[]).expect("nothing is wrong").is_none());
        let settings = resolve(PushOverrides::default(), &[ADDRESS]).expect("it is valid").expect("it has an address");
        assert_eq!(
            (settings.interval, settings.at_exit, settings.labels()),
            (DEFAULT_INTERVAL, AtExit::Push, vec!["job"])
        );
        assert!(format!("{:?}", settings.group).starts_with("http://gw:9091/metrics/job"));
    }

    #[test]
    fn the_programs_settings_come_before_the_environments() {
        let variables = [ADDRESS, (INTERVAL, "1m"), (JOB, "a"), (GROUPING, "zone=a,shard=1"), (AT_EXIT, "Delete")];
        let settings = resolve(PushOverrides::default(), &variables).expect("it is valid").expect("it has an address");
        assert_eq!((settings.interval, settings.at_exit), (Duration::from_secs(60), AtExit::Delete));
        assert_eq!(format!("{:?}", settings.group), "http://gw:9091/metrics/job/a/shard/1/zone/a");
        let overrides = PushOverrides {
            url: Some("https://other".to_owned()),
            interval: Some(Duration::ZERO),
            job: Some("b".to_owned()),
            grouping: vec![("zone".to_owned(), "b".to_owned())],
            at_exit: Some(AtExit::None),
        };
        let settings = resolve(overrides, &variables).expect("it is valid").expect("it has an address");
        assert_eq!((settings.interval, settings.at_exit), (SHORTEST, AtExit::None));
        assert_eq!(format!("{:?}", settings.group), "https://other/metrics/job/b/shard/1/zone/b");
    }

    #[test]
    fn an_error_names_the_variable_and_what_it_takes_and_no_secret() {
        for (variable, value, message) in [
            (URL, "gw:9091", "does not begin with `http://`"),
            (URL, "http://user:secret@gw?x", "`http://…@gw?…`, which has a query"),
            (INTERVAL, "15 weeks", "takes a time from `100ms`"),
            (INTERVAL, "0", "is not such a time"),
            (INTERVAL, "99999999999999999999h", "is not such a time"),
            (INTERVAL, "-1s", "is not such a time"),
            (GROUPING, "zone", "has no `=` in `zone`"),
            (GROUPING, "zone=", "has an empty value"),
            (GROUPING, "job=a", "belongs into `METRICS_PUSH_JOB`"),
            (GROUPING, "a=1,a=2", "gives `a` twice"),
            (AT_EXIT, "yes", "it takes `push`, `delete` or `none`"),
        ] {
            let error = resolve(PushOverrides::default(), &[(variable, value)]).expect_err("it is wrong");
            assert!(error.contains(variable) && error.contains(message) && !error.contains("secret"), "{error}");
        }
        let overrides = PushOverrides { url: Some("http://u:secret@gw".to_owned()), ..PushOverrides::default() };
        assert!(!format!("{overrides:?}").contains("secret"));
        let overrides = PushOverrides { url: Some("http://u:secret@gw?x".to_owned()), ..PushOverrides::default() };
        let error = resolve(overrides, &[]).expect_err("it has a query");
        assert!(error.starts_with("`push_url` of the builder is `http://…@gw?…`, which has a query"), "{error}");
    }
}
