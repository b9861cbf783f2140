//! Simulates a million honest and hostile clients, without sockets and without a clock.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::*;

/// The behaviour of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    /// Proves that it knows the key, and is finished after that long.
    Honest(Duration),
    /// Is refused after that long.
    WrongKey(Duration),
    Silent,
    /// Is gone before its handshake begins.
    Gone,
    /// Disconnects silently after that long.
    Leaves(Duration),
}

#[derive(Debug)]
struct Arrival {
    at: Instant,
    nature: Nature,
    /// Number of clients before it in the backlog.
    ahead: usize,
}

/// Counts of what happened to the clients.
#[derive(Debug, Default)]
struct Tally {
    finished: usize,
    refused: usize,
    left: usize,
    evicted: usize,
    expired: usize,
    honest_lost: usize,
    shed: usize,
    /// The longest time by which an honest client exceeded the promise.
    late: Duration,
}

/// Pseudo-random numbers, the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % below
    }
}

struct World {
    admission: Admission,
    sockets: Vec<SocketId>,
    backlogs: Vec<VecDeque<Arrival>>,
    now: Instant,
    clients: HashMap<ClientId, (Arrival, Instant)>,
    /// The next action of each client whose handshake is in progress.
    answers: BTreeMap<(Instant, ClientId), Nature>,
    tally: Tally,
}

impl World {
    fn new(settings: Settings, sockets: usize) -> Self {
        let mut admission = Admission::new(settings);
        let sockets: Vec<_> = (0..sockets).map(|_| admission.add_socket()).collect();
        World {
            admission,
            backlogs: sockets.iter().map(|_| VecDeque::new()).collect(),
            sockets,
            now: Instant::now(),
            clients: HashMap::new(),
            answers: BTreeMap::new(),
            tally: Tally::default(),
        }
    }

    fn arrive(&mut self, place: usize, nature: Nature) {
        let backlog = &mut self.backlogs[place];
        let ahead = backlog.len();
        backlog.push_back(Arrival {
            at: self.now,
            nature,
            ahead,
        });
    }

    fn forget(&mut self, id: ClientId) -> Arrival {
        let (arrival, accepted) = self.clients.remove(&id).expect("each id ends once");
        for time in [Some(accepted), answer_time(&arrival, accepted)]
            .into_iter()
            .flatten()
        {
            self.answers.remove(&(time, id));
        }
        arrival
    }

    fn evicted(&mut self, id: ClientId) {
        let (_, accepted) = self.clients[&id];
        let grace = self.admission.settings().grace;
        assert!(self.now >= accepted + grace, "evicted within its grace");
        let arrival = self.forget(id);
        self.tally.evicted += 1;
        self.tally.honest_lost += usize::from(matches!(arrival.nature, Nature::Honest(_)));
    }

    fn answer(&mut self, id: ClientId, nature: Nature) {
        match nature {
            Nature::Honest(_) => {
                self.admission.handle_proved(id);
                self.admission.handle_finished(id);
                self.admission.handle_handed_out();
                let (arrival, accepted) = &self.clients[&id];
                let settings = self.admission.settings();
                let promised = settings.longest_wait(self.sockets.len(), arrival.ahead);
                let waited = *accepted - arrival.at;
                self.tally.late = self.tally.late.max(waited.saturating_sub(promised));
                self.tally.finished += 1;
            }
            Nature::WrongKey(_) => {
                self.admission.handle_left(id);
                self.tally.refused += 1;
            }
            _ => {
                self.admission.handle_left(id);
                self.tally.left += 1;
            }
        }
        self.clients.remove(&id);
    }

    /// One round of a driver.
    fn round(&mut self) {
        self.admission.handle_timeout(self.now);
        while let Some(id) = self.admission.poll_expired(self.now) {
            self.forget(id);
            self.tally.expired += 1;
        }
        while let Some((&(time, id), &nature)) = self.answers.first_key_value()
            && time <= self.now
        {
            self.answers.pop_first();
            self.answer(id, nature);
        }
        for (place, socket) in self.sockets.clone().into_iter().enumerate() {
            if self.admission.wants(socket, self.now) && !self.backlogs[place].is_empty() {
                self.admission.handle_ready(socket);
            }
        }
        while let Some(socket) = self.admission.poll_accept(self.now) {
            let place = self.sockets.iter().position(|s| *s == socket).unwrap();
            self.accept(place);
        }
        self.admission.end_round(self.now);
        let slots = self.admission.settings().slots;
        assert!(self.admission.pending() <= slots, "more clients than slots");
        assert_eq!(self.admission.pending(), self.clients.len());
        while let Some(shedding) = self.admission.poll_shedding(self.now) {
            self.tally.shed += usize::from(shedding == Shedding::Began);
        }
    }

