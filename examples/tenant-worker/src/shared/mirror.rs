//! A server that answers a line with a line.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Asks it for something.
///
/// # Errors
///
/// It is not there, or closes the connection without an answer.
pub async fn request(server: SocketAddr, path: &str) -> Result<String> {
    let mut connection = BufReader::new(TcpStream::connect(server).await?);
    connection.write_all(format!("{path}\n").as_bytes()).await?;
    let mut answer = String::new();
    match connection.read_line(&mut answer).await? {
        0 => Err(Error::new(ErrorKind::UnexpectedEof, "there was no answer")),
        _ => Ok(answer.trim_end().to_owned()),
    }
}
