use metrics_runtime::{Label, counted};

// A text cannot give the fields.
#[derive(Label)]
#[label(ignore_fields, from_str)]
enum Event {
    Ping,
    Text(String),
}

#[derive(Label)]
#[label(ignore_fields = true)]
enum Valued {
    Text(String),
}

// The word is missing; that the enum is generic is no mistake of its own.
#[derive(Label)]
enum Without<T> {
    Ping,
    Text(T),
    Many { items: Vec<T> },
}

#[derive(Label)]
enum AtTheVariant {
    #[label(ignore_fields)]
    Text(String),
}

#[derive(Label)]
#[label(ignore_fields)]
enum Either<T> {
    One(T),
    Other,
}

// A label has a concrete type.
#[counted(counter = "either_total", labels(either))]
fn handle<T>(either: Either<T>) {
    let _ = either;
}

fn main() {}
