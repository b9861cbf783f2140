//! The opcodes of pickles, named as in CPython's `pickletools.opcodes`, with argument, protocol and
//! effect on the stack.

use self::Argument::*;
use self::StackItem as S;

/// Number of items that picklers put between a MARK and its APPENDS, SETITEMS or ADDITEMS:
/// `pickle._Pickler._BATCHSIZE`.
pub(crate) const BATCH_SIZE: u16 = 1000;

/// One opcode, as `pickletools.OpcodeInfo` describes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opcode {
    pub(crate) name: &'static str,
    pub(crate) code: u8,
    pub(crate) argument: Argument,
    /// The first protocol that has it.
    pub(crate) protocol: u8,
    /// What it pops from the stack, the top last.
    pub(crate) takes: &'static [StackItem],
    /// What it pushes, the top last.
    pub(crate) leaves: &'static [StackItem],
}

/// How the argument of an opcode is written in the pickle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument {
    Nothing,
    U1,
    U2,
    /// Little-endian and signed.
    I4,
    U4,
    U8,
    /// Big-endian, the only one.
    Float8,
    /// A line with a decimal number; `00` and `01` are `False` and `True`.
    DecimalLine,
    /// A line with a decimal number, and an `L` at the end if Python 2 wrote it.
    LongLine,
    /// A line with what `repr` of a float wrote.
    FloatLine,
    /// A line with a quoted string, escapes within.
    QuotedLine,
    /// A line of text in raw-unicode-escape.
    UnicodeLine,
    /// A line as it is.
    Line,
    /// Two lines as they are.
    TwoLines,
    /// Python 2's `str`, after a length of one byte.
    String1,
    /// Python 2's `str`, after a signed length of four bytes.
    String4,
    Bytes1,
    Bytes4,
    Bytes8,
    ByteArray8,
    /// UTF-8 that may hold surrogates, after a length of one byte.
    Text1,
    Text4,
    Text8,
    /// An integer, little-endian in two's complement, after a length of one byte.
    Long1,
    /// The same after a signed length of four bytes.
    Long4,
}

impl Argument {
    /// Returns the layout of the argument, which is enough to find its end.
    pub(crate) const fn layout(self) -> Layout {
        match self {
            Nothing => Layout::Fixed(0),
            U1 => Layout::Fixed(1),
            U2 => Layout::Fixed(2),
            I4 | U4 => Layout::Fixed(4),
            U8 | Float8 => Layout::Fixed(8),
            DecimalLine | LongLine | FloatLine | QuotedLine | UnicodeLine | Line => {
                Layout::Lines(1)
            }
            TwoLines => Layout::Lines(2),
            String1 | Bytes1 | Text1 | Long1 => Layout::Counted(1),
            Bytes4 | Text4 => Layout::Counted(4),
            String4 | Long4 => Layout::SignedCounted,
            Bytes8 | ByteArray8 | Text8 => Layout::Counted(8),
        }
    }

    /// The name that `pickletools` has for it; `None` for no argument.
    // The interop tests, which include this file, hold it against CPython's.
    #[allow(dead_code)]
    pub(crate) const fn name(self) -> Option<&'static str> {
        Some(match self {
            Nothing => return None,
            U1 => "uint1",
            U2 => "uint2",
            I4 => "int4",
            U4 => "uint4",
            U8 => "uint8",
            Float8 => "float8",
            DecimalLine => "decimalnl_short",
            LongLine => "decimalnl_long",
            FloatLine => "floatnl",
            QuotedLine => "stringnl",
            UnicodeLine => "unicodestringnl",
            Line => "stringnl_noescape",
            TwoLines => "stringnl_noescape_pair",
            String1 => "string1",
            String4 => "string4",
            Bytes1 => "bytes1",
            Bytes4 => "bytes4",
            Bytes8 => "bytes8",
            ByteArray8 => "bytearray8",
            Text1 => "unicodestring1",
            Text4 => "unicodestring4",
            Text8 => "unicodestring8",
            Long1 => "long1",
            Long4 => "long4",
        })
    }
}

/// The extent of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// That many bytes.
    Fixed(u8),
    /// That many lines, each with its end.
    Lines(u8),
    /// An unsigned length of that many bytes, then the content.
    Counted(u8),
    /// A signed length of four bytes, then the content.
    SignedCounted,
}

