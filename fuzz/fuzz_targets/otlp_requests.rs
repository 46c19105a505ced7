#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metrics_fuzz::targets::otlp_requests(data));
