//! Checks the settings against the catalog, then installs the recorder and starts the endpoint.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use super::config::{self, Listen, Settings};
use super::config_error::ConfigError;
use super::first_series;
use super::handle::Handle;
use super::init_error::InitError;
use super::program_file::program_file_stem;
use crate::catalog::{Catalog, Metric, catalog};
use crate::definition::MAX_BUCKETS;
use crate::endpoint::{Front, PreparedService, Targets};
use crate::export::Roads;
use crate::live_page::LivePage;
use crate::page::Page;
use crate::record::{Mode, install_series_source};
use crate::recorder::CatalogRecorder;
use crate::vocabulary::Kind;

pub(super) fn install(settings: &Settings) -> Result<Handle, InitError> {
    let catalog = catalog();
    catalog.check()?;
    check_against_catalog(settings, &catalog)?;
    check_against_roads(settings, &catalog)?;
    let (listener, taken) = listen(settings.listen)?;
    let recorder = CatalogRecorder::new(&catalog, &settings.recorder)?;
    let (page, source) = (Page::of(&recorder, settings.on_scrape.clone()), Arc::clone(recorder.store()));
    let address = listener.as_ref().and_then(|listener| listener.local_addr().ok());
    let roads = Roads::start(settings.roads.open(address), &page).map_err(InitError::Thread)?;
    let endpoint = PreparedService::start(listener).map_err(InitError::Thread)?;
    if metrics::set_global_recorder(recorder).is_err() {
        endpoint.cancel();
        return Err(InitError::ForeignRecorder);
    }
    install_series_source(source);
    first_series::create(Mode::INSTALLED, catalog.metrics());
    let targets = Targets::default();
    let front = endpoint.local_addr().map(|address| front(address, settings, targets.clone()));
    let has_live_page = front.as_ref().is_some_and(Front::has_page);
    let service = endpoint.serve(page.clone(), front);
    roads.begin();
    warn_of_lost_bounds(settings, &catalog);
    if let Some(address) = taken {
        tracing::warn!(
            "another program has {address}, so metrics are not served: set `{}` to another port, or to `off`",
            config::LISTEN
        );
    }
    Ok(Handle::enabled(page, service, roads, has_live_page, targets))
}

fn front(address: SocketAddr, settings: &Settings, targets: Targets) -> Front {
    let page = || LivePage::new(program_file_stem().unwrap_or_default(), settings.recorder.clone());
    Front::new(address, settings.live_page.names.clone(), settings.live_page.is_on, page, targets)
}

pub(super) fn check_against_catalog(settings: &Settings, catalog: &Catalog) -> Result<(), InitError> {
    for (metric, bounds) in &settings.recorder.buckets {
        check_buckets(catalog.metric(metric), metric, bounds)
            .map_err(|problem| InitError::Buckets { metric: metric.clone(), problem })?;
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

/// The gateway would replace the label of the metric, and two series would become one.
fn check_against_roads(settings: &Settings, catalog: &Catalog) -> Result<(), InitError> {
    for name in settings.roads.replaced_labels() {
        if let Some(metric) = catalog.metrics().find(|metric| metric.labels().iter().any(|label| label.name() == name))
        {
            let problem =
                format!("is a label of the metric `{}` already: give one of the two another name", metric.name());
            return Err(ConfigError::PushLabel { name: name.to_owned(), problem }.into());
        }
    }
    Ok(())
}

/// Without its bucket an objective has no series, and its alerts are silent.
fn warn_of_lost_bounds(settings: &Settings, catalog: &Catalog) {
    for objective in catalog.objectives() {
        let (Some(under), Some(bounds)) = (objective.under(), settings.recorder.buckets.get(objective.metric())) else {
            continue;
        };
        if !bounds.iter().any(|bound| bound.to_bits() == under.to_bits()) {
            tracing::warn!(
                metric = objective.metric(),
                under,
                "the buckets of the builder do not have the bound of the objective, so its alerts never fire: add the \
                 bound, which can replace another one",
            );
        }
    }
}

/// Checks the buckets for the metric `name`. Without a `metric` of the program it is another crate's.
fn check_buckets(metric: Option<&Metric>, name: &str, bounds: &[f64]) -> Result<(), &'static str> {
    if name.is_empty() {
        return Err("give the name of a metric");
    }
    if metric.is_some_and(|metric| metric.kind() != Kind::Histogram) {
        return Err("it is not a histogram");
    }
    if metric.is_some_and(|metric| bounds.len() > metric.buckets().len()) {
        return Err(
            "there are more than the program declares, so the metric could have more series than the compiler has checked",
        );
    }
    if bounds.len() > MAX_BUCKETS {
        return Err("give at most 1000 bounds");
    }
    if metric.is_some() && (bounds.is_empty() || bounds.iter().any(|bound| !bound.is_finite() || *bound <= 0.0)) {
        return Err("give at least one bound, each finite and greater than zero");
    }
    if bounds.is_empty() || bounds.iter().any(|bound| !bound.is_finite()) {
        return Err("give at least one bound, each finite");
    }
    if bounds.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err("each bound must be greater than the one before it");
    }
    Ok(())
}

/// The listener, or the address that another program has.
fn listen(listen: Listen) -> Result<(Option<TcpListener>, Option<SocketAddr>), InitError> {
    let (address, is_needed) = match listen {
        Listen::At(address) => (address, true),
        Listen::IfFree(address) => (address, false),
        Listen::Off => return Ok((None, None)),
    };
    match TcpListener::bind(address) {
        Ok(listener) => Ok((Some(listener), None)),
        Err(error) if !is_needed && error.kind() == io::ErrorKind::AddrInUse => Ok((None, Some(address))),
        Err(cause) => Err(InitError::Listen { address, cause }),
    }
}
