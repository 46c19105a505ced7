//! A program whose parts both say which version they are.

mod program {
    metrics_runtime::build_info!();
}

mod library {
    metrics_runtime::build_info!();
}

#[test]
fn init_names_both_places() {
    let refusal = metrics_runtime::builder().no_listener().init().expect_err("it is written twice").to_string();
    for part in [
        "`build_info!()` is in the program twice, at ",
        "build_info_twice.rs:4 (`build_info_twice::program::build_info!`)",
        "build_info_twice.rs:8 (`build_info_twice::library::build_info!`)",
        "keep the one in its `main`",
    ] {
        assert!(refusal.contains(part), "{part}: {refusal}");
    }
}
