//! Frames alone: no sockets, no allocation that a connection would not make.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mpconn::frame::{Decoder, Header, Step};

const SIZES: [usize; 4] = [16, 1 << 10, 32 << 10, 1 << 20];

/// What a socket hands over in one read, at most.
const PIECE: usize = 64 << 10;

fn encode(c: &mut Criterion) {
    c.bench_function("frames/header", |b| {
        b.iter(|| Header::new(black_box(1 << 20)).as_bytes().len());
    });
}

fn decode(c: &mut Criterion) {
    let mut group = c.benchmark_group("frames/decode");
    for size in SIZES {
        let wire = wire(size);
        group.throughput(Throughput::Bytes(wire.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(size), &wire, |b, wire| {
            let mut decoder = Decoder::new();
            b.iter(|| decode_all(&mut decoder, wire));
        });
    }
    group.finish();
}

/// As many messages of that size as make 1 MiB, or one.
fn wire(size: usize) -> Vec<u8> {
    let mut frame = Header::new(size as u64).as_bytes().to_vec();
    frame.resize(frame.len() + size, 0);
    frame.repeat(((1 << 20) / size).max(1))
}

/// As a connection does it: into the room that the decoder hands out.
fn decode_all(decoder: &mut Decoder, mut wire: &[u8]) -> usize {
    let mut bytes = 0;
    loop {
        match decoder.advance(1 << 30) {
            Ok(Step::Message) => bytes += black_box(decoder.take_message().expect("memory")).len(),
            Ok(_) if wire.is_empty() => return bytes,
            Ok(_) => {
                let filled = decoder.fill(true, |room, len| {
                    let (piece, rest) = wire.split_at(len.min(wire.len()).min(PIECE));
                    room.extend_from_slice(piece);
                    wire = rest;
                });
                filled.expect("memory");
            }
            Err(error) => unreachable!("{error}"),
        }
    }
}

fn config() -> Criterion {
    Criterion::default()
        .warm_up_time(std::time::Duration::from_millis(500))
        .measurement_time(std::time::Duration::from_secs(2))
}

criterion_group! { name = benches; config = config(); targets = encode, decode }
criterion_main!(benches);
