//! What a method is called with, as it stands on the command line.

use mpconn::Value;

use crate::args::Keyword;
use crate::exit_codes::Ended;
use crate::values::{Flaw, Format, GROWTH};

/// Characters that mean something to a shell in double quotes.
const SPECIAL: [char; 4] = ['$', '`', '\\', '!'];

pub(super) fn positional(
    texts: &[String],
    name: &str,
    format: Format,
) -> Result<Vec<Value>, Ended> {
    (1..)
        .zip(texts)
        .map(|(number, text)| read(text, format, || format!("{name} {number}")))
        .collect()
}

pub(super) fn keywords(
    keywords: &[Keyword],
    option: &str,
    format: Format,
) -> Result<Vec<(String, Value)>, Ended> {
    let mut read_ones: Vec<(String, Value)> = Vec::with_capacity(keywords.len());
    for Keyword { name, value } in keywords {
        if read_ones.iter().any(|(other, _)| other == name) {
            return Err(Ended::usage(format!("{option} {name} is given twice")));
        }
        let value = read(value, format, || format!("{option} {name}"))?;
        read_ones.push((name.clone(), value));
    }
    Ok(read_ones)
}

fn read(text: &str, format: Format, place: impl FnOnce() -> String) -> Result<Value, Ended> {
    format.read(text.as_bytes()).map_err(|flaw| {
        let place = place();
        Ended::usage(format!("{place}, {}", explain(text, &flaw, format)))
    })
}

/// Most often it is text, whose quotes the shell took away.
fn explain(text: &str, flaw: &Flaw, format: Format) -> String {
    let reason = flaw.reason.trim_end_matches(": quote it if it is text");
    let told = format!("column {}: {reason}", flaw.column);
    if text.contains(['\'', '"', '[', '(', '{']) {
        return told;
    }
    let example = match text.contains(SPECIAL) {
        true => "text",
        false => text,
    };
    let example = format.write(&example.into(), GROWTH).text;
    let (language, quoted) = match format {
        Format::Json => ("JSON", format!("'{example}'")),
        _ => ("Python", format!("\"{example}\"")),
    };
    format!("{told}; if it is text, it needs quotes for {language} and for the shell: {quoted}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(text: &str, format: Format) -> String {
        let error = positional(&["1".into(), text.into()], "ARG", format).unwrap_err();
        error.message
    }

    #[test]
    fn a_bare_word_is_told_how_to_quote_it() {
        let told = flaw("first job", Format::Literal);
        assert!(told.starts_with("ARG 2, column 1: the name"), "{told}");
        assert!(told.ends_with("for the shell: \"'first job'\""), "{told}");
        let told = flaw("first", Format::Json);
        assert!(told.ends_with("for the shell: '\"first\"'"), "{told}");
        let told = flaw("$HOME", Format::Literal);
        assert!(told.ends_with("for the shell: \"'text'\""), "{told}");
        // Here it is not the quotes that are missing.
        let told = flaw("[1, x]", Format::Literal);
        assert!(
            told.contains("column 5") && !told.contains("shell"),
            "{told}"
        );
    }

    #[test]
    fn a_keyword_is_given_once() {
        let keyword = |value: &str| Keyword {
            name: "n".into(),
            value: value.into(),
        };
        let twice = [keyword("1"), keyword("2")];
        let error = keywords(&twice, "--kw", Format::Literal).unwrap_err();
        assert_eq!(error.message, "--kw n is given twice");
        let read = keywords(&twice[..1], "--kw", Format::Literal).unwrap();
        assert_eq!(read, [("n".to_owned(), Value::from(1))]);
    }
}
