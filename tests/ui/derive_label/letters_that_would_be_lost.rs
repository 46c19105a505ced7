use metrics_runtime::Label;

#[derive(Clone, Copy, Label)]
enum Size {
    Größe,
    Ä,
    #[label(rename = "änderung")]
    Änderung,
}

fn main() {}