/// What an opcode pops or pushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StackItem {
    Mark,
    /// Everything above the mark.
    Slice,
    Any,
    None,
    Bool,
    Int,
    IntOrBool,
    Float,
    Str,
    Bytes,
    BytesOrStr,
    ByteArray,
    Buffer,
    Tuple,
    List,
    Dict,
    Set,
    FrozenSet,
}

impl StackItem {
    /// The name that `pickletools` has for it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            S::Mark => "mark",
            S::Slice => "stackslice",
            S::Any => "any",
            S::None => "None",
            S::Bool => "bool",
            S::Int => "int",
            S::IntOrBool => "int_or_bool",
            S::Float => "float",
            S::Str => "str",
            S::Bytes => "bytes",
            S::BytesOrStr => "bytes_or_str",
            S::ByteArray => "bytearray",
            S::Buffer => "buffer",
            S::Tuple => "tuple",
            S::List => "list",
            S::Dict => "dict",
            S::Set => "set",
            S::FrozenSet => "frozenset",
        }
    }
}

macro_rules! opcodes {
    ($($name:ident = $code:literal, $protocol:literal, $argument:ident,
       [$($takes:ident)*] => [$($leaves:ident)*];)*) => {
        $(pub(crate) const $name: u8 = $code;)*

        /// Every opcode, in the order of their codes.
        pub(crate) static OPCODES: &[Opcode] = &[
            $(Opcode {
                name: stringify!($name),
                code: $code,
                argument: $argument,
                protocol: $protocol,
                takes: &[$(S::$takes),*],
                leaves: &[$(S::$leaves),*],
            },)*
        ];

        /// Returns the name of an opcode, `"?"` if there is none.
        pub(crate) const fn name(code: u8) -> &'static str {
            match code {
                $($name => stringify!($name),)*
                _ => "?",
            }
        }
    };
}

/// Returns the opcode with this code, if there is one.
#[inline]
pub(crate) fn describe(code: u8) -> Option<&'static Opcode> {
    OPCODES.get(usize::from(PLACES[usize::from(code)]))
}

const NOWHERE: u8 = u8::MAX;

/// Index in `OPCODES` by code.
#[allow(clippy::cast_possible_truncation)] // There are far fewer than 255 of them.
static PLACES: [u8; 256] = {
    let mut places = [NOWHERE; 256];
    let mut at = 0;
    while at < OPCODES.len() {
        places[OPCODES[at].code as usize] = at as u8;
        at += 1;
    }
    places
};

