//! What `#[observed]` refuses.

use metrics_runtime::observed;

#[observed(histogram = "a_rows")]
fn without_a_value() -> u32 {
    1
}

#[observed(value = |rows| *rows)]
fn without_a_name() -> u32 {
    1
}

#[observed(histogram = "c_total", value = |rows| *rows)]
fn with_the_name_of_a_counter() -> u32 {
    1
}

#[observed(histogram = "d_kilobytes", value = |rows| *rows)]
fn with_a_scaled_unit() -> u32 {
    1
}

#[observed(histogram = "e_rows", value)]
fn with_an_empty_value() -> u32 {
    1
}

#[observed(histogram = "f_rows", value = |rows, more| *rows)]
fn with_two_parameters() -> u32 {
    1
}

#[observed(histogram = "g_rows", value = || 1)]
fn with_no_parameter() -> u32 {
    1
}

#[observed(histogram = "h_rows", value = async |rows| *rows)]
fn that_waits() -> u32 {
    1
}

#[observed(histogram = "i_rows", value = |rows| -> u32 { *rows })]
fn with_a_type() -> u32 {
    1
}

#[observed(histogram = "j_rows", value = { return 1 })]
fn that_returns() -> u32 {
    1
}

#[observed(histogram = "k_rows", value = rows.len(), labels(outcome))]
fn with_an_outcome_at_the_start(rows: &[u8]) {
    let _ = rows;
}

#[observed(histogram = "l_rows", value = rows.len(), labels(many: bool = |rows| *rows > 1))]
fn with_a_label_of_the_end_at_the_start(rows: &[u8]) -> usize {
    rows.len()
}

#[observed(histogram = "m_rows", value = |never| *never)]
fn that_never_returns() -> ! {
    loop {}
}

#[observed(counter = "n_total", value = |rows| *rows)]
fn with_a_counter() -> u32 {
    1
}

#[observed(histogram = "o_rows", value = |rows| *rows, objective(percent = 99))]
fn with_an_objective() -> u32 {
    1
}

#[observed(histogram = "p_rows", vlaue = |rows| *rows)]
fn with_a_misspelt_option() -> u32 {
    1
}

#[observed(histogram = "q_rows", value = |rows| *rows)]
#[observed(histogram = "q_rows", value = |rows| *rows)]
fn twice() -> u32 {
    1
}

#[metrics_runtime::timed(histogram = "r_size_bytes")]
fn timed_with_another_unit() {}

fn main() {}
