use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

const GRACE: Duration = Duration::from_millis(100);

/// Accepts a waiting client, if the policy allows it.
fn enter(admission: &mut Admission, socket: SocketId, now: Instant) -> Option<ClientId> {
    admission.handle_ready(socket);
    let next = admission.poll_accept(now)?;
    let id = admission.handle_accepted(next);
    let _ = admission.handle_waiting(id, now);
    admission.end_round(now);
    Some(id)
}

#[test]
fn one_that_has_proved_its_key_is_not_evicted_for_one_that_has_not() {
    let now = Instant::now();
    let mut admission = Admission::new(Settings::new().slots(2));
    let socket = admission.add_socket();
    let proved = enter(&mut admission, socket, now).unwrap();
    let silent = enter(&mut admission, socket, now).unwrap();
    admission.handle_proved(proved);
    let later = now + GRACE;
    admission.handle_ready(socket);
    admission.poll_accept(later).unwrap();
    let third = admission.handle_accepted(socket);
    assert_eq!(admission.handle_waiting(third, later), Some(silent));
    admission.handle_proved(third);
    admission.end_round(later);
    // No client may be evicted any more: the next one waits for a deadline.
    assert!(!admission.wants(socket, later + 10 * GRACE));
    let deadline = now + crate::HANDSHAKE_TIMEOUT;
    admission.handle_timeout(deadline);
    assert_eq!(admission.poll_expired(deadline), Some(proved));
    assert!(admission.wants(socket, deadline));
}

#[test]
fn a_client_that_is_gone_at_once_takes_no_slot() {
    let now = Instant::now();
    let mut admission = Admission::new(Settings::new().slots(1));
    let socket = admission.add_socket();
    let kept = enter(&mut admission, socket, now).unwrap();
    let later = now + GRACE;
    admission.handle_ready(socket);
    admission.poll_accept(later).unwrap();
    let gone = admission.handle_accepted(socket);
    admission.handle_left(gone);
    assert_eq!(admission.pending(), 1);
    admission.handle_finished(kept);
    assert_eq!((admission.pending(), admission.finished()), (0, 1));
}

#[test]
fn sockets_take_turns_and_bursts_grow() {
    let now = Instant::now();
    let mut admission = Admission::new(Settings::new().slots(10_000));
    let sockets: Vec<_> = (0..3).map(|_| admission.add_socket()).collect();
    let mut bursts = Vec::new();
    for _ in 0..8 {
        let mut taken = [0; 3];
        for socket in &sockets {
            admission.handle_ready(*socket);
        }
        while let Some(socket) = admission.poll_accept(now) {
            let id = admission.handle_accepted(socket);
            let _ = admission.handle_waiting(id, now);
            taken[sockets.iter().position(|s| *s == socket).unwrap()] += 1;
        }
        admission.end_round(now);
        assert!(taken.iter().all(|t| *t == taken[0]), "{taken:?}");
        bursts.push(taken[0]);
    }
    assert_eq!(bursts, [1, 2, 4, 8, 16, 32, 64, 64]);
    // After a round without clients a socket starts with one again.
    admission.handle_ready(sockets[0]);
    admission.handle_accept_error(sockets[0], AcceptFailure::Nobody, now);
    admission.end_round(now);
    admission.end_round(now);
    admission.handle_ready(sockets[0]);
    assert_eq!(admission.poll_accept(now), Some(sockets[0]));
    let id = admission.handle_accepted(sockets[0]);
    let _ = admission.handle_waiting(id, now);
    assert_eq!(admission.poll_accept(now), None);
}

#[test]
fn a_socket_that_fails_rests_and_the_others_do_not() {
    let now = Instant::now();
    let mut admission = Admission::new(Settings::new());
    let (bad, good) = (admission.add_socket(), admission.add_socket());
    admission.handle_ready(bad);
    admission.handle_ready(good);
    assert_eq!(admission.poll_accept(now), Some(bad));
    assert_eq!(
        admission.handle_accept_error(bad, AcceptFailure::Other, now),
        None
    );
    assert_eq!(admission.poll_accept(now), Some(good));
    admission.handle_accept_error(good, AcceptFailure::Nobody, now);
    admission.end_round(now);
    assert!(!admission.wants(bad, now) && admission.wants(good, now));
    let rested = admission.poll_timeout(now).unwrap();
    assert_eq!(rested, now + Duration::from_millis(100));
    admission.handle_timeout(rested);
    assert!(admission.wants(bad, rested));
}

