//! Puts our attributes on every function of a crate that was written without them, and runs the crate's own tests.
//!
//! A function that is annotated is the plain function, or the compiler refuses the attribute for a documented reason.
//! So this builds the crate, takes back what is refused, and compares the tests with those of the crate as published.
//! Modules are declared from the ground up.

pub mod crates;
pub mod attributes;
pub mod reasons;
pub mod functions;
pub mod annotation;
pub mod messages;
pub mod test_results;
pub mod workspace;
pub mod trial;
pub mod summary;
pub mod report;
