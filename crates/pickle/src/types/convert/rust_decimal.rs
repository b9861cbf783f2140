//! Conversions from and to `rust_decimal`.

use ::rust_decimal::Decimal as Theirs;

use crate::PickleError;
use crate::types::Decimal;

impl From<Theirs> for Decimal {
    /// Keeps trailing zeros: `1.50`.
    fn from(number: Theirs) -> Self {
        // Its text has digits and a point only.
        let text = number.to_string();
        text.parse().unwrap_or_else(|_| Decimal::zero())
    }
}

impl TryFrom<&Decimal> for Theirs {
    type Error = PickleError;

    /// Fails if digits would be lost (more than 28 decimal places or 96 bits), and for infinities
    /// and NaN.
    fn try_from(number: &Decimal) -> Result<Self, PickleError> {
        let text = number.as_str();
        let exact = Theirs::from_str_exact(text).ok();
        // rust_decimal does not parse every exponent exactly: compare what it prints.
        let scientific = || {
            let read = Theirs::from_scientific(text).ok()?;
            same(&Decimal::from(read), number).then_some(read)
        };
        exact.or_else(scientific).ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            PickleError::new(format!(
                "Decimal('{shown}') does not fit rust_decimal: read it as types::Decimal"
            ))
        })
    }
}

/// Returns whether both are the same number; `plain` has no exponent.
fn same(plain: &Decimal, other: &Decimal) -> bool {
    parts(plain.as_str()) == parts(other.as_str())
}

/// Returns sign, digits without outer zeros, and the exponent of the last digit.
fn parts(text: &str) -> Option<(bool, String, i64)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let negative = mantissa.starts_with('-');
    let mantissa = mantissa.trim_start_matches(['-', '+']);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let trimmed = digits.trim_end_matches('0');
    let zeros = i64::try_from(digits.len() - trimmed.len()).ok()?;
    let power = exponent - i64::try_from(fraction.len()).ok()? + zeros;
    let significant = trimmed.trim_start_matches('0').to_owned();
    match significant.is_empty() {
        true => Some((false, significant, 0)),
        false => Some((negative, significant, power)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Decimal, Theirs};

    #[test]
    fn what_fits_goes_there_and_back() {
        for text in ["0", "1.50", "-12.345", "79228162514264337593543950335"] {
            let ours: Decimal = text.parse().unwrap();
            let theirs = Theirs::try_from(&ours).unwrap();
            assert_eq!(Decimal::from(theirs), ours);
        }
        let million: Decimal = "1E+6".parse().unwrap();
        assert_eq!(Theirs::try_from(&million).unwrap(), Theirs::from(1_000_000));
        let small: Decimal = "-1.5e-3".parse().unwrap();
        assert_eq!(Theirs::try_from(&small).unwrap().to_string(), "-0.0015");
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        for text in [
            "NaN",
            "Infinity",
            "1E+30",
            "1E-30",
            "1E+999999999999",
            "123456789012345678901234567890.123456789",
            "0.00000000000000000000000000001",
            "1.23456789012345678901234567890123E-5",
        ] {
            let ours: Decimal = text.parse().unwrap();
            assert!(Theirs::try_from(&ours).is_err(), "{text}");
        }
    }
}
