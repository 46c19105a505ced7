//! The settings of `init`, from the program and from the environment.

use std::collections::BTreeMap;
use std::env::VarError;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::config_error::ConfigError;
use super::labels::{check_label, parse_labels};
use super::listen_address::{Given, LISTEN_TAKES, ListenAddress, parse_address, shown_address};
use super::road_settings::{RoadOverrides, RoadSettings};
use crate::endpoint::HostName;
use crate::page::BeforePage;
use crate::recorder::Options;
use crate::util::redact_address;
#[cfg(feature = "exemplars")]
use crate::vocabulary::TraceContext;

/// The default address of `/metrics`.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8000);

pub(crate) const ENABLE: &str = "ENABLE_METRICS";
pub(crate) const LISTEN: &str = "METRICS_LISTEN";
pub(crate) const LIVE_PAGE: &str = "METRICS_LIVE_PAGE";
/// The name that Prometheus' client for Python gave it.
pub(crate) const MULTIPROCESS_DIR: &str = "PROMETHEUS_MULTIPROC_DIR";
pub(crate) const OTHER_CRATES: &str = "METRICS_OTHER_CRATES";
pub(crate) const GLOBAL_LABELS: &str = "METRICS_GLOBAL_LABELS";

/// The settings that the program gives. Any other setting comes from the environment, or is the default.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    pub(crate) enabled: Option<bool>,
    /// An error is returned by `init`, and not where the program gives the address.
    pub(crate) listen: Option<Result<Listen, ConfigError>>,
    pub(crate) live_page: Option<bool>,
    pub(crate) global_labels: Vec<(String, String)>,
    pub(crate) buckets: BTreeMap<String, Vec<f64>>,
    pub(crate) before_page: BeforePage,
    #[cfg(feature = "exemplars")]
    pub(crate) exemplars: Option<fn() -> Option<TraceContext>>,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) other_crates: Option<bool>,
    pub(crate) roads: RoadOverrides,
}

/// Where `/metrics` is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listen {
    At(SocketAddr),
    /// At this address, unless another program has it.
    IfFree(SocketAddr),
    /// There is no listener.
    Off,
}

impl Listen {
    fn at_or_off(address: Option<SocketAddr>) -> Self {
        address.map_or(Self::Off, Self::At)
    }

    /// What the program gives to the builder.
    pub(super) fn of_builder(address: impl ListenAddress) -> Result<Self, ConfigError> {
        match address.given() {
            Given::Address(address) => Ok(Self::At(address)),
            Given::Text(text) => parse_address(&text)
                .map(Self::at_or_off)
                .map_err(|problem| ConfigError::of_builder("listen", shown_address(&text), problem, LISTEN_TAKES)),
        }
    }
}

/// Whether there is a live page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LivePageSetting {
    /// None: where only this machine is listened to.
    pub(crate) is_on: Option<bool>,
    /// Names of this machine by which it is opened too.
    pub(crate) names: Vec<HostName>,
}

/// All settings, resolved.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) enabled: bool,
    pub(crate) listen: Listen,
    pub(crate) live_page: LivePageSetting,
    pub(crate) recorder: Options,
    /// The folder in which processes share their values.
    pub(crate) folder: Option<PathBuf>,
    /// Whether the metrics of other crates are on the page.
    pub(crate) has_other_crates: bool,
    pub(crate) before_page: BeforePage,
    /// Says where in a trace the calling thread is.
    #[cfg(feature = "exemplars")]
    pub(crate) exemplars: Option<fn() -> Option<TraceContext>>,
    pub(crate) roads: RoadSettings,
}

