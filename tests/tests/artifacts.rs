//! The files that are made from the catalog: the lock and its differences, the reference page, and the check of queries.

use std::fs;
use std::path::Path;

use metrics_runtime::{Interned, Label, counted, counted_failure, declare_metrics, in_flight, timed};
use tempfile::TempDir;

#[derive(Clone, Copy, Label)]
enum Step {
    TextToImage,
    Upscale,
}

#[derive(Clone, Copy, Label)]
#[label(max_values = 4)]
struct Tenant(Interned);

declare_metrics! {
    /// Pages that wait, a|b <c> `d`.
    gauge PAGES_WAITING = "pages_waiting", labels(tenant: Tenant);
    /// The time that went into painting.
    counter PAINTING = "painting_cpu_seconds_total";
    /// The ink that was used.
    counter INK = "ink_liters_total", fractional;
}

/// Draws an image.
#[timed(histogram = "draw_seconds", labels(step), buckets(1, 10, 60, 300))]
#[counted(counter = "draws_total", on = ok)]
#[counted_failure(counter = "draw_failures_total")]
#[in_flight(gauge = "draws_in_flight")]
fn draw(step: Step) -> Result<(), std::fmt::Error> {
    Err(std::fmt::Error)
}

fn use_all() {
    let _ = (draw(Step::TextToImage), draw(Step::Upscale));
    PAGES_WAITING.with(Tenant::new("a")).set(1.0);
    PAINTING.increment(0.5);
    INK.increment(0.5);
}

/// A folder with the files of this program.
fn files() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    metrics_runtime::catalog().write_files(folder.path()).expect("they can be written");
    folder
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("it was written");
    assert!(text.contains(from), "`{from}` is not in {}", path.display());
    fs::write(path, text.replace(from, to)).expect("it can be written");
}

/// The difference between the files in a folder and this program.
fn difference(folder: &TempDir) -> String {
    let result = metrics_runtime::catalog().artifacts().check(folder.path());
    result.expect_err("the files are not current").to_string()
}

#[test]
fn the_files_are_current_after_they_were_written_and_the_same_each_time() {
    let (one, other) = (files(), files());
    use_all();
    metrics_runtime::catalog().artifacts().check(one.path()).expect("nothing has changed");
    for file in metrics_runtime::catalog().artifacts().files() {
        let [one, other] =
            [&one, &other].map(|folder| fs::read_to_string(folder.path().join(file.name())).expect("it is there"));
        assert_eq!(one, other);
        assert_eq!(one, file.text(), "{}", file.name());
        assert!(!one.contains(env!("CARGO_MANIFEST_DIR")), "{} has a path of this machine", file.name());
    }
}

#[test]
fn counters_of_fractions_have_their_unit_in_the_files() {
    let folder = files();
    let text = |name: &str| fs::read_to_string(folder.path().join(name)).expect("it is there");
    let lock = text("metrics.lock");
    assert!(lock.contains("[painting_cpu_seconds_total]\nkind = \"counter\"\nunit = \"seconds\"\n"), "{lock}");
    assert!(lock.contains("[ink_liters_total]\nkind = \"counter\"\nseries = 1\n"), "{lock}");
    let reference = text("metrics.md");
    let section = reference.split("## `painting_cpu_seconds_total`").nth(1).and_then(|rest| rest.split("## ").next());
    assert!(section.is_some_and(|section| section.contains("| unit | seconds |")), "{reference}");
    // A rate of seconds is no number of operations.
    let dashboard = text("dashboard.json");
    for name in ["painting_cpu_seconds_total", "ink_liters_total"] {
        let panel = dashboard.split(&format!("\"title\": \"{name}\"")).nth(1).expect("it has a panel");
        let unit = panel.split("\"unit\": \"").nth(1).and_then(|rest| rest.split('"').next());
        assert_eq!(unit, Some("short"), "{name}");
    }
}

#[test]
fn a_checkout_with_other_ends_of_lines_is_current() {
    let folder = files();
    edit(&folder.path().join("metrics.lock"), "\n", "\r\n");
    metrics_runtime::catalog().artifacts().check(folder.path()).expect("only the ends of lines differ");
}

