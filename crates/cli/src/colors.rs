//! Colours for a person's eyes, around text that is escaped.

use std::io::{self, IsTerminal};

use mpconn::escaped;

use super::output;

/// A piece of a line.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Piece<'a> {
    Plain(&'a str),
    Bold(&'a str),
    Dim(&'a str),
    Green(&'a str),
    Cyan(&'a str),
}

/// Whether to use colours: only on a terminal, and not if NO_COLOR is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Colors {
    on: bool,
}

impl Colors {
    pub(crate) fn for_stdout() -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Colors {
            on: io::stdout().is_terminal() && !set("NO_COLOR") && !dumb,
        }
    }

    /// Prints the pieces as one line.
    pub(crate) fn print(self, pieces: &[Piece<'_>]) -> anyhow::Result<()> {
        output::print_as_it_is(&self.line(pieces))
    }

    fn line(self, pieces: &[Piece<'_>]) -> String {
        pieces.iter().map(|piece| self.painted(*piece)).collect()
    }

    fn painted(self, piece: Piece<'_>) -> String {
        let (code, text) = match piece {
            Piece::Plain(text) => (None, text),
            Piece::Bold(text) => (Some("1"), text),
            Piece::Dim(text) => (Some("2"), text),
            Piece::Green(text) => (Some("32"), text),
            Piece::Cyan(text) => (Some("36"), text),
        };
        let text = escaped(text);
        match code.filter(|_| self.on) {
            Some(code) => format!("\x1b[{code}m{text}\x1b[0m"),
            None => text.into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_escapes_are_written() {
        let pieces = [Piece::Bold("a\x1b[2J"), Piece::Plain("\nb")];
        let painted = Colors { on: true }.line(&pieces);
        assert_eq!(painted, "\x1b[1ma\\x1b[2J\x1b[0m\\nb");
        assert_eq!(Colors { on: false }.line(&pieces), "a\\x1b[2J\\nb");
    }
}
