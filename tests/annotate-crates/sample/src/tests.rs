use super::*;

fn helper() -> u32 {
    place()
}

#[test]
fn the_caller_is_known() {
    assert_eq!(helper(), line!() - 5);
}

#[test]
fn fails_as_published() {
    assert_eq!(half(3), Ok(1));
}

#[test]
#[ignore]
fn takes_long() {}

#[test]
#[cfg(feature = "reads-its-source")]
fn has_its_lines() {
    assert_eq!(lines(), 73);
}
