//! The notes one after the other, for an export that is larger than memory.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use rusqlite::Result;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::Lent;
use crate::note::{ALL, Note};

/// How many notes are read before the client has taken them.
const AHEAD: usize = 16;

/// A stream of notes.
#[derive(Debug)]
pub struct Rows {
    notes: Receiver<Result<Note>>,
}

/// Reads all notes, as fast as the stream is read.
#[must_use]
pub fn rows(lent: Lent) -> Rows {
    let (sender, notes) = channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        if let Err(error) = send_all(lent.connection(), &sender) {
            // If nobody reads the stream any more, nobody wants to know.
            let _ = sender.blocking_send(Err(error));
        }
    });
    Rows { notes }
}

fn send_all(database: &rusqlite::Connection, sender: &Sender<Result<Note>>) -> Result<()> {
    for note in database.prepare(ALL)?.query_map([], Note::of)? {
        if sender.blocking_send(Ok(note?)).is_err() {
            break;
        }
    }
    Ok(())
}

impl Stream for Rows {
    type Item = Result<Note>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Note>>> {
        self.notes.poll_recv(context)
    }
}
