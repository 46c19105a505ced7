//! A strict reader of Protocol Buffers. It knows only what the specification says, and nothing of the writer.

/// The fields of a message: their numbers, and their bytes. A number that is written in as few bytes as it needs has those bytes.
pub(crate) fn fields(mut message: &[u8]) -> Vec<(u64, &[u8])> {
    let mut fields = Vec::new();
    while !message.is_empty() {
        let tag = varint(&mut message);
        let length = match tag & 7 {
            0 => {
                let mut rest = message;
                varint(&mut rest);
                message.len() - rest.len()
            }
            1 => 8,
            2 => usize::try_from(varint(&mut message)).expect("a length fits into memory"),
            kind => panic!("a field of the kind {kind}"),
        };
        let (field, rest) = message.split_at_checked(length).expect("the message has all of the field");
        assert!(tag >> 3 > 0, "a field has a number");
        fields.push((tag >> 3, field));
        message = rest;
    }
    fields
}

/// The messages in a field.
pub(crate) fn messages(message: &[u8], number: u64) -> impl Iterator<Item = &[u8]> {
    fields(message).into_iter().filter(move |(found, _)| *found == number).map(|(_, field)| field)
}

fn varint(message: &mut &[u8]) -> u64 {
    let mut number = 0;
    for at in 0..10 {
        let (byte, rest) = message.split_first().expect("the number ends");
        *message = rest;
        number |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            assert!(at == 0 || *byte > 0, "a number is as short as it can be");
            return number;
        }
    }
    panic!("a number is too long")
}
