//! Pickles alone, each against the crate serde-pickle; benches/pickles has CPython beside them.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mpconn::Value;
use mpconn::pickle::{Graph, Protocol, dumps, from_slice, loads};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Record<'a> {
    id: u64,
    name: &'a str,
    score: f64,
    active: bool,
    tags: Vec<&'a str>,
}

fn data_sets() -> Vec<(&'static str, Value)> {
    let request = ("7f51c0ffee", "put", (1, "job"), ());
    let record = |id: u32| {
        let tags = Value::list(["new", "blue"]);
        Value::dict([
            ("id", Value::from(id)),
            ("name", format!("user{id}").into()),
            ("score", (f64::from(id) / 2.0).into()),
            ("active", (id.is_multiple_of(2)).into()),
            ("tags", tags),
        ])
    };
    vec![
        ("request", request.into()),
        ("ints", (0..100_000).collect()),
        ("floats", (0..100_000).map(f64::from).collect()),
        (
            "dict",
            Value::dict((0..10_000).map(|n| (format!("key{n}"), n))),
        ),
        ("records", (0..10_000).map(record).collect()),
        ("bytes", vec![0xfe; 1 << 20].into()),
        ("ascii", "a".repeat(1 << 20).into()),
        ("cjk", "\u{4e2d}".repeat((1 << 20) / 3).into()),
        (
            "nested",
            (0..1000).fold(Value::None, |inner, _| Value::list([inner])),
        ),
    ]
}

fn reading(c: &mut Criterion) {
    let mut group = c.benchmark_group("pickle/read");
    for (name, value) in data_sets() {
        let pickle = dumps(&value, Protocol::V5).expect("plain data");
        group.throughput(Throughput::Bytes(pickle.len() as u64));
        group.bench_with_input(BenchmarkId::new("owned", name), &pickle, |b, pickle| {
            b.iter(|| loads(black_box(pickle).clone()).map(drop));
        });
        group.bench_with_input(BenchmarkId::new("borrowed", name), &pickle, |b, pickle| {
            b.iter(|| Graph::read(black_box(pickle)).map(drop));
        });
        // It overflows the stack on what is nested deeper.
        if name != "nested" {
            let options = serde_pickle::DeOptions::new;
            group.bench_with_input(
                BenchmarkId::new("serde-pickle", name),
                &pickle,
                |b, pickle| {
                    b.iter(|| {
                        serde_pickle::value_from_slice(black_box(pickle), options()).map(drop)
                    });
                },
            );
        }
        if name == "records" {
            group.bench_with_input(BenchmarkId::new("typed", name), &pickle, |b, pickle| {
                b.iter(|| from_slice::<Vec<Record<'_>>>(black_box(pickle)).map(drop));
            });
        }
    }
    group.finish();
}

fn writing(c: &mut Criterion) {
    let mut group = c.benchmark_group("pickle/write");
    for (name, value) in data_sets() {
        group.bench_with_input(BenchmarkId::from_parameter(name), &value, |b, value| {
            b.iter(|| dumps(black_box(value), Protocol::V5).map(drop));
        });
    }
    group.finish();
}

criterion_group!(benches, reading, writing);
criterion_main!(benches);
