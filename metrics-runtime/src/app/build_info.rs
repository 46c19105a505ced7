//! `build_info!()`, the line in `main` that shows the program's version and revision.

#[doc = include_str!("../../docs/build_info.md")]
#[macro_export]
macro_rules! build_info {
    () => {
        // It has a name, so that a second one beside it does not compile.
        #[doc(hidden)]
        #[allow(dead_code)]
        const __METRICS_BUILD_INFO: () = {
            const LABELS: [$crate::private_0_1_0::LabelSpec; 2] = $crate::private_0_1_0::labels(
                $crate::private_0_1_0::Budget::new("build_info", $crate::private_0_1_0::Kind::Gauge, &[], 1),
                [
                    $crate::private_0_1_0::LabelSpec::fixed("version", |_| {
                        ::core::option::Option::Some(::core::env!("CARGO_PKG_VERSION"))
                    }),
                    $crate::private_0_1_0::LabelSpec::fixed("revision", |_| {
                        ::core::option::Option::Some(
                            const {
                                $crate::private_0_1_0::first_set(&[
                                    ::core::option_env!("GIT_REVISION"),
                                    ::core::option_env!("VERGEN_GIT_SHA"),
                                    ::core::option_env!("GITHUB_SHA"),
                                    ::core::option_env!("CI_COMMIT_SHA"),
                                ])
                            },
                        )
                    }),
                ],
            );
            static SLOTS: $crate::private_0_1_0::Slots<[$crate::private_0_1_0::Slot; 1]> =
                $crate::private_0_1_0::Slots::new();
            static FAMILY: $crate::private_0_1_0::Family = $crate::private_0_1_0::Family {
                kind: $crate::private_0_1_0::Kind::Gauge,
                name: "build_info",
                help: "The version and the revision of the program. The value is always 1.",
                labels: &LABELS,
                buckets: &[],
                budget: 1,
                slots: &SLOTS,
            };
            static PLACE: $crate::private_0_1_0::Place = $crate::private_0_1_0::Place {
                item: "build_info!",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
            };
            #[$crate::private_0_1_0::linkme::distributed_slice($crate::private_0_1_0::PROGRAMS)]
            #[linkme(crate = $crate::private_0_1_0::linkme)]
            static PROGRAM: $crate::private_0_1_0::Program =
                $crate::private_0_1_0::Program::new(::core::env!("CARGO_PKG_NAME"), &FAMILY, &PLACE);
        };
    };
}
