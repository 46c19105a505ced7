use metrics_runtime::timed;

#[timed(histogram = "a_seconds", objective(percent = 100, under = 1))]
fn all() {}

#[timed(histogram = "b_seconds", objective(percent = 0, under = 1))]
fn none() {}

#[timed(histogram = "c_seconds", objective(percent = -99, under = 1))]
fn negative() {}

#[timed(histogram = "d_seconds", objective(percent = 0.99, under = 1))]
fn a_share() {}

#[timed(histogram = "e_seconds", objective(percent = "99", under = 1))]
fn quoted() {}

#[timed(histogram = "f_seconds", objective(percent = 99%, under = 1))]
fn with_a_sign() {}

#[timed(histogram = "g_seconds", objective(percent = 99pct, under = 1))]
fn with_a_unit() {}

const PERCENT: f64 = 99.0;

#[timed(histogram = "h_seconds", objective(percent = PERCENT, under = 1))]
fn a_constant() {}

#[timed(histogram = "i_seconds", objective(percent = 1e999, under = 1))]
fn too_large() {}

fn main() {}
