//! Conversions from and to the crate `uuid`.

use crate::types::Uuid;

impl From<::uuid::Uuid> for Uuid {
    fn from(uuid: ::uuid::Uuid) -> Self {
        Uuid::from_u128(uuid.as_u128())
    }
}

impl From<Uuid> for ::uuid::Uuid {
    fn from(uuid: Uuid) -> Self {
        ::uuid::Uuid::from_u128(uuid.as_u128())
    }
}

#[cfg(test)]
mod tests {
    use super::Uuid;

    #[test]
    fn there_and_back() {
        let text = "12345678-1234-5678-1234-567812345678";
        let ours: Uuid = text.parse().unwrap();
        let theirs = ::uuid::Uuid::from(ours);
        assert_eq!(theirs.to_string(), text);
        assert_eq!(Uuid::from(theirs), ours);
    }
}
