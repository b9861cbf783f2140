use crate::pickle_next::opcode as op;
use crate::pickle_next::write::encoder::Encoder;
use crate::pickle_next::{Error, Protocol, Result, Value};

pub(super) fn class(encoder: &mut Encoder<'_>, module: &str, qualname: &str) -> Result<u32> {
    if encoder.protocol() < Protocol::V4 {
        encoder.global(module, qualname);
    } else {
        encoder.text(module.as_bytes())?;
        encoder.memoize();
        encoder.text(qualname.as_bytes())?;
        encoder.memoize();
        encoder.op(op::STACK_GLOBAL);
    }
    Ok(encoder.memoize())
}

pub(super) fn bytes(encoder: &mut Encoder<'_>, bytes: &[u8]) -> Result<()> {
    if encoder.protocol() > Protocol::V2 {
        return encoder.bytes(bytes);
    }
    encoder.global("_codecs", "encode");
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    encoder.text(text.as_bytes())?;
    encoder.text(b"latin1")?;
    encoder.end_tuple(2);
    encoder.op(op::REDUCE);
    Ok(())
}

pub(super) fn byte_array(encoder: &mut Encoder<'_>, bytes: &[u8]) -> Result<()> {
    encoder.byte_array(bytes);
    Ok(())
}

pub(super) fn value(_: &mut Encoder<'_>, _: &Value) -> Result<()> {
    Err(Error::new("not yet"))
}