#[test]
fn a_renamed_variant_names_the_queries_that_break() {
    let folder = files();
    // The files of a time when the variant had another name.
    for file in ["metrics.lock", "dashboard.json"] {
        edit(&folder.path().join(file), "text_to_image", "txt2img");
    }
    let alert = "groups:\n- name: own\n  rules:\n  - alert: DrawingSlow\n    expr: rate(draw_seconds_sum{step=\"txt2img\"}[5m]) > 1\n\
                 \x20 - alert: NothingDrawn\n    expr: sum(rate(draw_seconds_count[5m])) == 0\n";
    fs::write(folder.path().join("own.rules.yml"), alert).expect("it can be written");
    let text = difference(&folder);
    assert!(
        text.contains("draw_seconds: the value `step=\"txt2img\"` is gone (it may be `text_to_image` now)"),
        "{text}"
    );
    assert!(text.contains("breaks the alert `DrawingSlow` of own.rules.yml"), "{text}");
    assert!(text.contains("breaks the panel `Durations` of dashboard.json"), "{text}");
    assert!(text.contains("read by the alert `NothingDrawn` of own.rules.yml"), "it does not use the label: {text}");
    assert!(text.contains("only adds:\n  draw_seconds: a new value `step=\"text_to_image\"`"), "{text}");
}

#[test]
fn each_change_is_told_as_breaking_or_adding() {
    let whole = fs::read_to_string(files().path().join("metrics.lock")).expect("it was written");
    let draw = "[draw_seconds]\n";
    for (from, to, expected) in [
        ("[draws_total]", "[drawings_total]", "drawings_total: the metric is gone (it may be `draws_total` now)"),
        (
            "[draws_total]\nkind = \"counter\"",
            "[draws_total]\nkind = \"gauge\"",
            "draws_total: the kind was gauge, and is counter",
        ),
        ("buckets = [1, 10, 60, 300]", "buckets = [1, 30, 60, 300]", "draw_seconds: the bucket `le=\"30\"` is gone"),
        (
            "buckets = [1, 10, 60, 300]",
            "buckets = [1, 60, 300]",
            "only adds:\n  draw_seconds: a new bucket `le=\"10\"`",
        ),
        (
            "unit = \"seconds\"\nlabels = [\n    { name = \"step\"",
            "labels = [\n    { name = \"step\"",
            "draw_seconds: the unit was none, and is seconds",
        ),
        (
            "    { name = \"step\", values = [\"text_to_image\", \"upscale\"] },\n",
            "",
            "draw_seconds: a new label `step`",
        ),
        (
            "    { name = \"step\", values",
            "    { name = \"model\", values = [\"sd\"] },\n    { name = \"step\", values",
            "draw_seconds: the label `model` is gone",
        ),
        ("max_values = 5", "max_values = 9", "pages_waiting: the label `tenant` has 5 values at most, and had 9"),
        (
            "::draw\"]\n\n[draws_in_flight]",
            "::paint\"]\n\n[draws_in_flight]",
            "`artifacts::paint` no longer records it",
        ),
    ] {
        assert!(whole.contains(draw), "{whole}");
        let folder = files();
        edit(&folder.path().join("metrics.lock"), from, to);
        let text = difference(&folder);
        assert!(text.contains(expected), "{from}\n{text}");
        assert!(text.contains("series at most: "), "{text}");
    }
}

#[test]
fn a_missing_file_and_a_broken_lock_are_named() {
    let folder = files();
    fs::remove_file(folder.path().join("metrics.md")).expect("it was written");
    fs::write(folder.path().join("metrics.lock"), "[draw_seconds\n").expect("it can be written");
    let text = difference(&folder);
    assert!(text.contains("metrics.md: it is missing"), "{text}");
    assert!(text.contains("metrics.lock: line 1 is `[draw_seconds`, and should be"), "{text}");
    let text = metrics_runtime::catalog().write_files(folder.path().join("metrics.lock")).expect_err("it is a file");
    assert!(text.to_string().contains("metrics.lock"), "{text}");
}

