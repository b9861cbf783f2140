//! How much work fills a turn, and what one piece of it takes.

use std::io;

/// How much is done for a figure.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// How often new processes are started: one may be lucky with its memory, by a third.
    pub starts: usize,
    /// Turns of each process.
    pub turns: usize,
    /// Nanoseconds that a turn should take.
    pub turn: f64,
}

impl Effort {
    /// Everything once: whether it works.
    pub const ONCE: Effort = Effort {
        starts: 1,
        turns: 1,
        turn: 0.0,
    };

    /// Returns whether the figures say anything.
    pub fn is_measured(self) -> bool {
        self.turns > 1
    }
}

/// What work took, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub struct Taken {
    /// From begin to end.
    pub wall: f64,
    /// Of a processor.
    pub cpu: f64,
}

impl Taken {
    /// Returns what each of that many pieces took.
    #[must_use]
    pub fn per(self, pieces: f64) -> Taken {
        Taken {
            wall: self.wall / pieces,
            cpu: self.cpu / pieces,
        }
    }
}

/// Work that can be done any number of times.
pub trait Work {
    /// Does it that many times.
    ///
    /// # Errors
    /// Fails with [`io::ErrorKind::Unsupported`] if this side does not have such work.
    fn run(&mut self, count: u64) -> io::Result<Taken>;

    /// Returns how often it is done at first, when looking for what fills a turn.
    fn first_count(&self) -> u64 {
        1
    }

    /// Returns how often it is done in each turn, if that does not depend on how long it takes.
    fn fixed_count(&self) -> Option<u64> {
        None
    }
}

/// Work, and how often it is done in one turn.
#[derive(Debug)]
pub struct Turns<W> {
    work: W,
    count: u64,
}

impl<W: Work> Turns<W> {
    /// Finds out how much work fills a turn, which warms it up too.
    ///
    /// # Errors
    /// Fails if the work does.
    pub fn new(mut work: W, effort: Effort) -> io::Result<Turns<W>> {
        if let Some(count) = work.fixed_count() {
            work.run(count)?;
            return Ok(Turns { work, count });
        }
        let mut count = work.first_count();
        loop {
            let wall = work.run(count)?.wall.max(1.0);
            let growth = effort.turn / wall;
            if wall >= effort.turn / 4.0 {
                let count = scaled(count, growth);
                return Ok(Turns { work, count });
            }
            // Whole steps of at most tenfold, as the first runs are slow.
            count = scaled(count, growth.clamp(2.0, 10.0));
        }
    }

    /// Takes a turn, and returns what one piece takes.
    ///
    /// # Errors
    /// Fails if the work does.
    pub fn take(&mut self) -> io::Result<Taken> {
        let taken = self.work.run(self.count)?;
        Ok(taken.per(self.count as f64))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small and above zero"
)]
fn scaled(count: u64, factor: f64) -> u64 {
    ((count as f64 * factor) as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes 100 ns a piece, and notes how often it was asked for.
    struct Even {
        runs: Vec<u64>,
        fixed: Option<u64>,
    }

    impl Work for Even {
        fn run(&mut self, count: u64) -> io::Result<Taken> {
            self.runs.push(count);
            let wall = 100.0 * count as f64;
            Ok(Taken { wall, cpu: wall })
        }

        fn fixed_count(&self) -> Option<u64> {
            self.fixed
        }
    }

    fn even(fixed: Option<u64>) -> Even {
        let runs = Vec::new();
        Even { runs, fixed }
    }

    fn effort(turn: f64) -> Effort {
        Effort {
            turn,
            ..Effort::ONCE
        }
    }

    #[test]
    fn a_turn_is_filled_in_steps_of_at_most_tenfold() {
        let mut turns = Turns::new(even(None), effort(1e6)).expect("even work");
        assert_eq!(turns.work.runs, [1, 10, 100, 1000, 10_000]);
        assert_eq!(turns.count, 10_000);
        assert_eq!(turns.take().expect("even work").wall, 100.0);
    }

    #[test]
    fn a_fixed_count_fills_any_turn() {
        let turns = Turns::new(even(Some(32)), effort(1e6)).expect("even work");
        assert_eq!((turns.work.runs, turns.count), (vec![32], 32));
    }

    #[test]
    fn once_is_once() {
        let turns = Turns::new(even(None), Effort::ONCE).expect("even work");
        assert_eq!((turns.work.runs, turns.count), (vec![1], 1));
    }
}
