fn main() {
    println!("{}", sample::in_a_macro());
}
