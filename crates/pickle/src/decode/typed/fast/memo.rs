//! The memo: what GETs fetch.

use super::super::context::FREE_TEXT;

/// An entry of the memo.
#[derive(Clone, Copy)]
pub(super) enum Known<'de> {
    Text(&'de str),
    Bytes(&'de [u8]),
    /// Its number among the classes.
    Class(usize),
    /// A container or instance, which cannot be read twice.
    Object,
}

/// The memo of picklers that number entries in order.
pub(super) struct Memo<'de> {
    /// Short texts, which most GETs fetch. Entries are small, as the memo takes as much memory as the
    /// values.
    texts: Vec<Option<&'de str>>,
    /// Other entries, in the order of their numbers.
    others: Vec<(usize, Known<'de>)>,
}

impl<'de> Memo<'de> {
    #[inline(always)]
    pub(super) const fn new() -> Self {
        Memo {
            texts: Vec::new(),
            others: Vec::new(),
        }
    }

    /// Returns the vector that takes most of its memory.
    #[inline(always)]
    pub(super) fn memory(&mut self) -> &mut Vec<Option<&'de str>> {
        &mut self.texts
    }

    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    #[inline(always)]
    pub(super) fn put(&mut self, known: Known<'de>) {
        match known {
            Known::Text(text) if text.len() <= FREE_TEXT => return self.texts.push(Some(text)),
            Known::Object => {}
            _ => self.others.push((self.texts.len(), known)),
        }
        self.texts.push(None);
    }

    #[inline(always)]
    pub(super) fn get(&self, number: usize) -> Option<Known<'de>> {
        match self.texts.get(number)? {
            Some(text) => Some(Known::Text(text)),
            None => self.get_other(number),
        }
    }

    fn get_other(&self, number: usize) -> Option<Known<'de>> {
        let place = self.others.binary_search_by_key(&number, |other| other.0);
        place.ok().map(|place| self.others[place].1)
    }

    /// Returns the text of that number, if it is a short one.
    #[inline(always)]
    pub(super) fn short_text(&self, number: u8) -> Option<&'de str> {
        *self.texts.get(usize::from(number))?
    }

    /// Drops the entries after that many.
    pub(super) fn truncate(&mut self, len: usize) {
        self.texts.truncate(len);
        let kept = self.others.partition_point(|other| other.0 < len);
        self.others.truncate(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_fetched_until_it_is_forgotten() {
        let long = "x".repeat(FREE_TEXT + 1);
        let mut memo = Memo::new();
        memo.put(Known::Object);
        memo.put(Known::Text("short"));
        memo.put(Known::Text(&long));
        memo.put(Known::Bytes(b"bytes"));
        memo.put(Known::Class(3));
        assert!(memo.get(0).is_none());
        assert!(matches!(memo.get(1), Some(Known::Text("short"))));
        assert!(matches!(memo.get(2), Some(Known::Text(text)) if text == long));
        assert!(matches!(memo.get(3), Some(Known::Bytes(b"bytes"))));
        assert!(matches!(memo.get(4), Some(Known::Class(3))));
        assert!(memo.get(5).is_none());
        assert_eq!(
            (memo.short_text(1), memo.short_text(2)),
            (Some("short"), None)
        );
        memo.truncate(3);
        memo.put(Known::Object);
        assert!(memo.get(3).is_none() && memo.get(4).is_none());
        assert!(matches!(memo.get(2), Some(Known::Text(text)) if text == long));
    }
}