impl Overrides {
    /// Resolves every setting: the program's value, otherwise the environment's, otherwise the default. `variable` reads the
    /// environment; an empty value counts as unset.
    pub(crate) fn resolve(
        self,
        variable: impl Fn(&'static str) -> Result<String, VarError>,
    ) -> Result<Settings, ConfigError> {
        let read = |name: &'static str, takes: &'static str| match variable(name) {
            Ok(value) if value.trim().is_empty() => Ok(None),
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(raw)) => {
                Err(ConfigError::of_variable(name, raw.to_string_lossy(), "is not valid Unicode", takes))
            }
        };
        let folder = match self.folder {
            Some(folder) => Some(folder),
            None => read(MULTIPROCESS_DIR, "the path of a folder")?.map(PathBuf::from),
        };
        let mut global_labels = BTreeMap::new();
        if let Some(value) = read(GLOBAL_LABELS, GLOBAL_LABELS_TAKES)? {
            parse_global_labels(&value, &mut global_labels)?;
        }
        for (name, value) in self.global_labels {
            check_label(&name, &value).map_err(|problem| ConfigError::GlobalLabel { name: name.clone(), problem })?;
            global_labels.insert(name, value);
        }
        let roads = self.roads.resolve(&read)?;
        // A program that ends may run beside another one, and its values leave all the same.
        let default_listen = if roads.keep_last() { Listen::IfFree } else { Listen::At };
        Ok(Settings {
            enabled: match self.enabled {
                Some(enabled) => enabled,
                None => read(ENABLE, ENABLE_TAKES)?.map_or(Ok(true), |value| parse_switch(ENABLE, &value))?,
            },
            listen: match self.listen {
                Some(listen) => listen?,
                None => read(LISTEN, LISTEN_TAKES)?
                    .map_or(Ok(default_listen(DEFAULT_LISTEN)), |value| parse_listen(&value))?,
            },
            live_page: {
                let value = read(LIVE_PAGE, LIVE_PAGE_TAKES)
                    .and_then(|value| value.map_or(Ok(LivePageSetting::default()), |value| parse_live_page(&value)));
                match self.live_page {
                    // The names of a machine come only from its environment.
                    Some(is_on) => LivePageSetting { is_on: Some(is_on), ..value.unwrap_or_default() },
                    None => value?,
                }
            },
            recorder: Options { global_labels, buckets: self.buckets, has_fixed_rows: folder.is_some() },
            folder,
            has_other_crates: match self.other_crates {
                Some(has_other_crates) => has_other_crates,
                None => {
                    read(OTHER_CRATES, ENABLE_TAKES)?.map_or(Ok(true), |value| parse_switch(OTHER_CRATES, &value))?
                }
            },
            before_page: self.before_page,
            #[cfg(feature = "exemplars")]
            exemplars: self.exemplars,
            roads,
        })
    }
}

const ENABLE_TAKES: &str = "`true` or `false`";

fn parse_switch(name: &'static str, value: &str) -> Result<bool, ConfigError> {
    switch(value).ok_or_else(|| ConfigError::of_variable(name, value, "is neither true nor false", ENABLE_TAKES))
}

