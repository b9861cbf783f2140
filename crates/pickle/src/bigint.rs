//! Integers of any size.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The most decimal digits read or printed: CPython's `sys.int_info.default_max_str_digits`.
/// Converting takes time that grows with the square, so that a peer could stall us.
pub(crate) const MAX_DECIMAL_DIGITS: usize = 4300;

/// An integer of any size: Python's `int`.
///
/// Prints in decimal up to 4,300 digits, where CPython stops too, and as `0x...` beyond, which
/// Python reads back at any length.
///
/// ```
/// use mpconn_pickle::BigInt;
///
/// let big: BigInt = "1267650600228229401496703205376".parse()?;
/// assert_eq!(big, BigInt::from(1_i128 << 100));
/// assert_eq!(i128::try_from(&big), Ok(1_i128 << 100));
/// # Ok::<(), mpconn_pickle::ParseBigIntError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BigInt(Arc<num_bigint::BigInt>);

impl BigInt {
    pub(crate) fn wrap(value: num_bigint::BigInt) -> Self {
        BigInt(Arc::new(value))
    }

    pub(crate) fn is_unique(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    /// Its identity while a handle lives.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(crate) fn inner(&self) -> &num_bigint::BigInt {
        &self.0
    }

    /// From two's complement, least significant byte first: `int.from_bytes(b, "little", signed=True)`.
    pub fn from_signed_bytes_le(bytes: &[u8]) -> Self {
        BigInt::wrap(num_bigint::BigInt::from_signed_bytes_le(bytes))
    }

    /// As two's complement, least significant byte first, in as few bytes as hold it.
    pub fn to_signed_bytes_le(&self) -> Vec<u8> {
        self.0.to_signed_bytes_le()
    }

    /// Returns how many bytes [`to_signed_bytes_le`](Self::to_signed_bytes_le) has, or one more.
    pub(crate) fn length(&self) -> usize {
        usize::try_from(self.0.bits() / 8 + 1).unwrap_or(usize::MAX)
    }

    /// Whether it has no more than about 4,300 digits.
    pub(crate) fn prints_in_decimal(&self) -> bool {
        // 10^4300 has 14,285 bits: whatever has fewer is within the limit.
        const MAX_DECIMAL_BITS: u64 = 14_284;
        self.0.bits() <= MAX_DECIMAL_BITS
    }

    /// Reads digits of a base from 2 to 36, without underscores; of base 10 at most 4,300.
    pub(crate) fn parse(digits: &[u8], radix: u32) -> Result<Self, ParseBigIntError> {
        let significant = digits
            .iter()
            .filter(|digit| digit.is_ascii_alphanumeric())
            .count();
        if radix == 10 && significant > MAX_DECIMAL_DIGITS {
            return Err(ParseBigIntError::TooLong {
                digits: significant,
            });
        }
        let parsed = num_bigint::BigInt::parse_bytes(digits, radix);
        parsed.map(BigInt::wrap).ok_or(ParseBigIntError::NotANumber)
    }
}

/// Why a text is no [`BigInt`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseBigIntError {
    /// Something else than a sign and digits.
    #[error("not an integer: write an optional sign and digits")]
    NotANumber,
    /// More digits than CPython reads.
    #[error(
        "an integer of {digits} decimal digits: the limit is 4300, as in CPython; write it in \
         hexadecimal (0x...)"
    )]
    TooLong {
        /// How many there are.
        digits: usize,
    },
}

impl FromStr for BigInt {
    type Err = ParseBigIntError;

    /// Reads decimal digits, at most 4,300, with an optional sign.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        BigInt::parse(text.as_bytes(), 10)
    }
}

impl fmt::Display for BigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prints_in_decimal() {
            fmt::Display::fmt(self.inner(), f)
        } else {
            write!(f, "{:#x}", self.inner())
        }
    }
}

impl fmt::Debug for BigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A [`BigInt`] does not fit the type asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the integer does not fit this type: take a larger one, or BigInt")]
pub struct OutOfRange;

macro_rules! convert {
    ($($int:ty)*) => {$(
        impl From<$int> for BigInt {
            fn from(value: $int) -> Self {
                BigInt::wrap(value.into())
            }
        }

        impl TryFrom<&BigInt> for $int {
            type Error = OutOfRange;

            fn try_from(value: &BigInt) -> Result<Self, Self::Error> {
                <$int>::try_from(value.inner()).map_err(|_| OutOfRange)
            }
        }
    )*};
}
convert!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);
