//! What each fuzz target holds true. `fuzz_targets/` has one line for each of them, and `README.md` says how they are run.

// Files of the example itself, in modules with the same names.
mod report;
mod traces;
mod comfy;
mod jobs;
mod queue;
// Files of the macros themselves: nothing but a compiler can use a crate of macros.
#[path = "../../metrics-macros/src/diagnostic.rs"]
#[allow(dead_code, reason = "only the hints of the policy are used")]
mod diagnostic;
#[path = "../../metrics-macros/src/names.rs"]
#[allow(dead_code, reason = "nothing is named")]
mod names;
#[path = "../../metrics-macros/src/policy/mod.rs"]
#[allow(dead_code, reason = "the macros look for the file of a crate")]
mod policy;
mod analyse;

mod texts;
mod log;
mod accept;
mod page;
mod message;
mod program;
mod foreign;

/// One function for each target.
pub mod targets {
    mod comfy_answers;
    mod foreign_metrics;
    mod job;
    mod metrics_toml;
    mod negotiation;
    mod otlp_answers;
    mod otlp_requests;
    mod processes;
    mod registrations;
    mod settings;

    pub use comfy_answers::comfy_answers;
    pub use foreign_metrics::foreign_metrics;
    pub use job::job;
    pub use metrics_toml::metrics_toml;
    pub use negotiation::negotiation;
    pub use otlp_answers::otlp_answers;
    pub use otlp_requests::otlp_requests;
    pub use processes::processes;
    pub use registrations::registrations;
    pub use settings::settings;
}