#[test]
fn a_shortage_costs_the_oldest_its_slot_after_its_grace() {
    let now = Instant::now();
    let mut admission = Admission::new(Settings::new());
    let socket = admission.add_socket();
    let old = enter(&mut admission, socket, now).unwrap();
    admission.handle_ready(socket);
    admission.poll_accept(now).unwrap();
    let short = AcceptFailure::Shortage;
    assert_eq!(admission.handle_accept_error(socket, short, now), None);
    admission.end_round(now);
    assert!(!admission.wants(socket, now));
    let later = admission.poll_timeout(now).unwrap();
    assert_eq!(later, now + GRACE);
    admission.handle_timeout(later);
    admission.handle_ready(socket);
    admission.poll_accept(later).unwrap();
    assert_eq!(
        admission.handle_accept_error(socket, short, later),
        Some(old)
    );
    // No client is left to evict: accepting rests.
    admission.end_round(later);
    admission.handle_ready(socket);
    admission.poll_accept(later).unwrap();
    assert_eq!(admission.handle_accept_error(socket, short, later), None);
    assert_eq!(admission.pending(), 0);
    assert!(!admission.wants(socket, later));
}

#[test]
fn a_pause_accepts_no_client_and_draining_ends() {
    let now = Instant::now();
    let mut admission = Admission::new(Settings::new().slots(3));
    let socket = admission.add_socket();
    admission.set_paused(true);
    assert_eq!(enter(&mut admission, socket, now), None);
    assert!(!admission.wants(socket, now));
    admission.set_paused(false);
    let first = enter(&mut admission, socket, now).unwrap();
    admission.drain();
    // Clients that have already connected, while there are slots.
    for _ in 0..2 {
        assert_eq!(admission.poll_accept(now), Some(socket));
        let id = admission.handle_accepted(socket);
        admission.handle_finished(id);
    }
    assert_eq!(admission.poll_accept(now), None);
    assert!(!admission.is_drained());
    admission.handle_left(first);
    admission.handle_handed_out();
    assert!(!admission.is_drained());
    admission.handle_handed_out();
    assert!(admission.is_drained());
}

#[test]
fn without_handshakes_clients_are_accepted_one_at_a_time() {
    let now = Instant::now();
    let mut admission = Admission::new(Settings::new().handshakes(false));
    let socket = admission.add_socket();
    admission.handle_ready(socket);
    let next = admission.poll_accept(now).unwrap();
    let id = admission.handle_accepted(next);
    admission.handle_finished(id);
    admission.end_round(now);
    assert!(!admission.wants(socket, now));
    admission.handle_handed_out();
    assert!(admission.wants(socket, now));
}

#[test]
fn edge_triggered_readiness_lasts_until_no_client_waits() {
    let now = Instant::now();
    let mut admission = Admission::new(Settings::new().edge_triggered(true));
    let socket = admission.add_socket();
    admission.handle_ready(socket);
    for _ in 0..5 {
        assert_eq!(admission.poll_accept(now), Some(socket));
        let id = admission.handle_accepted(socket);
        admission.handle_left(id);
        while admission.poll_accept(now).is_some() {
            let id = admission.handle_accepted(socket);
            admission.handle_left(id);
        }
        admission.end_round(now);
        assert_eq!(admission.poll_timeout(now), Some(now));
    }
    admission.poll_accept(now).unwrap();
    admission.handle_accept_error(socket, AcceptFailure::Nobody, now);
    admission.end_round(now);
    assert_ne!(admission.poll_timeout(now), Some(now));
}

/// An event that a driver may report, in any order.
#[derive(Debug, Clone)]
enum Happens {
    Ready(usize),
    Proved(usize),
    Finished(usize),
    Left(usize),
    HandedOut,
    Failed(usize, bool),
    Later(u64),
    Pause(bool),
    EndRound,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        6 => (0..3_usize).prop_map(Happens::Ready),
        2 => (0..50_usize).prop_map(Happens::Proved),
        2 => (0..50_usize).prop_map(Happens::Finished),
        1 => (0..50_usize).prop_map(Happens::Left),
        3 => Just(Happens::HandedOut),
        1 => (0..3_usize, any::<bool>()).prop_map(|(place, short)| Happens::Failed(place, short)),
        3 => (0..30_000_u64).prop_map(Happens::Later),
        1 => any::<bool>().prop_map(Happens::Pause),
        4 => Just(Happens::EndRound),
    ]
}

