//! What was parsed, checked: what is right on its own, whatever else stands on the function.

pub(crate) mod metric_name;
pub(crate) mod label_name;
pub(crate) mod label_type;
pub(crate) mod buckets;
pub(crate) mod objective;
pub(crate) mod instrumented;
pub(crate) mod shape;
pub(crate) mod leaving;
pub(crate) mod returned_stream;
pub(crate) mod track_caller;
