//! What follows the spans of `tracing`, for exemplars.

mod layer;

pub use layer::{ExemplarLayer, exemplar_layer};
