//! The Rust types that can be elements of arrays.

use super::dtype::{Dtype, DtypeKind};

/// A type of array elements: integers of 8 to 64 bits, `f32`, `f64`, `bool`, and complex numbers as
/// `[f32; 2]` and `[f64; 2]`.
///
/// Dates and durations are read as `i64`.
pub trait NumpyElement: Copy + private::Sealed {}

pub(super) mod private {
    use super::{Dtype, DtypeKind};

    // A sealed trait may use private items.
    #[cfg(feature = "numpy")]
    pub trait InMemory: bytemuck::CheckedBitPattern {}
    #[cfg(feature = "numpy")]
    impl<T: bytemuck::CheckedBitPattern> InMemory for T {}
    #[cfg(not(feature = "numpy"))]
    pub trait InMemory {}
    #[cfg(not(feature = "numpy"))]
    impl<T> InMemory for T {}

    pub trait Sealed: InMemory + Sized + 'static {
        const KIND: DtypeKind;

        /// Reads an element from exactly its bytes.
        fn read(bytes: &[u8], big_endian: bool) -> Option<Self>;

        /// Appends the element in the byte order of this machine.
        fn write(self, out: &mut Vec<u8>);

        fn reads(dtype: &Dtype) -> bool {
            let counts = Self::KIND == DtypeKind::Int
                && matches!(dtype.kind(), DtypeKind::Datetime | DtypeKind::Timedelta);
            (dtype.kind() == Self::KIND || counts) && dtype.itemsize() == size_of::<Self>()
        }

        fn dtype() -> Dtype {
            Dtype::simple(Self::KIND, size_of::<Self>(), cfg!(target_endian = "big"))
        }
    }

    macro_rules! elements {
        ($($rust:ty => $kind:ident;)*) => {$(
            impl Sealed for $rust {
                const KIND: DtypeKind = DtypeKind::$kind;

                #[inline]
                fn read(bytes: &[u8], big_endian: bool) -> Option<Self> {
                    let bytes = bytes.try_into().ok()?;
                    Some(match big_endian {
                        true => <$rust>::from_be_bytes(bytes),
                        false => <$rust>::from_le_bytes(bytes),
                    })
                }

                #[inline]
                fn write(self, out: &mut Vec<u8>) {
                    out.extend_from_slice(&self.to_ne_bytes());
                }
            }

            impl super::NumpyElement for $rust {}
        )*};
    }
    elements! {
        i8 => Int;
        i16 => Int;
        i32 => Int;
        i64 => Int;
        u8 => Uint;
        u16 => Uint;
        u32 => Uint;
        u64 => Uint;
        f32 => Float;
        f64 => Float;
    }

    impl Sealed for bool {
        const KIND: DtypeKind = DtypeKind::Bool;

        fn read(bytes: &[u8], _: bool) -> Option<Self> {
            match bytes {
                [byte] => Some(*byte != 0),
                _ => None,
            }
        }

        fn write(self, out: &mut Vec<u8>) {
            out.push(self.into());
        }
    }

    impl super::NumpyElement for bool {}

    macro_rules! complex {
        ($($part:ty)*) => {$(
            impl Sealed for [$part; 2] {
                const KIND: DtypeKind = DtypeKind::Complex;

                fn read(bytes: &[u8], big_endian: bool) -> Option<Self> {
                    let (real, imag) = bytes.split_at_checked(size_of::<$part>())?;
                    let part = |bytes| <$part as Sealed>::read(bytes, big_endian);
                    Some([part(real)?, part(imag)?])
                }

                fn write(self, out: &mut Vec<u8>) {
                    for part in self {
                        part.write(out);
                    }
                }
            }

            impl super::NumpyElement for [$part; 2] {}
        )*};
    }
    complex!(f32 f64);
}
