//! Checks the settings against the catalog, then installs the recorder and starts the endpoint.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use super::config::{ConfigError, Listen, Settings};
use super::first_series;
use super::handle::Handle;
use super::init_error::InitError;
use crate::catalog::{Catalog, catalog};
use crate::definition::MAX_BUCKETS;
use crate::endpoint::PreparedService;
use crate::page::Page;
use crate::record::install_series_source;
use crate::recorder::CatalogRecorder;
use crate::vocabulary::Kind;

pub(super) fn install(settings: &Settings) -> Result<Handle, InitError> {
    let catalog = catalog();
    catalog.check()?;
    check_against_catalog(settings, &catalog)?;
    let listener = match settings.listen {
        Listen::At(address) => Some(listen(address)?),
        Listen::Off => None,
    };
    let recorder = CatalogRecorder::new(&catalog, &settings.recorder)?;
    let (page, source) = (Page::of(&recorder), Arc::clone(recorder.store()));
    let endpoint = PreparedService::start(listener).map_err(InitError::Thread)?;
    if metrics::set_global_recorder(recorder).is_err() {
        endpoint.cancel();
        return Err(InitError::ForeignRecorder);
    }
    install_series_source(source);
    first_series::create(&catalog);
    let service = endpoint.serve(page.clone());
    Ok(Handle::enabled(page, service))
}

fn check_against_catalog(settings: &Settings, catalog: &Catalog) -> Result<(), InitError> {
    for (metric, bounds) in &settings.recorder.buckets {
        let wrong = |problem| InitError::Buckets { metric: metric.clone(), problem };
        match catalog.metric(metric) {
            Some(metric) if metric.kind() != Kind::Histogram => return Err(wrong("it is not a histogram")),
            Some(metric) if bounds.len() > metric.buckets().len() => {
                return Err(wrong(
                    "there are more than the program declares, so the metric could have more series than the compiler has checked",
                ));
            }
            Some(_) if bounds.is_empty() || bounds.iter().any(|bound| !bound.is_finite() || *bound <= 0.0) => {
                return Err(wrong("give at least one bound, each finite and greater than zero"));
            }
            Some(_) => {}
            // It is a metric of another crate, which is not known before its first value.
            None if metric.is_empty() => return Err(wrong("give the name of a metric")),
            None if bounds.len() > MAX_BUCKETS => return Err(wrong("give at most 1000 bounds")),
            None if bounds.is_empty() || bounds.iter().any(|bound| !bound.is_finite()) => {
                return Err(wrong("give at least one bound, each finite"));
            }
            None => {}
        }
        if bounds.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(wrong("each bound must be greater than the one before it"));
        }
    }
    for name in settings.recorder.global_labels.keys() {
        if let Some(metric) = catalog.metrics().find(|metric| metric.labels().iter().any(|label| label.name() == name))
        {
            let problem = format!("is a label of the metric `{}` already: give it another name", metric.name());
            return Err(ConfigError::GlobalLabel { name: name.clone(), problem }.into());
        }
    }
    Ok(())
}

fn listen(address: SocketAddr) -> Result<TcpListener, InitError> {
    TcpListener::bind(address).map_err(|cause| InitError::Listen { address, cause })
}
