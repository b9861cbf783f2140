//! Errors of pickles: their kinds and words.

use super::*;

#[test]
fn each_kind_has_its_question() {
    type Questions = [fn(&Error) -> bool; 5];
    let questions: Questions = [
        Error::is_malformed,
        Error::is_cut_off,
        Error::is_limit,
        Error::is_refused,
        Error::is_unsupported,
    ];
    for (error, answers) in [
        (Error::new("other"), [false; 5]),
        (Error::malformed("m"), [true, false, false, false, false]),
        (Error::cut_off("c"), [true, true, false, false, false]),
        (Error::limit("l"), [false, false, true, false, false]),
        (Error::refused("r"), [false, false, false, true, false]),
        (Error::unsupported("u"), [false, false, false, false, true]),
    ] {
        assert_eq!(
            questions.map(|question| question(&error)),
            answers,
            "{error}"
        );
    }
}

#[test]
fn the_innermost_place_and_the_whole_path_are_told() {
    let error = Error::malformed("odd")
        .at(7, "TUPLE2")
        .at(9, "STOP")
        .inside_index(3)
        .inside_key("'rows'");
    assert_eq!((error.offset(), error.opcode()), (Some(7), Some("TUPLE2")));
    assert_eq!(error.path(), "['rows'][3]");
    assert_eq!(
        error.to_string(),
        "pickle, byte 7 (TUPLE2): at ['rows'][3]: odd"
    );
}
