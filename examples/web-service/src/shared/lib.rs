//! What the two programs of this example share: notes in SQLite, and no metrics.

mod note;
mod pool;
mod rows;
mod settings;

pub use note::{NewNote, Note, count, delete, find, insert, insert_all, list};
pub use pool::{Lent, Pool};
pub use rows::{Rows, rows};
pub use settings::Settings;
