//! Errors of pickles: their kinds and words.

use super::*;

#[test]
fn each_kind_has_its_question() {
    type Questions = [fn(&PickleError) -> bool; 5];
    let questions: Questions = [
        PickleError::is_malformed,
        PickleError::is_cut_off,
        PickleError::is_limit,
        PickleError::is_refused,
        PickleError::is_unsupported,
    ];
    for (error, answers) in [
        (PickleError::new("other"), [false; 5]),
        (
            PickleError::malformed("m"),
            [true, false, false, false, false],
        ),
        (PickleError::cut_off("c"), [true, true, false, false, false]),
        (PickleError::limit("l"), [false, false, true, false, false]),
        (
            PickleError::refused("r"),
            [false, false, false, true, false],
        ),
        (
            PickleError::unsupported("u"),
            [false, false, false, false, true],
        ),
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
    let error = PickleError::malformed("odd")
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
