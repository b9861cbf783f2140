//! Handshakes alone: both machines in one process, no sockets. What a whole
//! connect and handshake takes is in `ratios`.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use mpconn::AuthKey;
use mpconn::handshake::{Digest, Handshake, Policy};

const DIGESTS: [Digest; 5] = [
    Digest::Md5,
    Digest::Sha256,
    Digest::Sha384,
    Digest::Sha3_256,
    Digest::Sha3_384,
];

fn mutual(c: &mut Criterion) {
    let key = AuthKey::new(b"the key of the benches");
    let mut group = c.benchmark_group("handshakes/mutual");
    for digest in DIGESTS {
        let policy = Policy::compatible().offer(digest);
        group.bench_function(BenchmarkId::from_parameter(digest), |b| {
            b.iter(|| {
                let mut listener = Handshake::listener(&key, &policy);
                let mut client = Handshake::client(&key, &policy);
                talk(&mut listener, &mut client);
                assert!(matches!(client.outcome(), Some(Ok(_))));
                assert!(matches!(listener.outcome(), Some(Ok(_))));
            });
        });
    }
    group.finish();
}

fn talk(listener: &mut Handshake, client: &mut Handshake) {
    while listener.outcome().is_none() || client.outcome().is_none() {
        while let Some(message) = listener.poll_transmit() {
            client.handle_message(&message);
        }
        while let Some(message) = client.poll_transmit() {
            listener.handle_message(&message);
        }
    }
}

fn config() -> Criterion {
    Criterion::default()
        .warm_up_time(std::time::Duration::from_millis(500))
        .measurement_time(std::time::Duration::from_secs(2))
}

criterion_group! { name = benches; config = config(); targets = mutual }
criterion_main!(benches);