    fn accept(&mut self, place: usize) {
        let Some(arrival) = self.backlogs[place].pop_front() else {
            let nobody = AcceptFailure::Nobody;
            self.admission
                .handle_accept_error(self.sockets[place], nobody, self.now);
            return;
        };
        // The clients after it have one fewer before them, and came later.
        let id = self.admission.handle_accepted(self.sockets[place]);
        if arrival.nature == Nature::Gone {
            self.admission.handle_left(id);
            self.tally.left += 1;
            return;
        }
        if let Some(evicted) = self.admission.handle_waiting(id, self.now) {
            self.evicted(evicted);
        }
        if let Some(time) = answer_time(&arrival, self.now) {
            self.answers.insert((time, id), arrival.nature);
        }
        self.clients.insert(id, (arrival, self.now));
    }

    /// Runs rounds until `end`: whenever something is due, and each millisecond while clients wait.
    fn run_until(&mut self, end: Instant) {
        while self.now < end {
            self.round();
            let waits = self.backlogs.iter().any(|backlog| !backlog.is_empty());
            let can = waits
                && self
                    .sockets
                    .iter()
                    .any(|s| self.admission.wants(*s, self.now));
            if can {
                // Another round at once: no time passes.
                continue;
            }
            let due = [
                self.admission.poll_timeout(self.now),
                self.answers.first_key_value().map(|((time, _), _)| *time),
            ];
            let next = due.into_iter().flatten().min().unwrap_or(end);
            self.now = next.max(self.now + Duration::from_nanos(1)).min(end);
        }
    }
}

fn answer_time(arrival: &Arrival, accepted: Instant) -> Option<Instant> {
    match arrival.nature {
        Nature::Honest(after) | Nature::WrongKey(after) | Nature::Leaves(after) => {
            Some(accepted + after)
        }
        Nature::Silent | Nature::Gone => None,
    }
}

/// Returns a time to answer within the grace period, seldom near its end.
fn soon(dice: &mut Dice) -> Duration {
    Duration::from_millis(dice.roll(100))
}

/// Picks a behaviour: `silent` percent are silent, the rest is mixed.
fn mixed(dice: &mut Dice, silent: u64) -> Nature {
    match dice.roll(100) {
        n if n < silent => Nature::Silent,
        n if n < silent + 2 => Nature::Gone,
        n if n < silent + 4 => Nature::WrongKey(soon(dice)),
        n if n < silent + 5 => Nature::Leaves(soon(dice)),
        _ => Nature::Honest(soon(dice)),
    }
}

/// Simulates `rate` clients per second, at random times and sockets.
fn simulate(clients: usize, rate: u64, sockets: usize, silent: u64, settings: Settings) -> World {
    let mut world = World::new(settings, sockets);
    let mut dice = Dice(clients as u64 ^ rate);
    let mut honest = 0;
    let gap = 2_000_000_000 / rate;
    for _ in 0..clients {
        let next = world.now + Duration::from_nanos(dice.roll(gap));
        world.run_until(next);
        let nature = mixed(&mut dice, silent);
        honest += usize::from(matches!(nature, Nature::Honest(_)));
        let place = usize::try_from(dice.roll(sockets as u64)).unwrap();
        world.arrive(place, nature);
    }
    let end = world.now + Duration::from_secs(3600);
    world.run_until(end);
    assert_eq!(world.tally.honest_lost, 0);
    assert_eq!(
        world.tally.finished, honest,
        "an honest client did not get in"
    );
    assert_eq!(world.tally.late, Duration::ZERO, "later than promised");
    let t = &world.tally;
    let ends = t.finished + t.refused + t.left + t.evicted + t.expired;
    assert_eq!(ends, clients, "each client ends exactly once");
    assert!(world.clients.is_empty() && world.backlogs.iter().all(VecDeque::is_empty));
    world
}

#[test]
fn a_million_clients_of_whom_most_are_silent_cost_no_honest_one_its_place() {
    // Below the capacity of the slots, 512 in 100 ms.
    let world = simulate(1_000_000, 5_000, 1, 90, Settings::new());
    assert!(world.tally.evicted > 800_000, "{:?}", world.tally);
}

#[test]
fn a_flood_beyond_what_the_slots_carry_is_shed_and_said_so() {
    // Ten times that rate. The simulated backlog has no limit, and the promise grows with it.
    let world = simulate(200_000, 51_200, 2, 60, Settings::new());
    assert!(world.tally.shed >= 1, "{:?}", world.tally);
    assert!(!world.admission.is_shedding());
}

#[test]
fn few_clients_are_neither_evicted_nor_shed() {
    let settings = Settings::new().slots(100);
    let world = simulate(20_000, 100, 3, 1, settings);
    // Silent clients keep their slots until the deadline: 1 % of 100 per second, 20 seconds each.
    assert_eq!(
        (world.tally.evicted, world.tally.shed),
        (0, 0),
        "{:?}",
        world.tally
    );
    assert!(world.tally.expired > 100);
}

#[test]
fn one_slot_is_enough_for_the_promise() {
    let settings = Settings::new().slots(1).grace(Duration::from_millis(200));
    simulate(2_000, 50, 2, 50, settings);
}
