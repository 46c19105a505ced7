//! Functions that return a stream: they do their work when the stream is polled, after the call.

use crate::analyse::shape::{Shape, ShapeKind};
use crate::diagnostic::Diagnostics;
use crate::parse::function::Function;
use crate::tokens::types::shown_stream;

/// Refuses a function whose signature shows a stream: its call only makes the stream. The call of an `async fn` does more
/// than that, and is measured.
pub(crate) fn check_returned_stream(function: &Function, shape: &Shape, diagnostics: &mut Diagnostics) {
    let signature = &function.signature;
    if let (ShapeKind::Plain, Some(stream)) = (&shape.kind, shown_stream(&signature.output)) {
        diagnostics.under(
            stream,
            format!(
                "`{}` returns a stream, which does its work later, when it is polled: only the creation of the stream \
                 would be measured, not its run; measure the stream in the function, \
                 `measure_stream!(#[timed(…)] stream)`; to count how often `{0}` is called, \
                 `#[counted(counter = \"…\")]` alone is enough",
                signature.ident
            ),
        );
    }
}