fn switch(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

const LIVE_PAGE_TAKES: &str = "`true`, `false`, or the names of this machine by which the page is opened, separated by commas, \
    such as `worker-1.example.com`";

fn parse_live_page(value: &str) -> Result<LivePageSetting, ConfigError> {
    if let Some(is_on) = switch(value) {
        return Ok(LivePageSetting { is_on: Some(is_on), names: Vec::new() });
    }
    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
    let names: Result<Vec<HostName>, ConfigError> = names
        .map(|name| {
            let problem = "is neither true nor false, nor the name of a machine, with a dot and without a port";
            HostName::parse(name)
                .ok_or_else(|| ConfigError::of_variable(LIVE_PAGE, redact_address(value), problem, LIVE_PAGE_TAKES))
        })
        .collect();
    Ok(LivePageSetting { is_on: Some(true), names: names? })
}

fn parse_listen(value: &str) -> Result<Listen, ConfigError> {
    let wrong = |problem| ConfigError::of_variable(LISTEN, shown_address(value), problem, LISTEN_TAKES);
    parse_address(value).map(Listen::at_or_off).map_err(wrong)
}

const GLOBAL_LABELS_TAKES: &str = "labels with their values, separated by commas, such as `service=video,zone=a`";

fn parse_global_labels(value: &str, labels: &mut BTreeMap<String, String>) -> Result<(), ConfigError> {
    let wrong = |problem: String| ConfigError::of_variable(GLOBAL_LABELS, value, problem, GLOBAL_LABELS_TAKES);
    parse_labels(value, labels, &wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(overrides: Overrides, environment: &[(&'static str, &str)]) -> Result<Settings, ConfigError> {
        overrides.resolve(|name| {
            let value = environment.iter().find(|(key, _)| *key == name);
            value.map(|(_, value)| (*value).to_owned()).ok_or(VarError::NotPresent)
        })
    }

    fn error_text(environment: &[(&'static str, &str)]) -> String {
        resolve(Overrides::default(), environment).expect_err("the variable does not take this value").to_string()
    }

    #[test]
    fn unset_and_empty_variables_mean_the_defaults() {
        let settings =
            resolve(Overrides::default(), &[(LISTEN, ""), (ENABLE, " ")]).expect("an empty value counts as unset");
        assert!(settings.enabled);
        assert_eq!(settings.listen, Listen::At(DEFAULT_LISTEN));
        assert!(settings.recorder.global_labels.is_empty());
    }

    #[test]
    fn the_environment_is_read() {
        let environment = [(ENABLE, "FALSE"), (LISTEN, "localhost:0"), (GLOBAL_LABELS, "service=video, zone=a=b,")];
        let settings = resolve(Overrides::default(), &environment).expect("all three are valid");
        assert!(!settings.enabled);
        assert_eq!(settings.listen, Listen::At(SocketAddr::from(([127, 0, 0, 1], 0))));
        let labels: Vec<_> = settings.recorder.global_labels.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(labels, [("service", "video"), ("zone", "a=b")]);
        assert_eq!(resolve(Overrides::default(), &[(LISTEN, "Off")]).expect("`off` is valid").listen, Listen::Off);
    }

    #[test]
    fn the_live_page_is_on_off_or_on_under_names() {
        let setting = |value| resolve(Overrides::default(), &[(LIVE_PAGE, value)]).expect("it is valid").live_page;
        assert_eq!(setting(""), LivePageSetting::default());
        assert_eq!(setting("yes").is_on, Some(true));
        assert_eq!(setting(" False ").is_on, Some(false));
        let named = setting("worker-1.example.com, worker.internal,");
        assert_eq!((named.is_on, named.names.len()), (Some(true), 2));
        let overrides = Overrides { live_page: Some(false), ..Overrides::default() };
        let settings = resolve(overrides.clone(), &[(LIVE_PAGE, "worker.internal")]).expect("it is valid");
        assert_eq!((settings.live_page.is_on, settings.live_page.names.len()), (Some(false), 1));
        assert!(resolve(overrides, &[(LIVE_PAGE, "nonsense")]).is_ok());
    }

    #[test]
    fn the_programs_settings_come_before_the_environments() {
        let address = SocketAddr::from(([0, 0, 0, 0], 9000));
        let overrides = Overrides {
            enabled: Some(true),
            listen: Some(Ok(Listen::At(address))),
            global_labels: vec![("zone".to_owned(), "b".to_owned())],
            ..Overrides::default()
        };
        let environment = [(ENABLE, "false"), (LISTEN, "nonsense"), (GLOBAL_LABELS, "zone=a,service=video")];
        let settings = resolve(overrides, &environment).expect("the program's settings are valid");
        assert!(settings.enabled);
        assert_eq!(settings.listen, Listen::At(address));
        assert_eq!(settings.recorder.global_labels["zone"], "b");
        assert_eq!(settings.recorder.global_labels["service"], "video");
    }

    #[test]
    fn an_error_names_the_variable_and_the_values_that_it_takes() {
        assert_eq!(
            error_text(&[(ENABLE, "maybe")]),
            "the environment variable `ENABLE_METRICS` is `maybe`, which is neither true nor false; it takes `true` or `false`"
        );
        assert!(
            error_text(&[(LISTEN, "8000")])
                .contains("`METRICS_LISTEN` is `8000`, which is a port, and has no IP address; it takes an IP")
        );
        assert!(
            error_text(&[(LIVE_PAGE, "ture")])
                .contains("`METRICS_LIVE_PAGE` is `ture`, which is neither true nor false")
        );
        assert!(
            error_text(&[(LIVE_PAGE, "a.example, b.example:80")]).contains("without a port; it takes `true`, `false`")
        );
        assert!(error_text(&[(GLOBAL_LABELS, "service")]).contains("has no `=` in `service`"));
        assert!(error_text(&[(GLOBAL_LABELS, "a=1,a=2")]).contains("gives `a` twice"));
        assert!(error_text(&[(GLOBAL_LABELS, "a=")]).contains("names the label `a`, which has an empty value"));
        assert!(error_text(&[(GLOBAL_LABELS, "le=1")]).contains("is reserved by Prometheus"));
        assert!(error_text(&[(GLOBAL_LABELS, "1a=1")]).contains("is not a label name"));
        assert!(error_text(&[(GLOBAL_LABELS, "__a=1")]).contains("begins with `__`"));
    }

    #[test]
    fn an_error_is_one_short_line() {
        let long = "x".repeat(100_000);
        for value in ["a\nerror: b", "\u{1b}[31m", "=\u{2028}", "\u{202e}=1", &long, &format!("{long}=,{long}")] {
            for variable in [ENABLE, LISTEN, GLOBAL_LABELS] {
                let text = error_text(&[(variable, value)]);
                assert!(text.contains(variable) && text.contains("it takes") && text.len() < 1024, "{text}");
                assert!(!text.contains(|letter: char| letter.is_control() || letter == '\u{202e}'), "{text}");
            }
        }
        let label = (format!("a\n{long}"), "1".to_owned());
        let overrides = Overrides { global_labels: vec![label], ..Overrides::default() };
        let text = resolve(overrides, &[]).expect_err("the name is not one").to_string();
        assert!(text.starts_with("the global label `a\\nxxx") && text.len() < 1024, "{text}");
    }
}
