//! An image, as the server sent it.

/// A PNG that has been read to its end, so it is whole.
#[derive(Debug)]
pub struct Image {
    pub width: u32,
    pub height: u32,
    pub png: Vec<u8>,
}

impl Image {
    /// Decodes the whole file: a download that broke off is an error here, and not in the video.
    pub fn from_png(bytes: Vec<u8>) -> Result<Self, png::DecodingError> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info()?;
        while reader.next_row()?.is_some() {}
        let (width, height) = (reader.info().width, reader.info().height);
        Ok(Self { width, height, png: bytes })
    }
}
