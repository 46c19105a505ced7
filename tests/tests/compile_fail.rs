//! Each mistake is reported where it stands, in words that say what to write instead.
//!
//! `TRYBUILD=overwrite cargo test -p system-tests --test compile_fail` writes the messages anew; review what changed.

#[test]
fn every_mistake_has_its_message() {
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
