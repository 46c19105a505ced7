use metrics_runtime::timed;

#[timed(histogram = "imageGeneration_seconds")]
fn camel() {}

#[timed(histogram = "image-generation_seconds")]
fn dashes() {}

#[timed(histogram = "_seconds")]
fn underscore() {}

#[timed(histogram = "")]
fn empty() {}

#[timed(histogram = "1st_seconds")]
fn digit() {}

#[timed(histogram = "größe_seconds")]
fn umlaut() {}

fn main() {}
