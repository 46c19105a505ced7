use metrics_runtime::declare_metrics;

declare_metrics! {
    /// A counter is always the sum.
    counter COUNTED = "counted_total", join = sum;
}

declare_metrics! {
    /// So is a histogram.
    histogram TIMED = "timed_seconds", join = max;
}

declare_metrics! {
    /// There is no such way.
    gauge AVERAGE = "average", join = average;
}

declare_metrics! {
    /// A slip.
    gauge LARGEST = "largest", join = maxx;
}

declare_metrics! {
    /// A word in quotes.
    gauge QUOTED = "quoted", join = "max";
}

declare_metrics! {
    /// No value.
    gauge EMPTY = "empty", join;
}

declare_metrics! {
    /// Twice.
    gauge TWICE = "twice", join = max, join = min;
}

declare_metrics! {
    /// The option itself is misspelt.
    gauge MISSPELT = "misspelt", joins = max;
}

fn main() {}
