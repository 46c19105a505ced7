//! An image from the server.

use super::error::ComfyError;

/// The largest width and height. A file of a few bytes can hold far more pixels than any machine decodes in time.
const MAX_SIDE: u32 = 16_384;

/// A PNG that has been read to its end, so it is complete.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) png: Vec<u8>,
}

impl Image {
    /// Decodes the whole file: an incomplete download is an error here, and not later in the video.
    pub(crate) fn from_png(bytes: Vec<u8>) -> Result<Self, ComfyError> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info()?;
        let (width, height) = (reader.info().width, reader.info().height);
        if width.max(height) > MAX_SIDE {
            return Err(ComfyError::Size { width, height });
        }
        while reader.next_row()?.is_some() {}
        Ok(Self { width, height, png: bytes })
    }
}
