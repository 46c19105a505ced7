//! What `measure!` and `measure_stream!` refuse.

use metrics_runtime::{Label, measure, measure_stream};

#[derive(Clone, Copy, Label)]
enum Step {
    Draw,
}

fn number() -> Result<u32, std::num::ParseIntError> {
    "1".parse()
}

fn question_mark() -> Result<u32, std::num::ParseIntError> {
    Ok(measure!(#[timed(histogram = "a_seconds")] { number()? + 1 }))
}

fn early_return(number: u32) -> u32 {
    measure!(
        #[timed(histogram = "b_seconds")]
        {
            if number > 1 {
                return 1;
            }
            number
        }
    )
}

fn loops() {
    'outer: for number in 0..3 {
        measure!(
            #[timed(histogram = "c_seconds")]
            {
                for inner in 0..3 {
                    if inner > number {
                        break;
                    }
                    if inner == 1 {
                        break 'outer;
                    }
                }
                if number == 1 {
                    continue;
                }
            }
        );
    }
}

fn without_an_attribute() {
    measure!({ 1 });
}

fn with_another_attribute() {
    measure!(#[inline] #[timed(histogram = "d_seconds")] { 1 });
}

fn without_code() {
    measure!(#[timed(histogram = "e_seconds")]);
}

fn with_statements() {
    measure!(#[timed(histogram = "f_seconds")] let number = 1; number);
}

fn with_a_variable_alone(step: Step) {
    measure!(#[timed(histogram = "g_seconds", labels(step))] { 1 });
    measure!(#[timed(histogram = "g_seconds", labels(step))] |step| step == 1);
}

fn with_an_async_closure() {
    measure!(#[timed(histogram = "h_seconds")] async |number: u32| number);
}

fn with_items_of_no_stream() {
    measure!(#[counted(counter = "i_total", on = item)] { 1 });
}

#[metrics_runtime::counted(counter = "j_total", on = item)]
fn with_items_of_a_function() {}

fn with_labels_of_no_value(stream: Step) {
    measure_stream!(#[timed(histogram = "k_seconds", labels(step: Step = |item| *item))] stream);
    measure_stream!(#[observed(histogram = "k_rows", value = |item| *item)] stream);
}

fn with_a_refused_name(job_id: u64) {
    measure!(#[timed(histogram = "l_seconds", labels(job_id: u64 = job_id))] { 1 });
}

fn main() {}
