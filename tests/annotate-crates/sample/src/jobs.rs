use std::collections::VecDeque;

/// What waits.
#[derive(Default)]
pub struct Queue<T>(VecDeque<T>);

impl<T> Queue<T> {
    /// Adds one.
    pub async fn push(&mut self, job: T) -> usize {
        self.0.push_back(job);
        self.0.len()
    }

    /// Takes one.
    pub async fn pop(&mut self) -> Option<T> {
        self.0.pop_front()
    }
}

impl<T> Drop for Queue<T> {
    fn drop(&mut self) {}
}
