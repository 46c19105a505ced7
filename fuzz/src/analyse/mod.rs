//! The check of label names of the macros.

#[path = "../../../metrics-macros/src/analyse/label_name.rs"]
mod label_name;

pub(crate) use label_name::check_label_name;
