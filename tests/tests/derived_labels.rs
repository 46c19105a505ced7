//! Labels that are derived on enums: the texts of their values on the page, and what else a derive can give.

use metrics_runtime::{Interned, Label, counted};

#[derive(Clone, Copy, PartialEq, Debug, Label)]
#[label(rename_all = "kebab-case", as_str, display, from_str)]
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

/// A type that is no label, and has no traits.
struct Body;

/// Each variant is one value, whatever its fields are.
#[derive(Label)]
#[label(ignore_fields, rename_all = "UPPERCASE", as_str, display)]
enum Event<'a, T, const N: usize>
where
    T: Iterator,
{
    Ping,
    Text(&'a str),
    Many {
        items: T,
        body: [Body; N],
    },
    Empty {},
    #[label(rename = "none")]
    Closed(u16, String),
}

impl Event<'_, std::ops::Range<u8>, 2> {
    fn many() -> Self {
        Event::Many { items: 0..1, body: [Body, Body] }
    }
}

#[counted(counter = "derived_events_total", labels(event))]
fn handle_event(event: Event<'_, std::ops::Range<u8>, 2>) -> usize {
    match event {
        Event::Ping | Event::Empty {} => 0,
        Event::Text(text) => text.len(),
        Event::Many { items, body } => items.count() + body.len(),
        Event::Closed(status, reason) => usize::from(status) + reason.len(),
    }
}

/// It has no fields, only their brackets.
#[derive(Clone, Copy, PartialEq, Debug, Label)]
#[label(from_str)]
enum Bracketed {
    Braces {},
    Parentheses(),
}

/// It has all three itself, so it asks for none of them.
#[derive(Clone, Copy, PartialEq, Debug, Label)]
enum Own {
    One,
}

impl Own {
    fn as_str(self) -> &'static str {
        match self {
            Self::One => "its own",
        }
    }
}

impl std::fmt::Display for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("its own text")
    }
}

impl std::str::FromStr for Own {
    type Err = ();

    fn from_str(_: &str) -> Result<Self, ()> {
        Ok(Self::One)
    }
}

/// It is not `Copy`, which a label need not be.
#[derive(Label)]
#[label(max_values = 2, display)]
struct Workflow(Interned);

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
    let text = String::from("text");
    assert_eq!(handle_event(Event::Ping), 0);
    assert_eq!(handle_event(Event::Empty {}), 0);
    assert_eq!(handle_event(Event::Text(&text)), 4);
    assert_eq!(handle_event(Event::Text("more")), 4);
    assert_eq!(handle_event(Event::many()), 3);
    assert_eq!(handle_event(Event::Closed(1000, text)), 1004);
    assert_eq!(
        series(&handle.render(), "derived_events_total"),
        ["event=\"PING\"} 1", "event=\"TEXT\"} 2", "event=\"MANY\"} 1", "event=\"EMPTY\"} 1", "event=\"none\"} 1",]
    );
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

#[test]
fn a_value_is_written_and_read_as_the_metrics_show_it() {
    const TEXT: &str = Format::PlainText.as_str();
    assert_eq!(TEXT, "plain-text");
    for (format, text) in [(Format::PlainText, "plain-text"), (Format::Html, "HTML"), (Format::None, "none")] {
        assert_eq!(format.as_str(), text);
        assert_eq!(Format::value(format.index()), Some(text));
        assert_eq!(format.to_string(), text);
        assert_eq!(text.parse(), Ok(format));
    }
    assert_eq!(format!("{:>6}|{:<6}|{:.2}", Format::Html, Format::None, Format::PlainText), "  HTML|none  |pl");
    let event: Event<'_, std::ops::Range<u8>, 2> = Event::Text("ignored");
    assert_eq!((event.as_str(), event.to_string()), ("TEXT", "TEXT".to_owned()));
    assert_eq!(("braces".parse(), "parentheses".parse()), (Ok(Bracketed::Braces {}), Ok(Bracketed::Parentheses())));
    assert_eq!(Workflow::new("portrait").to_string(), "portrait");
}

#[test]
fn the_error_of_a_text_that_is_no_value_lists_the_values() {
    // The name of the variant is not the value.
    let error = "Html".parse::<Format>().expect_err("it is no value");
    assert_eq!((error.text(), error.values()), ("Html", &["plain-text", "HTML", "none"][..]));
    assert_eq!(error.to_string(), "`Html` is no value of `Format`: the values are `plain-text`, `HTML`, `none`");
    let long = format!("two\nlines{}", "x".repeat(1_000));
    let error = long.parse::<Format>().expect_err("it is no value");
    assert_eq!(error.text(), long);
    let shown = format!("`two\\nlines{}…` is no value of `Format`: ", "x".repeat(55));
    assert!(error.to_string().starts_with(&shown), "{error}");
}

#[test]
fn a_type_can_have_its_own_text() {
    assert_eq!((Own::One.as_str(), Own::One.to_string()), ("its own", "its own text".to_owned()));
    assert_eq!("anything".parse(), Ok(Own::One));
    assert_eq!(Own::value(0), Some("one"));
}