#[test]
fn the_reference_page_has_a_table_for_each_metric() {
    let page = fs::read_to_string(files().path().join("metrics.md")).expect("it was written");
    let section =
        page.split("## `draw_seconds`").nth(1).expect("it has a section").split("\n## ").next().unwrap_or_default();
    for line in [
        "Draws an image.",
        "| kind | histogram |",
        "| label `step` | `text_to_image`, `upscale` |",
        "| buckets | 1, 10, 60, 300 |",
        "| the time of each call of | `artifacts::draw` in `tests/tests/artifacts.rs` |",
    ] {
        assert!(section.contains(line), "{line}\n{section}");
    }
    assert!(page.contains("Pages that wait, a\\|b &lt;c> `d`."), "a help text is no Markdown: {page}");
    assert!(page.contains("| label `tenant` | 5 values at most, which appear while the program runs |"), "{page}");
}

/// What the check says to one query.
fn problems(query: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("rules.yml");
    let quoted = serde_json::to_string(query).expect("it is text");
    fs::write(&file, format!("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: {quoted}\n"))
        .expect("it can be written");
    let catalog = metrics_runtime::catalog();
    let check = catalog.check_queries().other_metrics("node_*").other_label("cluster");
    let problems = check.files([&file]).expect("it is a file of rules");
    problems.iter().map(|problem| problem.problem().to_owned()).collect()
}

#[test]
fn queries_that_are_right_have_no_problem() {
    for query in [
        "sum by (step) (rate(draw_seconds_count[5m]))",
        "histogram_quantile(0.95, sum by (le, step) (rate(draw_seconds_bucket{job=\"x\", cluster=\"y\"}[$__rate_interval])))",
        "histogram_quantile(0.95, sum without (step) (rate(draw_seconds_bucket[5m])))",
        "rate(draw_seconds_bucket{le=\"300.0\"}[5m]) / ignoring(le) rate(draw_seconds_count[5m])",
        "rate(draw_seconds_bucket{le=~\"300(\\\\.0)?\"}[5m])",
        "rate(draw_seconds_bucket{le=\"+Inf\"}[5m])",
        "draws_in_flight{instance=~\"$instance\"} > 1 and up == 1",
        "draw_failures_total{reason!=\"cancelled\", reason=~\"error|time.*\"}",
        "pages_waiting{tenant=\"whatever\"}",
        "delta(draws_in_flight[5m]) + node_load1 + on(instance) group_left(nodename) node_uname_info",
        "{job=\"x\"}",
        "{__name__=\"draws_total\"}",
        "topk(3, sum by (step) (rate(draw_seconds_count{step=~\"[[step]]\"}[5m])))",
        "sum by (step) (rate(draw_seconds_sum[5m]) / on() group_left rate(draws_total[5m]))",
        "1",
    ] {
        assert_eq!(problems(query), [""; 0], "{query}");
    }
}

