//! The panels, in Grafana's classic model.

use crate::artifacts::json::{Json, object};

/// The data source that the reader of the dashboard chooses.
pub(super) fn datasource() -> Json {
    object! { "type" => "prometheus", "uid" => "${datasource}" }
}

/// A panel without its place and number.
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) unit: &'static str,
    pub(super) style: Style,
    pub(super) queries: Vec<Query>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Lines over time.
    Lines,
    /// The buckets of a histogram over time.
    Heatmap,
    /// One number.
    Number,
    /// The newest value of each series.
    Table,
}

/// A query, and the names of its series.
pub(super) struct Query {
    pub(super) expression: String,
    pub(super) legend: String,
    has_exemplars: bool,
}

impl Query {
    pub(super) fn new(expression: impl Into<String>, legend: impl Into<String>) -> Self {
        Self { expression: expression.into(), legend: legend.into(), has_exemplars: false }
    }

    /// Shows the exemplars of the series too, if they have any. Of the queries of a panel that ask for one metric, it is the first
    /// that does: Grafana asks only once for each metric, and only with its first query.
    pub(super) fn with_exemplars(self) -> Self {
        Self { has_exemplars: true, ..self }
    }
}

impl Panel {
    pub(super) fn lines(title: &str, unit: &'static str, description: &str, queries: Vec<Query>) -> Self {
        Self { title: title.to_owned(), description: description.to_owned(), unit, style: Style::Lines, queries }
    }

    pub(super) fn with_style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// The panel with its number, and its place on the dashboard.
    pub(super) fn json(&self, id: u32, (x, y): (u32, u32), (width, height): (u32, u32)) -> Json {
        let targets: Vec<Json> = self.queries.iter().enumerate().map(|(at, query)| self.target(at, query)).collect();
        let (kind, custom, options) = match self.style {
            Style::Lines => ("timeseries", line_style(), line_options()),
            Style::Heatmap => ("heatmap", object! {}, self.heatmap_options()),
            Style::Number => ("stat", object! {}, number_options()),
            Style::Table => ("table", object! {}, object! { "showHeader" => true, "cellHeight" => "sm" }),
        };
        object! {
            "id" => id,
            "type" => kind,
            "title" => self.title.as_str(),
            "description" => self.description.as_str(),
            "datasource" => datasource(),
            "gridPos" => object! { "h" => height, "w" => width, "x" => x, "y" => y },
            "fieldConfig" => object! {
                "defaults" => object! { "unit" => self.unit, "min" => 0.0, "custom" => custom },
                "overrides" => Json::List(Vec::new()),
            },
            "options" => options,
            "targets" => targets,
        }
    }

    fn target(&self, at: usize, query: &Query) -> Json {
        let ref_id = char::from(b'A' + u8::try_from(at % 26).unwrap_or_default()).to_string();
        let format = match self.style {
            Style::Lines | Style::Number => "time_series",
            Style::Heatmap => "heatmap",
            Style::Table => "table",
        };
        object! {
            "refId" => ref_id,
            "datasource" => datasource(),
            "editorMode" => "code",
            "expr" => query.expression.as_str(),
            "legendFormat" => query.legend.as_str(),
            "format" => format,
            "range" => self.style != Style::Table,
            "instant" => self.style == Style::Table,
            "exemplar" => query.has_exemplars,
        }
    }

    fn heatmap_options(&self) -> Json {
        object! {
            "calculate" => false,
            "cellGap" => 1_u32,
            "color" => object! {
                "mode" => "scheme",
                "scheme" => "Oranges",
                "steps" => 64_u32,
                "exponent" => 0.5,
                "fill" => "dark-orange",
                "reverse" => false,
            },
            "exemplars" => object! { "color" => "rgba(255,0,255,0.7)" },
            "filterValues" => object! { "le" => 1e-9 },
            "legend" => object! { "show" => true },
            "rowsFrame" => object! { "layout" => "auto" },
            "tooltip" => object! { "mode" => "single", "showColorScale" => false, "yHistogram" => false },
            "yAxis" => object! { "axisPlacement" => "left", "reverse" => false, "unit" => self.unit },
        }
    }
}

fn line_style() -> Json {
    object! {
        "drawStyle" => "line",
        "lineWidth" => 1_u32,
        "fillOpacity" => 10_u32,
        "showPoints" => "never",
        "spanNulls" => false,
    }
}

fn line_options() -> Json {
    object! {
        "legend" => object! {
            "displayMode" => "list",
            "placement" => "bottom",
            "showLegend" => true,
            "calcs" => Json::List(Vec::new()),
        },
        "tooltip" => object! { "mode" => "multi", "sort" => "desc" },
    }
}

fn number_options() -> Json {
    object! {
        "colorMode" => "value",
        "graphMode" => "area",
        "justifyMode" => "auto",
        "orientation" => "auto",
        "textMode" => "auto",
        "wideLayout" => true,
        "showPercentChange" => false,
        "percentChangeColorMode" => "standard",
        "reduceOptions" => object! { "calcs" => vec!["lastNotNull"], "fields" => "", "values" => false },
    }
}
