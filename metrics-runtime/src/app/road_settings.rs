//! The settings of the roads by which the page leaves without a scrape.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::config_error::ConfigError;
use super::variable::Read;
use crate::export::{Road, Textfile};

pub(crate) const TEXTFILE: &str = "METRICS_TEXTFILE";

const TEXTFILE_TAKES: &str = "the path of a file whose folder exists, such as `/var/lib/node_exporter/import.prom`";

/// The settings of roads that the program gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct RoadOverrides {
    pub(crate) textfile: Option<PathBuf>,
    #[cfg(feature = "otlp")]
    pub(crate) otlp: super::otlp_settings::OtlpOverrides,
    #[cfg(feature = "push")]
    pub(crate) push: super::push_settings::PushOverrides,
}

/// The roads, resolved.
#[derive(Debug)]
pub(crate) struct RoadSettings {
    textfile: Option<PathBuf>,
    #[cfg(feature = "otlp")]
    otlp: Option<crate::export::OtlpSettings>,
    #[cfg(feature = "push")]
    push: Option<super::push_settings::PushSettings>,
}

impl RoadOverrides {
    pub(crate) fn resolve(self, read: Read<'_>) -> Result<RoadSettings, ConfigError> {
        let textfile = match self.textfile {
            Some(path) => {
                check_textfile(&path).map_err(|problem| {
                    ConfigError::of_builder("textfile", path.to_string_lossy(), problem, TEXTFILE_TAKES)
                })?;
                Some(path)
            }
            None => {
                let path = read(TEXTFILE, TEXTFILE_TAKES)?;
                if let Some(path) = &path {
                    check_textfile(Path::new(path))
                        .map_err(|problem| ConfigError::of_variable(TEXTFILE, path, problem, TEXTFILE_TAKES))?;
                }
                path.map(PathBuf::from)
            }
        };
        #[cfg(not(feature = "push"))]
        if let Some(value) = read("METRICS_PUSH_URL", "nothing in this program")? {
            return Err(ConfigError::of_variable(
                "METRICS_PUSH_URL",
                crate::util::redact_address(&value),
                "needs the feature `push` of `metrics-runtime`, without which this program is built",
                "nothing in this program",
            ));
        }
        Ok(RoadSettings {
            textfile,
            #[cfg(feature = "otlp")]
            otlp: self.otlp.resolve(read)?,
            #[cfg(feature = "push")]
            push: self.push.resolve(read)?,
        })
    }
}

fn check_textfile(path: &Path) -> Result<(), &'static str> {
    match path.extension() {
        _ if path.file_name().is_none() => Err("does not name a file"),
        Some(extension) if extension == "prom" => Ok(()),
        _ => Err("does not end in `.prom`, so `node_exporter` does not read it"),
    }
}

impl RoadSettings {
    /// The roads that the program uses. The page is served at the address.
    #[cfg_attr(not(feature = "otlp"), allow(unused_variables, reason = "only OTLP names the instance"))]
    pub(crate) fn open(&self, address: Option<SocketAddr>) -> Vec<Box<dyn Road>> {
        let mut roads: Vec<Box<dyn Road>> = Vec::new();
        #[cfg(feature = "otlp")]
        if let Some(otlp) = &self.otlp {
            roads.push(super::otlp_settings::open(otlp.clone(), address));
        }
        #[cfg(feature = "push")]
        if let Some(push) = &self.push {
            roads.push(push.open());
        }
        if let Some(path) = &self.textfile {
            roads.push(Box::new(Textfile::new(path.clone())));
        }
        roads
    }

    /// Whether a road keeps the last values for a scrape that comes after the program's end.
    pub(crate) fn keep_last(&self) -> bool {
        #[cfg(feature = "push")]
        if self.push.is_some() {
            return true;
        }
        self.textfile.is_some()
    }

    /// Labels that a road sets on every series, and so replaces.
    #[cfg_attr(not(feature = "push"), allow(clippy::unused_self, reason = "only the Pushgateway replaces labels"))]
    pub(crate) fn replaced_labels(&self) -> Vec<&str> {
        #[cfg(feature = "push")]
        if let Some(push) = &self.push {
            return push.labels();
        }
        Vec::new()
    }
}
