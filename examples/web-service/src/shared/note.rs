//! A note, and the SQL that keeps it.

use rusqlite::{Connection, Result, Row, Transaction};
use serde::{Deserialize, Serialize};

/// A note as the database has it.
#[derive(Clone, Debug, Serialize)]
pub struct Note {
    /// Its number, from 1 on.
    pub id: i64,
    /// What it says.
    pub text: String,
}

/// A note that has no number yet.
#[derive(Clone, Debug, Deserialize)]
pub struct NewNote {
    /// What it says.
    pub text: String,
}

pub(crate) const SCHEMA: &str = "create table if not exists notes (id integer primary key, text text not null)";

pub(crate) const ALL: &str = "select id, text from notes order by id";

impl Note {
    pub(crate) fn of(row: &Row<'_>) -> Result<Self> {
        Ok(Self { id: row.get(0)?, text: row.get(1)? })
    }
}

/// Writes one note.
///
/// # Errors
///
/// The database cannot be written.
pub fn insert(database: &Connection, note: NewNote) -> Result<Note> {
    database.execute("insert into notes (text) values (?1)", [&note.text])?;
    Ok(Note { id: database.last_insert_rowid(), text: note.text })
}

/// Writes many notes, or none of them.
///
/// # Errors
///
/// The database cannot be written.
pub fn insert_all(database: &Connection, notes: Vec<NewNote>) -> Result<Vec<Note>> {
    let transaction = Transaction::new_unchecked(database, rusqlite::TransactionBehavior::Immediate)?;
    let notes = notes.into_iter().map(|note| insert(&transaction, note)).collect::<Result<_>>()?;
    transaction.commit()?;
    Ok(notes)
}

/// Reads one note.
///
/// # Errors
///
/// There is no such note, or the database cannot be read.
pub fn find(database: &Connection, id: i64) -> Result<Note> {
    database.query_row("select id, text from notes where id = ?1", [id], Note::of)
}

/// Reads all notes.
///
/// # Errors
///
/// The database cannot be read.
pub fn list(database: &Connection) -> Result<Vec<Note>> {
    database.prepare(ALL)?.query_map([], Note::of)?.collect()
}

/// Counts all notes, for which SQLite has to look at each of them.
///
/// # Errors
///
/// The database cannot be read.
pub fn count(database: &Connection) -> Result<u32> {
    database.query_row("select count(*) from notes", [], |row| row.get(0))
}

/// Removes one note.
///
/// # Errors
///
/// There is no such note, or the database cannot be written.
pub fn delete(database: &Connection, id: i64) -> Result<()> {
    match database.execute("delete from notes where id = ?1", [id])? {
        0 => Err(rusqlite::Error::QueryReturnedNoRows),
        _ => Ok(()),
    }
}
