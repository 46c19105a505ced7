//! The jobs that the program contains. Three of them are made to fail, each for a different reason.

use super::job::Job;

const FILES: [&str; 6] = [
    include_str!("../../samples/harbour.json"),
    include_str!("../../samples/kettle.json"),
    include_str!("../../samples/retired-model.json"),
    include_str!("../../samples/lighthouse.json"),
    include_str!("../../samples/never-done.json"),
    include_str!("../../samples/nothing-to-say.json"),
];

pub(crate) fn sample_jobs() -> Vec<Job> {
    FILES.iter().map(|text| Job::parse(text).expect("the samples are valid, which a test checks")).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_samples_are_valid() {
        assert_eq!(super::sample_jobs().len(), 6);
    }
}
