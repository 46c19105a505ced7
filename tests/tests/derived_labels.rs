//! Labels that are derived on enums: the texts of their values on the page, and what else a derive can give.

use metrics_runtime::{Label, counted};

#[derive(Clone, Copy, PartialEq, Debug, Label)]
#[label(rename_all = "kebab-case")]
enum Format {
    PlainText,
    #[label(rename = "HTML")]
    Html,
    None,
}

#[derive(Clone, Copy, Label)]
#[label(rename_all = "SCREAMING_SNAKE_CASE")]
enum Method {
    Get,
    r#Match,
    PropFind,
}

#[counted(counter = "derived_documents_total", labels(format, method))]
fn document(format: Format, method: Method) {
    let _ = (format, method);
}

/// The value of each series of a metric, in the order of the page.
fn series<'page>(page: &'page str, metric: &str) -> Vec<&'page str> {
    page.lines().filter_map(|line| line.strip_prefix(metric)?.strip_prefix('{')).collect()
}

#[test]
fn the_page_shows_the_values_that_the_derive_names() {
    let handle = metrics_runtime::builder().no_listener().init().expect("the settings are valid");
    document(Format::PlainText, Method::Match);
    document(Format::Html, Method::PropFind);
    document(Format::Html, Method::PropFind);
    document(Format::None, Method::Get);
    assert_eq!(
        series(&handle.render(), "derived_documents_total"),
        [
            "format=\"plain-text\",method=\"GET\"} 0",
            "format=\"plain-text\",method=\"MATCH\"} 1",
            "format=\"plain-text\",method=\"PROP_FIND\"} 0",
            "format=\"HTML\",method=\"GET\"} 0",
            "format=\"HTML\",method=\"MATCH\"} 0",
            "format=\"HTML\",method=\"PROP_FIND\"} 2",
            "format=\"none\",method=\"GET\"} 1",
            "format=\"none\",method=\"MATCH\"} 0",
            "format=\"none\",method=\"PROP_FIND\"} 0",
        ]
    );
}
