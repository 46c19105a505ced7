//! Imports run down the layers, and no files import each other in a circle: `docs/architecture.md` gives the reasons.
//!
//! The test reads the `use` lines of the sources, and every `crate::…` path behind them.

mod layers {
    pub(crate) mod circles;
    pub(crate) mod imports;
}

use std::path::Path;

use layers::circles::circle;
use layers::imports::{Import, imports};

/// A crate with its layers, from the ground up: a file imports from its own layer and from those before it.
struct House {
    source: &'static str,
    layers: &'static [&'static str],
    /// What order alone does not say: a layer, and what it must not import all the same.
    never: &'static [(&'static str, &'static [&'static str])],
    /// The layers that use the public face, `lib.rs`.
    edges: &'static [&'static str],
}

const RUNTIME: House = House {
    source: "metrics-runtime/src",
    layers: &[
        "util",
        "storage",
        "vocabulary",
        "definition",
        "format",
        "record",
        "catalog",
        "declared",
        "recorder",
        "processes",
        "page",
        "live_page",
        "endpoint",
        "export",
        "app",
        "artifacts",
        "testing",
        "redis",
        "trace",
        "private",
        "lib",
    ],
    never: &[
        ("storage", &["util"]),
        ("vocabulary", &["storage"]),
        ("format", &["definition", "storage"]),
        ("record", &["format"]),
        ("catalog", &["record", "storage"]),
        ("recorder", &["std::env"]),
        ("processes", &["record", "std::env"]),
        ("page", &["record", "catalog", "declared", "std::env"]),
        ("live_page", &["record", "declared", "storage", "page", "std::env"]),
        ("endpoint", &["recorder", "processes", "record", "catalog", "std::env"]),
        ("export", &["recorder", "processes", "record", "catalog", "declared", "live_page", "endpoint", "std::env"]),
        (
            "artifacts",
            &["record", "recorder", "processes", "page", "live_page", "endpoint", "export", "storage", "definition"],
        ),
        ("testing", &["recorder", "processes", "page", "live_page", "endpoint", "export", "storage", "definition"]),
        (
            "redis",
            &["record", "recorder", "processes", "storage", "definition", "page", "live_page", "endpoint", "export"],
        ),
    ],
    edges: &["artifacts", "testing", "redis"],
};

const MACROS: House = House {
    source: "metrics-macros/src",
    layers: &[
        "kind",
        "diagnostic",
        "runtime",
        "names",
        "tokens",
        "policy",
        "parse",
        "analyse",
        "plan",
        "expand",
        "declare",
        "label",
        "failure",
        "measure",
        "snapshots",
        "lib",
    ],
    never: &[],
    edges: &[],
};

const EXAMPLE: House = House {
    source: "examples/video-orchestrator/src",
    layers: &["settings", "report", "traces", "comfy", "voice", "jobs", "queue", "fake_server", "app", "main"],
    never: &[("traces", &["settings"]), ("comfy", &["report"]), ("voice", &["settings", "report", "traces", "comfy"])],
    edges: &[],
};

impl House {
    fn rank(&self, layer: &str) -> usize {
        let rank = self.layers.iter().position(|known| *known == layer);
        rank.unwrap_or_else(|| panic!("{}: `{layer}` is not a known layer: add it to this test's list", self.source))
    }

    /// What is wrong with an import, if anything.
    fn broken_rule(&self, import: &Import) -> Option<String> {
        let from = import.layer();
        let is_forbidden = |name: &str| self.never.iter().any(|(layer, never)| *layer == from && never.contains(&name));
        let forbidden = import.forbidden_names().find(|name| is_forbidden(name));
        if let Some(name) = forbidden {
            return Some(format!("`{from}` must not import from `{name}`"));
        }
        let to = import.target_layer()?;
        if to == "lib" && from != "lib" {
            let is_edge = self.edges.contains(&from);
            return (!is_edge).then(|| "only the edges import through `lib.rs`: name the layer".to_owned());
        }
        (self.rank(to) > self.rank(from)).then(|| format!("`{to}` is above `{from}`: imports run down"))
    }

    fn check(&self) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(self.source);
        let imports = imports(&root);
        assert!(imports.len() > 20, "{}: the sources have moved", self.source);
        let broken: Vec<String> = imports
            .iter()
            .filter_map(|import| {
                let rule = self.broken_rule(import)?;
                Some(format!("{}/{}:{}: `{}`: {rule}", self.source, import.file, import.line, import.path.join("::")))
            })
            .collect();
        assert!(broken.is_empty(), "\n{}", broken.join("\n"));
        if let Some(circle) = circle(&imports) {
            panic!("{}: these files import each other in a circle: {}", self.source, circle.join(" -> "));
        }
    }
}

#[test]
fn the_runtimes_imports_run_down() {
    RUNTIME.check();
}

#[test]
fn the_macros_imports_run_down() {
    MACROS.check();
}

#[test]
fn the_examples_imports_run_down() {
    EXAMPLE.check();
}