proptest! {
    #[test]
    fn the_rules_hold_in_any_order_of_events(
        events in prop::collection::vec(happens(), 1..300),
        slots in 1..6_usize,
    ) {
        let mut now = Instant::now();
        let mut admission = Admission::new(Settings::new().slots(slots));
        let sockets: Vec<_> = (0..3).map(|_| admission.add_socket()).collect();
        // Clients with a slot: since when, and whether they have proved that they know the key.
        let mut here: Vec<(ClientId, Instant, bool)> = Vec::new();
        let mut ended = BTreeSet::new();
        let mut paused = false;
        for event in events {
            let mut gone = Vec::new();
            match event {
                Happens::Ready(place) => {
                    admission.handle_ready(sockets[place]);
                    if let Some(socket) = admission.poll_accept(now) {
                        prop_assert!(!paused);
                        let id = admission.handle_accepted(socket);
                        prop_assert!(here.iter().all(|(other, ..)| *other < id));
                        gone.extend(admission.handle_waiting(id, now));
                        here.push((id, now, false));
                    }
                }
                Happens::Failed(place, short) => {
                    let failure = if short { AcceptFailure::Shortage } else { AcceptFailure::Other };
                    gone.extend(admission.handle_accept_error(sockets[place], failure, now));
                }
                Happens::Proved(n) if !here.is_empty() => {
                    let place = n % here.len();
                    here[place].2 = true;
                    admission.handle_proved(here[place].0);
                }
                Happens::Finished(n) | Happens::Left(n) if !here.is_empty() => {
                    let (id, ..) = here.remove(n % here.len());
                    prop_assert!(ended.insert(id));
                    match event {
                        Happens::Finished(_) => admission.handle_finished(id),
                        _ => admission.handle_left(id),
                    }
                }
                Happens::HandedOut => admission.handle_handed_out(),
                Happens::Later(millis) => {
                    now += Duration::from_millis(millis);
                    admission.handle_timeout(now);
                    let mut last = None;
                    while let Some(id) = admission.poll_expired(now) {
                        let place = here.iter().position(|(other, ..)| *other == id).unwrap();
                        let (_, since, _) = here.remove(place);
                        prop_assert!(since + crate::HANDSHAKE_TIMEOUT <= now);
                        prop_assert!(last < Some(since) || last == Some(since));
                        last = Some(since);
                        prop_assert!(ended.insert(id));
                    }
                    prop_assert!(here.iter().all(|(_, since, _)| *since + crate::HANDSHAKE_TIMEOUT > now));
                }
                Happens::Pause(pause) => {
                    paused = pause;
                    admission.set_paused(pause);
                }
                Happens::EndRound => admission.end_round(now),
                Happens::Proved(_) | Happens::Finished(_) | Happens::Left(_) => {}
            }
            for id in gone {
                let place = here.iter().position(|(other, ..)| *other == id).unwrap();
                let (_, since, proved) = here.remove(place);
                prop_assert!(!proved && since + GRACE <= now);
                prop_assert!(here.iter().all(|(_, other, proved)| *proved || *other >= since));
                prop_assert!(ended.insert(id));
            }
            prop_assert!(here.len() <= slots);
            prop_assert_eq!(admission.pending(), here.len());
        }
    }
}

#[test]
fn a_socket_that_rests_is_drained_too() {
    let now = Instant::now();
    let mut admission = Admission::new(Settings::new());
    let socket = admission.add_socket();
    admission.handle_ready(socket);
    admission.poll_accept(now).unwrap();
    let _ = admission.handle_accept_error(socket, AcceptFailure::Other, now);
    admission.end_round(now);
    admission.drain();
    assert_eq!(admission.poll_accept(now), Some(socket));
}

#[test]
fn an_endless_grace_period_does_not_overflow() {
    let now = Instant::now();
    let settings = Settings::new()
        .slots(1)
        .grace(Duration::MAX)
        .rest(Duration::MAX);
    let mut admission = Admission::new(settings);
    let socket = admission.add_socket();
    enter(&mut admission, socket, now).unwrap();
    assert!(!admission.wants(socket, now + Duration::from_secs(1 << 20)));
    let (other, failure) = (admission.add_socket(), AcceptFailure::Other);
    let _ = admission.handle_accept_error(other, failure, now);
    admission.handle_timeout(now + Duration::from_secs(1 << 20));
    assert!(!admission.wants(other, now + Duration::from_secs(1 << 20)));
}

#[test]
fn clients_that_wait_for_slots_longer_than_the_grace_are_shed() {
    let now = Instant::now();
    let mut admission = Admission::new(Settings::new().slots(1));
    let socket = admission.add_socket();
    let stalled = enter(&mut admission, socket, now).unwrap();
    admission.handle_proved(stalled);
    // Another client waits, and is seen while the slot is taken.
    admission.handle_ready(socket);
    assert_eq!(admission.poll_accept(now), None);
    admission.end_round(now);
    assert_eq!(admission.poll_shedding(now), None);
    // Rounds without a look at the socket.
    let later = now + 2 * GRACE;
    admission.end_round(later);
    assert_eq!(admission.poll_shedding(later), Some(Shedding::Began));
}
