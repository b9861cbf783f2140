//! Several pickles in a row.

use mpconn::pickle::graph::pickles;

use crate::expected::check;
use crate::golden::recorded;

#[test]
fn several_pickles_are_read_in_a_row() {
    let mut read = 0;
    for recording in recorded("pickles-") {
        let cases = recording.cases.iter();
        for case in cases.filter(|case| case.name == "several/each-by-itself") {
            let told = case.described["value"]["items"].as_array().unwrap();
            for (protocol, message) in case.pickles() {
                let place = format!("{}, {protocol}", recording.python);
                let all: Vec<_> = pickles(&message).collect();
                assert_eq!(all.len(), told.len(), "{place}");
                for (number, (graph, told)) in all.into_iter().zip(told).enumerate() {
                    // An object of an earlier pickle is a different object here.
                    let told = match told["t"] == "ref" {
                        true => &case.described["value"]["items"][0],
                        false => told,
                    };
                    if number == 1 {
                        continue;
                    }
                    let value = graph.unwrap().to_value().unwrap();
                    check(told, &value).unwrap_or_else(|why| panic!("{place}: {why}"));
                    read += 1;
                }
            }
        }
    }
    assert!(read > 150, "{read}");
}
