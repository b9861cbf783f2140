//! `complex`, `decimal.Decimal` and `fractions.Fraction`.

use std::fmt;
use std::str::FromStr;

use super::arguments::Arguments;
use super::expect::{instance_of, unexpected};
use crate::{BigInt, Class, Instance, PickleError, Value};

/// `complex`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Complex {
    /// `z.real`.
    pub real: f64,
    /// `z.imag`.
    pub imag: f64,
}

impl From<Complex> for Value {
    fn from(value: Complex) -> Self {
        Value::Complex(value.real, value.imag)
    }
}

impl TryFrom<&Value> for Complex {
    type Error = PickleError;

    /// Accepts a `float` too.
    fn try_from(value: &Value) -> Result<Self, PickleError> {
        match value {
            Value::Complex(real, imag) => Ok(Complex {
                real: *real,
                imag: *imag,
            }),
            Value::Float(real) => Ok(Complex {
                real: *real,
                imag: 0.0,
            }),
            _ => Err(unexpected(value, "complex")),
        }
    }
}

/// `decimal.Decimal`: a decimal number of any precision, an infinity or NaN, in Python's form
/// (`str(d)`). `-0`, trailing zeros and payloads of NaN are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal(String);

impl Decimal {
    #[cfg(feature = "rust_decimal")]
    pub(super) fn zero() -> Self {
        Decimal("0".into())
    }

    /// Returns the digits: `str(d)`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the nearest `f64`: `float(d)`. `None` for a signalling NaN, which Python refuses
    /// too.
    pub fn to_f64(&self) -> Option<f64> {
        let unsigned = self.0.trim_start_matches(['+', '-']).to_ascii_lowercase();
        if unsigned.starts_with("snan") {
            return None;
        }
        if unsigned.starts_with("nan") {
            return Some(f64::NAN);
        }
        self.0.parse().ok()
    }
}

/// Parses text as Python's `Decimal(text)` does, without underscores and spaces.
impl FromStr for Decimal {
    type Err = PickleError;

    fn from_str(text: &str) -> Result<Self, PickleError> {
        if is_decimal(text) {
            return Ok(Decimal(text.to_owned()));
        }
        let shown: String = text.chars().take(40).collect();
        Err(PickleError::new(format!(
            "not a decimal number: {shown:?}; write it as 1.50, -2E+3, NaN or Infinity"
        )))
    }
}

/// sign? (digits ("." digits?)? | "." digits) (e sign? digits)? | inf | infinity | s?nan digits?
fn is_decimal(text: &str) -> bool {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = body.to_ascii_lowercase();
    if lower == "inf" || lower == "infinity" {
        return true;
    }
    if let Some(payload) = lower
        .strip_prefix('s')
        .unwrap_or(&lower)
        .strip_prefix("nan")
    {
        return all_digits(payload);
    }
    let (mantissa, exponent) = match lower.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (&*lower, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    let some_digit = !whole.is_empty() || !fraction.is_empty();
    some_digit && all_digits(whole) && all_digits(fraction) && exponent_fits
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Decimal> for Value {
    fn from(value: Decimal) -> Self {
        Instance::call(Class::new("decimal", "Decimal"), vec![value.0.into()]).into()
    }
}

impl TryFrom<&Value> for Decimal {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        Arguments::of(instance_of(value, "decimal", "Decimal")?)
            .text()?
            .parse()
    }
}

/// `fractions.Fraction`: numerator and denominator.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fraction {
    numerator: BigInt,
    denominator: BigInt,
}

impl Fraction {
    /// Returns `None` if the denominator is not positive. Does not reduce the fraction; Python
    /// does.
    pub fn new(numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> Option<Self> {
        let (numerator, denominator) = (numerator.into(), denominator.into());
        (denominator > BigInt::from(0)).then_some(Fraction {
            numerator,
            denominator,
        })
    }

    /// Returns `fraction.numerator`.
    pub fn numerator(&self) -> &BigInt {
        &self.numerator
    }

    /// Returns `fraction.denominator`.
    pub fn denominator(&self) -> &BigInt {
        &self.denominator
    }
}

/// Writes `str(fraction)`: `1/3`, or `2` where the denominator is 1.
impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator == BigInt::from(1) {
            return write!(f, "{}", self.numerator);
        }
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

/// Writes text, which every Python accepts. Python 3.12 and later write two numbers themselves.
impl From<Fraction> for Value {
    fn from(value: Fraction) -> Self {
        let class = Class::new("fractions", "Fraction");
        Instance::call(class, vec![value.to_string().into()]).into()
    }
}

impl TryFrom<&Value> for Fraction {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let mut arguments = Arguments::of(instance_of(value, "fractions", "Fraction")?);
        let fraction = match arguments.next()? {
            Value::Str(text) => {
                let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
                let parts = numerator.trim().parse::<BigInt>();
                let parts = parts.ok().zip(denominator.trim().parse::<BigInt>().ok());
                parts.and_then(|(numerator, denominator)| Fraction::new(numerator, denominator))
            }
            number => big_int(number)
                .zip(arguments.optional().map_or(Some(1.into()), big_int))
                .and_then(|(numerator, denominator)| Fraction::new(numerator, denominator)),
        };
        fraction.ok_or_else(|| arguments.refuse("a numerator and a denominator"))
    }
}

pub(super) fn big_int(value: &Value) -> Option<BigInt> {
    match value {
        Value::Int(value) => Some((*value).into()),
        Value::BigInt(value) => Some(value.clone()),
        _ => None,
    }
}
