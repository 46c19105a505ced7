//! Each mistake is reported at its place, with a message that says what to write instead.
//!
//! `TRYBUILD=overwrite cargo test -p system-tests --test compile_fail` writes the messages again; review the differences.

#[test]
fn every_mistake_has_its_message() {
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
