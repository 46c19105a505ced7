use metrics_runtime::timed;

#[timed(histogram = "a_seconds", objective(under = 1))]
fn no_percent() {}

#[timed(histogram = "b_seconds", objective())]
fn nothing() {}

#[timed(histogram = "c_seconds", objective = 99)]
fn no_list() {}

#[timed(histogram = "d_seconds", objective(99, 1))]
fn no_names() {}

#[timed(histogram = "e_seconds", objective(percent = 99, undr = 1))]
fn misspelt() {}

#[timed(histogram = "f_seconds", objective(percent = 99, window = 30))]
fn unknown() {}

#[timed(histogram = "g_seconds", objective(percent = 99, under = 1, percent = 98))]
fn twice() {}

#[timed(histogram = "h_seconds", objective(percent = 99, under = 1), objective(percent = 98, under = 10))]
fn two_objectives() {}

#[timed(histogram = "i_seconds", objective(percent, under = 1))]
fn no_value() {}

fn main() {}
