//! From arguments to a plan: which metrics a function records, with all defaults resolved, or what is wrong.

pub(crate) mod model;
pub(crate) mod labels;
pub(crate) mod help;
pub(crate) mod duplicates;
pub(crate) mod conditions;
pub(crate) mod objectives;
pub(crate) mod shared;
pub(crate) mod agreement;
pub(crate) mod planner;
