//! How many inputs the tests give to each target.

/// What a target does in about a minute on a machine with two cores.
///
/// A test must not fail by chance. The inputs follow from the seeds and from the same random numbers, so a faster machine would only
/// try more of them than any machine before, and could fail for a fault that is not of the change. New inputs are for the command.
const INPUTS: [(&str, u64); 10] = [
    ("comfy_answers", 1_500_000),
    ("foreign_metrics", 15_000),
    ("job", 3_000_000),
    ("metrics_toml", 1_500_000),
    ("negotiation", 600_000),
    ("otlp_answers", 7_000_000),
    ("otlp_requests", 1_000_000),
    ("processes", 120_000),
    ("registrations", 350_000),
    ("settings", 300_000),
];

pub(super) fn inputs_of_a_minute(target: &str) -> Result<u64, String> {
    let inputs = INPUTS.iter().find(|(known, _)| *known == target).map(|(_, inputs)| *inputs);
    inputs.ok_or_else(|| {
        format!("`INPUTS` in xtask/src/fuzz/minute.rs does not say how many inputs are a minute of `{target}`")
    })
}