#[test]
fn each_mistake_in_a_query_is_named_with_what_was_meant() {
    for (query, expected) in [
        ("rate(draw_total[5m])", "the program has no series `draw_total`: did you mean `draws_total`?"),
        (
            "rate(draw_seconds[5m])",
            "`draw_seconds` is a histogram: its series are `draw_seconds_bucket`, `draw_seconds_sum` and `draw_seconds_count`",
        ),
        ("draws_total{stp=\"upscale\"}", "`draws_total` has no label `stp`"),
        ("draw_seconds_count{stp=\"upscale\"}", "`draw_seconds` has no label `stp`: did you mean `step`?"),
        ("sum by (stage) (draw_seconds_count)", "`draw_seconds` has no label `stage`; it has `step`"),
        (
            "draw_seconds_count{step=\"upscal\"}",
            "the label `step` of `draw_seconds` has no value `upscal`: did you mean `upscale`?",
        ),
        (
            "draw_seconds_count{step!=\"crop\"}",
            "the label `step` of `draw_seconds` has no value `crop`; it has `text_to_image`, `upscale`",
        ),
        (
            "draw_seconds_count{step=~\"upscale|crop\"}",
            "the label `step` of `draw_seconds` has no value `crop`; it has `text_to_image`, `upscale`",
        ),
        (
            "draw_seconds_count{step=~\"cr.*\"}",
            "the label `step` of `draw_seconds` has no value that the pattern `cr.*` matches; it has `text_to_image`, `upscale`",
        ),
        (
            "draw_seconds_bucket{le=\"30\"}",
            "`le=\"30\"` is not a bucket of `draw_seconds`; its buckets are 1, 10, 60, 300, +Inf",
        ),
        (
            "draw_seconds_bucket{le=~\"30\"}",
            "`le=\"30\"` is not a bucket of `draw_seconds`; its buckets are 1, 10, 60, 300, +Inf",
        ),
        ("draw_seconds_count{le=\"1\"}", "`draw_seconds` has no label `le`; it has `step`"),
        (
            "rate(draws_in_flight[5m])",
            "`rate` is for counters, and `draws_in_flight` is a gauge: use `delta`, `deriv` or its value",
        ),
        ("delta(draws_total[5m])", "`delta` is for gauges, and `draws_total` only grows: use `rate` or `increase`"),
        (
            "histogram_quantile(0.9, sum by (step) (rate(draw_seconds_bucket[5m])))",
            "`histogram_quantile` needs the label `le`, which the aggregation takes away: add it to `by (…)`",
        ),
        (
            "histogram_quantile(0.9, sum(rate(draw_seconds_sum[5m])))",
            "`histogram_quantile` needs buckets, and `draw_seconds_sum` has none: use a series `…_bucket`",
        ),
    ] {
        assert_eq!(problems(query), [expected], "{query}");
    }
    let [problem] = &problems("rate(draws_total[5m]")[..] else { panic!("there is one mistake") };
    assert!(problem.starts_with("it is not PromQL: "), "{problem}");
}

#[test]
fn a_file_that_has_no_queries_is_an_error_that_says_why() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (name, text, expected) in [
        ("a.yml", "rules: []\n", "has no rules of Prometheus: it needs `groups`, each with `rules`"),
        ("b.yml", "groups: [\n", "is not YAML"),
        ("c.json", "{}", "is not a dashboard of Grafana: it has no `panels`"),
        ("d.json", "{", "is not JSON"),
        ("e.txt", "", "must end in `.yml` or `.yaml` (rules), or `.json` (a dashboard)"),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, text).expect("it can be written");
        let error = metrics_runtime::catalog().check_queries().files([&file]).expect_err(name).to_string();
        assert!(error.contains(expected) && error.contains(name), "{error}");
    }
    let error =
        metrics_runtime::catalog().check_queries().files(["no-such.yml"]).expect_err("it is missing").to_string();
    assert!(error.starts_with("`no-such.yml` cannot be read: "), "{error}");
}

#[test]
fn the_dashboard_asks_only_for_what_the_program_has() {
    let folder = files();
    let files = [folder.path().join("dashboard.json")];
    let problems = metrics_runtime::catalog().check_queries().files(&files).expect("it is a dashboard");
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn queries_of_closed_rows_variables_and_recorded_series_are_found() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let dashboard = r#"{"panels": [{"type": "row", "panels": [{"title": "T", "targets": [{"expr": "draws_totl:rate"}]}]}],
        "templating": {"list": [{"type": "query", "name": "v", "query": {"query": "label_values(draws_totla, step)"}}]},
        "annotations": {"list": [{"name": "a", "expr": "draws_totlb"}, {"name": "no query"}]}}"#;
    let rules = "groups:\n- name: g\n  rules:\n  - record: draws_totl:rate\n    expr: rate(draws_total[5m])\n";
    let files = ["dashboard.json", "rules.yml"].map(|name| folder.path().join(name));
    fs::write(&files[0], dashboard).expect("it can be written");
    fs::write(&files[1], rules).expect("it can be written");
    let catalog = metrics_runtime::catalog();
    let shown = |files: &[std::path::PathBuf]| {
        let problems = catalog.check_queries().files(files).expect("they can be read");
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let alone = shown(&files[..1]);
    assert!(alone.contains("dashboard.json: panel `T`: the program has no series `draws_totl:rate`"), "{alone}");
    assert!(alone.contains("variable `v`: the program has no series `draws_totla`"), "{alone}");
    assert!(alone.contains("annotation `a`: the program has no series `draws_totlb`"), "{alone}");
    assert!(!shown(&files).contains("panel `T`"), "the rule records it: {}", shown(&files));
}
