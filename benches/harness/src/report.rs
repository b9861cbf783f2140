//! Rows, and the table and files that they end in.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use crate::turns::Taken;

/// One side over another: the measurements of both, taken in turns.
#[derive(Debug)]
pub struct Row {
    /// What is compared.
    pub claim: String,
    /// Of each turn: the one over the other.
    pub ratios: Vec<f64>,
    /// The median of the ratios of processor time: what the work costs, whatever else
    /// the machine does meanwhile.
    pub cpu: Option<f64>,
    /// Medians of the one and the other; a ratio is what counts.
    pub medians: (String, String),
    /// What is claimed of the median ratio.
    pub target: Target,
}

/// What is claimed of a ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// It is no less.
    AtLeast(f64),
    /// It is no more.
    AtMost(f64),
    /// Shown beside the others, nothing is claimed.
    None,
}

impl Target {
    fn is_met(self, ratio: f64) -> Option<bool> {
        match self {
            Target::AtLeast(limit) => Some(ratio >= limit),
            Target::AtMost(limit) => Some(ratio <= limit),
            Target::None => None,
        }
    }

    fn text(self) -> String {
        match self {
            Target::AtLeast(limit) => format!(">= {limit}"),
            Target::AtMost(limit) => format!("<= {limit}"),
            Target::None => "-".to_owned(),
        }
    }
}

impl Row {
    /// Compares the turns of two sides; `show` writes nanoseconds a piece for a person.
    pub fn compare(
        claim: String,
        (of, to): (&[Taken], &[Taken]),
        show: fn(f64) -> String,
        target: Target,
    ) -> Row {
        let ratios = |figure: fn(&Taken) -> f64| -> Vec<f64> {
            let pairs = of.iter().zip(to);
            pairs.map(|(of, to)| figure(of) / figure(to)).collect()
        };
        let middle = |side: &[Taken]| {
            let walls: Vec<f64> = side.iter().map(|taken| taken.wall).collect();
            show(median(&walls))
        };
        Row {
            claim,
            ratios: ratios(|taken| taken.wall),
            cpu: Some(median(&ratios(|taken| taken.cpu))),
            medians: (middle(of), middle(to)),
            target,
        }
    }

    /// Prints it, as a sign of life.
    pub fn announce(&self) {
        println!("{:9.2}  {}", median(&self.ratios), self.claim);
    }

    fn met(&self) -> &'static str {
        match self.target.is_met(median(&self.ratios)) {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "-",
        }
    }

    fn cells(&self) -> [String; 7] {
        let (low, high) = ends(&self.ratios);
        let (first, third) = quartiles(&self.ratios);
        let figures = format!(
            "{} ({}-{}; {}-{}, {} pairs)",
            short(median(&self.ratios)),
            short(first),
            short(third),
            short(low),
            short(high),
            self.ratios.len()
        );
        [
            self.claim.clone(),
            figures,
            self.target.text(),
            self.met().to_owned(),
            self.cpu.map_or("-".to_owned(), short),
            self.medians.0.clone(),
            self.medians.1.clone(),
        ]
    }

    fn json(&self) -> String {
        let (low, high) = ends(&self.ratios);
        let (first, third) = quartiles(&self.ratios);
        format!(
            "{{\"claim\": {:?}, \"median\": {}, \"quartiles\": [{first}, {third}], \"min\": {low}, \"max\": {high}, \"pairs\": {}, \"target\": {:?}, \"met\": {:?}, \"cpu\": {}, \"numerator\": {:?}, \"denominator\": {:?}}}",
            self.claim,
            median(&self.ratios),
            self.ratios.len(),
            self.target.text(),
            self.met(),
            self.cpu.map_or("null".to_owned(), |cpu| cpu.to_string()),
            self.medians.0,
            self.medians.1,
        )
    }
}

const TITLES: [&str; 7] = [
    "claim",
    "ratio, median (quartiles; min-max)",
    "target",
    "met?",
    "by CPU time",
    "of",
    "over",
];

/// Returns the rows as a Markdown table.
pub fn table(rows: &[Row]) -> String {
    let mut lines = vec![TITLES.map(str::to_owned)];
    lines.extend(rows.iter().map(Row::cells));
    let mut widths = [0; 7];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    lines.insert(1, widths.map(|width| "-".repeat(width)));
    let mut table = String::new();
    for line in &lines {
        for (cell, width) in line.iter().zip(widths) {
            let _ = write!(table, "| {cell:width$} ");
        }
        table.push_str("|\n");
    }
    table
}

/// Writes `NAME.md` and `NAME.json` to that directory.
///
/// # Errors
/// Fails if they cannot be written.
pub fn write(directory: &Path, name: &str, heading: &str, rows: &[Row]) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    let page = format!("{heading}\n\n{}", table(rows));
    fs::write(directory.join(format!("{name}.md")), page)?;
    let rows: Vec<String> = rows.iter().map(Row::json).collect();
    let json = format!(
        "{{\"heading\": {heading:?}, \"rows\": [\n{}\n]}}\n",
        rows.join(",\n")
    );
    fs::write(directory.join(format!("{name}.json")), json)
}

/// Returns the medians of the lower and of the upper half.
fn quartiles(figures: &[f64]) -> (f64, f64) {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len().div_ceil(2);
    (
        median(&sorted[..half]),
        median(&sorted[sorted.len() - half..]),
    )
}

/// Returns the one in the middle, or the mean of the two there.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        len if len % 2 == 1 => sorted[len / 2],
        len => (sorted[len / 2 - 1] + sorted[len / 2]) / 2.0,
    }
}

fn ends(figures: &[f64]) -> (f64, f64) {
    let low = figures.iter().copied().fold(f64::INFINITY, f64::min);
    let high = figures.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (low, high)
}

/// Writes three digits that count.
fn short(figure: f64) -> String {
    match figure {
        f if f >= 100.0 => format!("{f:.0}"),
        f if f >= 10.0 => format!("{f:.1}"),
        f => format!("{f:.2}"),
    }
}

/// Writes nanoseconds for a person.
pub fn time(nanos: f64) -> String {
    match nanos {
        n if n < 1e3 => format!("{} ns", short(n)),
        n if n < 1e6 => format!("{} us", short(n / 1e3)),
        n => format!("{} ms", short(n / 1e6)),
    }
}

/// Writes nanoseconds a piece as pieces a second.
pub fn rate(nanos: f64) -> String {
    match 1e9 / nanos {
        rate if rate < 100.0 => format!("{rate:.1}/s"),
        rate => format!("{rate:.0}/s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_the_median_of_its_turns() {
        let side = |walls: [f64; 3]| {
            walls.map(|wall| Taken {
                wall,
                cpu: wall / 2.0,
            })
        };
        let (of, to) = (side([300.0, 200.0, 100.0]), side([100.0, 100.0, 100.0]));
        let row = Row::compare("a".to_owned(), (&of, &to), time, Target::AtLeast(2.0));
        assert_eq!(row.ratios, [3.0, 2.0, 1.0]);
        assert_eq!((row.met(), row.cpu), ("yes", Some(2.0)));
        assert_eq!(row.medians, ("200 ns".to_owned(), "100 ns".to_owned()));
    }
}
