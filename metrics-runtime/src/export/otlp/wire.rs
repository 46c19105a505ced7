//! The wire format of Protocol Buffers, as far as OTLP needs it: <https://protobuf.dev/programming-guides/encoding/>.
//!
//! It is written by hand, because that leaves the smallest tree of dependencies: `prost` with derived messages would add 5 crates,
//! and `opentelemetry-proto` 14. The tests read its bytes with `opentelemetry-proto`.

/// The types of fields on the wire.
const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const LENGTH_DELIMITED: u64 = 2;
const FIXED32: u64 = 5;

/// A message that is being written.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn varint(&mut self, field: u64, value: u64) {
        self.tag(field, VARINT);
        self.number(value);
    }

    pub(super) fn fixed64(&mut self, field: u64, value: u64) {
        self.tag(field, FIXED64);
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn double(&mut self, field: u64, value: f64) {
        self.fixed64(field, value.to_bits());
    }

    /// An empty text is the default, which is left out.
    pub(super) fn text(&mut self, field: u64, value: &str) {
        if !value.is_empty() {
            self.message(field, |message| message.raw(value.as_bytes()));
        }
    }

    /// A repeated field of numbers with 64 bits. Without numbers it is left out.
    pub(super) fn packed(&mut self, field: u64, values: impl IntoIterator<Item = u64>) {
        let mut values = values.into_iter().peekable();
        if values.peek().is_some() {
            self.message(field, |message| message.0.extend(values.flat_map(u64::to_le_bytes)));
        }
    }

    /// The content of a text or of bytes.
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }

    /// A message in the message.
    pub(super) fn message(&mut self, field: u64, write: impl FnOnce(&mut Self)) {
        self.tag(field, LENGTH_DELIMITED);
        let start = self.0.len();
        write(self);
        let end = self.0.len();
        // The length stands before the content, and is known after it.
        self.number((end - start) as u64);
        let length = self.0.len() - end;
        self.0[start..].rotate_right(length);
    }

    fn tag(&mut self, field: u64, kind: u64) {
        self.number(field << 3 | kind);
    }

    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            #[expect(clippy::cast_possible_truncation, reason = "the lowest seven bits are meant")]
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        #[expect(clippy::cast_possible_truncation, reason = "it is less than 0x80")]
        self.0.push(value as u8);
    }
}

/// A field of a message.
#[derive(Debug, PartialEq)]
pub(super) enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message with their numbers; `None` if the bytes are not a message.
pub(super) fn fields(mut bytes: &[u8]) -> Option<Vec<(u64, Field<'_>)>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let tag = take_number(&mut bytes)?;
        let field = match tag & 7 {
            VARINT => Field::Number(take_number(&mut bytes)?),
            FIXED64 => Field::Bytes(take(&mut bytes, 8)?),
            FIXED32 => Field::Bytes(take(&mut bytes, 4)?),
            LENGTH_DELIMITED => {
                let length = take_number(&mut bytes)?;
                Field::Bytes(take(&mut bytes, usize::try_from(length).ok()?)?)
            }
            _ => return None,
        };
        match tag >> 3 {
            0 => return None,
            number => fields.push((number, field)),
        }
    }
    Some(fields)
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for at in 0..10 {
        let byte = take(bytes, 1)?[0];
        number |= u64::from(byte & 0x7f) << (7 * at);
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let long = "x".repeat(300);
        let mut writer = Writer::default();
        writer.varint(1, u64::MAX);
        writer.message(2, |message| {
            message.text(1, &long);
            message.text(2, "");
        });
        writer.double(300, 1.5);
        writer.packed(4, []);
        writer.packed(5, [1, 2]);
        let bytes = writer.into_bytes();
        let read = fields(&bytes).expect("it is a message");
        let [
            (1, Field::Number(u64::MAX)),
            (2, Field::Bytes(inner)),
            (300, Field::Bytes(double)),
            (5, Field::Bytes(packed)),
        ] = read[..]
        else {
            panic!("{read:?}")
        };
        assert_eq!(fields(inner), Some(vec![(1, Field::Bytes(long.as_bytes()))]));
        assert_eq!(double, 1.5_f64.to_le_bytes());
        assert_eq!(packed.len(), 16);
    }

    #[test]
    fn any_bytes_are_a_message_or_not() {
        assert_eq!(fields(b""), Some(vec![]));
        for bytes in [
            &b"<html>"[..],
            b"\x0a\xff",
            b"\x08",
            b"\x00\x01",
            &[0xff; 20],
            b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        ] {
            assert_eq!(fields(bytes), None, "{bytes:?}");
        }
    }
}