opcodes! {
    MARK = b'(', 0, Nothing, [] => [Mark];
    EMPTY_TUPLE = b')', 1, Nothing, [] => [Tuple];
    STOP = b'.', 0, Nothing, [Any] => [];
    POP = b'0', 0, Nothing, [Any] => [];
    POP_MARK = b'1', 1, Nothing, [Mark Slice] => [];
    DUP = b'2', 0, Nothing, [Any] => [Any Any];
    BINBYTES = b'B', 3, Bytes4, [] => [Bytes];
    SHORT_BINBYTES = b'C', 3, Bytes1, [] => [Bytes];
    FLOAT = b'F', 0, FloatLine, [] => [Float];
    BINFLOAT = b'G', 1, Float8, [] => [Float];
    INT = b'I', 0, DecimalLine, [] => [IntOrBool];
    BININT = b'J', 1, I4, [] => [Int];
    BININT1 = b'K', 1, U1, [] => [Int];
    LONG = b'L', 0, LongLine, [] => [Int];
    BININT2 = b'M', 1, U2, [] => [Int];
    NONE = b'N', 0, Nothing, [] => [None];
    PERSID = b'P', 0, Line, [] => [Any];
    BINPERSID = b'Q', 1, Nothing, [Any] => [Any];
    REDUCE = b'R', 0, Nothing, [Any Any] => [Any];
    STRING = b'S', 0, QuotedLine, [] => [BytesOrStr];
    BINSTRING = b'T', 1, String4, [] => [BytesOrStr];
    SHORT_BINSTRING = b'U', 1, String1, [] => [BytesOrStr];
    UNICODE = b'V', 0, UnicodeLine, [] => [Str];
    BINUNICODE = b'X', 1, Text4, [] => [Str];
    EMPTY_LIST = b']', 1, Nothing, [] => [List];
    APPEND = b'a', 0, Nothing, [List Any] => [List];
    BUILD = b'b', 0, Nothing, [Any Any] => [Any];
    GLOBAL = b'c', 0, TwoLines, [] => [Any];
    DICT = b'd', 0, Nothing, [Mark Slice] => [Dict];
    APPENDS = b'e', 1, Nothing, [List Mark Slice] => [List];
    GET = b'g', 0, DecimalLine, [] => [Any];
    BINGET = b'h', 1, U1, [] => [Any];
    INST = b'i', 0, TwoLines, [Mark Slice] => [Any];
    LONG_BINGET = b'j', 1, U4, [] => [Any];
    LIST = b'l', 0, Nothing, [Mark Slice] => [List];
    OBJ = b'o', 1, Nothing, [Mark Any Slice] => [Any];
    PUT = b'p', 0, DecimalLine, [] => [];
    BINPUT = b'q', 1, U1, [] => [];
    LONG_BINPUT = b'r', 1, U4, [] => [];
    SETITEM = b's', 0, Nothing, [Dict Any Any] => [Dict];
    TUPLE = b't', 0, Nothing, [Mark Slice] => [Tuple];
    SETITEMS = b'u', 1, Nothing, [Dict Mark Slice] => [Dict];
    EMPTY_DICT = b'}', 1, Nothing, [] => [Dict];
    PROTO = 0x80, 2, U1, [] => [];
    NEWOBJ = 0x81, 2, Nothing, [Any Any] => [Any];
    EXT1 = 0x82, 2, U1, [] => [Any];
    EXT2 = 0x83, 2, U2, [] => [Any];
    EXT4 = 0x84, 2, I4, [] => [Any];
    TUPLE1 = 0x85, 2, Nothing, [Any] => [Tuple];
    TUPLE2 = 0x86, 2, Nothing, [Any Any] => [Tuple];
    TUPLE3 = 0x87, 2, Nothing, [Any Any Any] => [Tuple];
    NEWTRUE = 0x88, 2, Nothing, [] => [Bool];
    NEWFALSE = 0x89, 2, Nothing, [] => [Bool];
    LONG1 = 0x8a, 2, Long1, [] => [Int];
    LONG4 = 0x8b, 2, Long4, [] => [Int];
    SHORT_BINUNICODE = 0x8c, 4, Text1, [] => [Str];
    BINUNICODE8 = 0x8d, 4, Text8, [] => [Str];
    BINBYTES8 = 0x8e, 4, Bytes8, [] => [Bytes];
    EMPTY_SET = 0x8f, 4, Nothing, [] => [Set];
    ADDITEMS = 0x90, 4, Nothing, [Set Mark Slice] => [Set];
    FROZENSET = 0x91, 4, Nothing, [Mark Slice] => [FrozenSet];
    NEWOBJ_EX = 0x92, 4, Nothing, [Any Any Any] => [Any];
    STACK_GLOBAL = 0x93, 4, Nothing, [Str Str] => [Any];
    MEMOIZE = 0x94, 4, Nothing, [Any] => [Any];
    FRAME = 0x95, 4, U8, [] => [];
    BYTEARRAY8 = 0x96, 5, ByteArray8, [] => [ByteArray];
    NEXT_BUFFER = 0x97, 5, Nothing, [] => [Buffer];
    READONLY_BUFFER = 0x98, 5, Nothing, [Buffer] => [Buffer];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_opcode_is_found_by_its_code() {
        assert_eq!(OPCODES.len(), 68);
        assert!(OPCODES.is_sorted_by_key(|opcode| opcode.code));
        for code in 0..=u8::MAX {
            let known = OPCODES.iter().find(|opcode| opcode.code == code);
            assert_eq!(
                describe(code).map(|opcode| opcode.code),
                known.map(|o| o.code)
            );
            assert_eq!(name(code), known.map_or("?", |opcode| opcode.name));
        }
    }

    #[test]
    fn arguments_are_of_the_width_in_their_name() {
        for opcode in OPCODES {
            let name = opcode.argument.name().unwrap_or("0");
            let digit = name
                .bytes()
                .last()
                .filter(u8::is_ascii_digit)
                .map(|d| d - b'0');
            match opcode.argument.layout() {
                Layout::Fixed(width) | Layout::Counted(width) => assert_eq!(digit, Some(width)),
                Layout::SignedCounted => assert_eq!(digit, Some(4)),
                Layout::Lines(lines) => {
                    assert_eq!(lines == 2, name.ends_with("_pair"));
                    assert!(name.contains("nl"));
                }
            }
        }
    }

    #[test]
    fn a_slice_is_what_stands_above_a_mark() {
        for opcode in OPCODES {
            assert_eq!(
                opcode.takes.contains(&S::Mark),
                opcode.takes.last() == Some(&S::Slice),
                "{}",
                opcode.name
            );
        }
    }
}
