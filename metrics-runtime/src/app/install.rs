//! Checks the settings against the catalog, then installs the recorder and starts the endpoint.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use super::config::{self, Listen, Settings};
use super::config_error::ConfigError;
use super::first_series;
use super::handle::Handle;
use super::init_error::InitError;
use super::notes::log_notes;
use super::program_file::program_file_stem;
use crate::catalog::{Catalog, Metric, catalog};
use crate::declared::look_up_gauges;
use crate::definition::MAX_BUCKETS;
use crate::endpoint::{Front, Port, PreparedService, Targets};
use crate::export::Roads;
use crate::live_page::LivePage;
use crate::page::Page;
use crate::processes::Membership;
#[cfg(feature = "exemplars")]
use crate::record::set_trace_context_source;
use crate::record::{Mode, install_series_source};
use crate::recorder::{CatalogRecorder, Store};
use crate::vocabulary::Kind;

pub(super) fn install(settings: &Settings) -> Result<Handle, InitError> {
    let catalog = catalog();
    let notes = catalog.check()?;
    check_against_catalog(settings, &catalog)?;
    check_against_roads(settings, &catalog)?;
    let recorder = CatalogRecorder::new(&catalog, &settings.recorder)?;
    let source = Arc::clone(recorder.store());
    // Before the port: a process that finds the port taken then finds the process that has it.
    let processes = match &settings.folder {
        Some(folder) => Some(Arc::new(membership(folder, &source, &catalog)?)),
        None => None,
    };
    let (port, taken) = open_port(settings.listen, processes.as_deref())?;
    let mut before_page = settings.before_page.clone();
    before_page.add(look_up_gauges);
    let page = Page::of(&recorder, before_page, processes.clone());
    let page = if settings.has_other_crates { page } else { page.without_other_crates() };
    // Processes that share a page send their own values each, so its address would not tell them apart.
    let address = port.address().filter(|_| processes.is_none());
    let roads = Roads::start(settings.roads.open(address), &page).map_err(InitError::Thread)?;
    let endpoint = PreparedService::start(port).map_err(InitError::Thread)?;
    if metrics::set_global_recorder(recorder).is_err() {
        endpoint.cancel();
        return Err(InitError::ForeignRecorder);
    }
    if let Some(processes) = &processes {
        processes.join();
    }
    install_series_source(source);
    #[cfg(feature = "exemplars")]
    if let Some(source) = settings.exemplars {
        set_trace_context_source(source);
    }
    first_series::create(Mode::INSTALLED, catalog.metrics());
    let targets = Targets::default();
    let front = endpoint.local_addr().map(|address| front(address, settings, targets.clone()));
    let has_live_page = front.as_ref().is_some_and(Front::has_page);
    let service = endpoint.serve(page.clone(), front);
    roads.begin();
    log_notes(&notes);
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
        if let Some(metric) = catalog.metric_with_label(name) {
            let problem = format!("is a label of the metric `{}` already: give it another name", metric.name());
            return Err(ConfigError::GlobalLabel { name: name.clone(), problem }.into());
        }
    }
    Ok(())
}

/// The gateway would replace the label of the metric, and two series would become one.
fn check_against_roads(settings: &Settings, catalog: &Catalog) -> Result<(), InitError> {
    for name in settings.roads.replaced_labels() {
        if let Some(metric) = catalog.metric_with_label(name) {
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

pub(super) fn membership(folder: &Path, store: &Arc<Store>, catalog: &Catalog) -> Result<Membership, InitError> {
    Membership::prepare(folder, store, catalog)
        .map_err(|problem| InitError::Folder { folder: folder.display().to_string(), problem: problem.to_string() })
}

/// The port; or where another process that shares its values has it, the wait for it. Also the address that another program
/// has, where the port is not needed.
fn open_port(listen: Listen, processes: Option<&Membership>) -> Result<(Port, Option<SocketAddr>), InitError> {
    let (address, is_needed) = match listen {
        Listen::At(address) => (address, true),
        Listen::IfFree(address) => (address, false),
        Listen::Off => return Ok((Port::Off, None)),
    };
    match TcpListener::bind(address) {
        Ok(listener) => Ok((Port::Open(listener), None)),
        Err(cause)
            if cause.kind() == io::ErrorKind::AddrInUse && processes.is_some_and(Membership::has_living_others) =>
        {
            Ok((Port::Awaited(address), None))
        }
        Err(cause) if !is_needed && cause.kind() == io::ErrorKind::AddrInUse => Ok((Port::Off, Some(address))),
        Err(cause) => Err(InitError::Listen { address, cause }),
    }
}
