//! The document. Its parts are files of their own, and the browser gets them as one.

use super::lean::{Part, join};

const PARTS: [Part; 19] = [
    Part::Text(include_str!("assets/head.html")),
    Part::Text("<style>"),
    Part::Style(include_str!("assets/style.css")),
    Part::Text("</style>\n"),
    Part::Text(include_str!("assets/body.html")),
    Part::Text("<script>"),
    Part::Script(include_str!("assets/words.js")),
    Part::Script(include_str!("assets/exposition.js")),
    Part::Script(include_str!("assets/history.js")),
    Part::Script(include_str!("assets/quantile.js")),
    Part::Script(include_str!("assets/functions.js")),
    Part::Script(include_str!("assets/elements.js")),
    Part::Script(include_str!("assets/metric_table.js")),
    Part::Script(include_str!("assets/traces.js")),
    Part::Script(include_str!("assets/function_table.js")),
    Part::Script(include_str!("assets/queue_table.js")),
    Part::Script(include_str!("assets/other_metrics.js")),
    Part::Script(concat!(include_str!("assets/summary.js"), include_str!("assets/main.js"))),
    Part::Text("</script>\n"),
];

const LENGTH: usize = join::<0>(&PARTS).1;
static BYTES: [u8; LENGTH] = join(&PARTS).0;

/// The whole document.
pub(crate) static DOCUMENT: &str = match str::from_utf8(&BYTES) {
    Ok(text) => text,
    Err(_) => panic!("the parts of the live page are UTF-8"),
};

/// Nothing runs and nothing is loaded but the style and the script above, whose hashes these are. A test computes them, and
/// says what to write here after a change. Texts of the page cannot become HTML: the script may not make any.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
    script-src 'sha256-9xY0IRVrrLOmovQvg/fF1aEailkgzNj8xp43VR4dzls='; \
    style-src 'sha256-K00AfocUKUgTgBGsjaEAXPjsACZwb8XwuBNxPYlodQ8='; \
    connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";
