//! An image from the server.

/// A PNG that has been read to its end, so it is complete.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) png: Vec<u8>,
}

impl Image {
    /// Decodes the whole file: an incomplete download is an error here, and not later in the video.
    pub(crate) fn from_png(bytes: Vec<u8>) -> Result<Self, png::DecodingError> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info()?;
        while reader.next_row()?.is_some() {}
        let (width, height) = (reader.info().width, reader.info().height);
        Ok(Self { width, height, png: bytes })
    }
}
