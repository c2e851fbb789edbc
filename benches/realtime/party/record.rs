//! The figures of the party over time.

use std::fs::File;
use std::io::{self, BufWriter};
use std::rc::Rc;
use std::time::Instant;

use super::{PartyRun, flush};
use crate::histogram::Histogram;
use crate::process::Usage;

/// Ticks of a minute.
const MINUTE: u32 = 12;

pub(super) struct Record {
    run_state: Rc<PartyRun>,
    csv: BufWriter<File>,
    processes: Vec<u32>,
    started: Instant,
    first: Usage,
    /// Deliveries and acks of this minute, and of the whole party.
    minute: [Histogram; 2],
    all: [Histogram; 2],
    ticks: u32,
}

impl Record {
    pub(super) fn new(run_state: Rc<PartyRun>, csv: BufWriter<File>, processes: Vec<u32>) -> Record {
        let histograms = || [Histogram::new(), Histogram::new()];
        let first = Usage::of(&processes);
        Record { run_state, csv, processes, started: Instant::now(), first, minute: histograms(), all: histograms(), ticks: 0 }
    }

    /// Takes the figures since the last time and writes a line of the CSV; each minute one of standard output.
    pub(super) fn tick(&mut self) -> io::Result<()> {
        if self.ticks == 0 {
            flush(
                &mut self.csv,
                "seconds,rss_kb,pss_kb,cpu_s,present,ops,returns,deliveries,p50_ms,p99_ms,ack_p50_ms,ack_p99_ms,turned_down,errors,missing,overtaken,closed",
            )?;
        }
        let counters = &self.run_state.counters;
        let five = [counters.delivered.replace(Histogram::new()), counters.acked.replace(Histogram::new())];
        for (at, fresh) in five.iter().enumerate() {
            self.minute[at].merge(fresh);
            self.all[at].merge(fresh);
        }
        let line = self.line(&five);
        flush(&mut self.csv, &line)?;
        self.ticks += 1;
        if self.ticks.is_multiple_of(MINUTE) {
            println!("{}", self.words(&format!("minute={}", self.ticks / MINUTE), &self.minute, self.run_state.counters.missing(0)));
            self.minute = [Histogram::new(), Histogram::new()];
        }
        Ok(())
    }

    /// The line of the whole party, and what went wrong.
    pub(super) fn end(&mut self, missing: u64) -> io::Result<()> {
        self.tick()?;
        println!("{}", self.words("scenario=party", &self.all, missing));
        for (what, times) in self.run_state.errors.borrow().iter() {
            println!("error {times} x {what}");
        }
        Ok(())
    }

    fn line(&self, [delivered, acked]: &[Histogram; 2]) -> String {
        let (usage, run_state) = (Usage::of(&self.processes), &self.run_state);
        let counters = &run_state.counters;
        format!(
            "{:.0},{:.0},{:.0},{:.2},{},{},{},{},{:.2},{:.2},{:.2},{:.2},{},{},{},{},{}",
            self.started.elapsed().as_secs_f64(),
            usage.rss,
            usage.pss,
            usage.cpu - self.first.cpu,
            run_state.present.get(),
            run_state.ops.get(),
            run_state.returns.get(),
            counters.deliveries.get(),
            delivered.quantile(0.5),
            delivered.quantile(0.99),
            acked.quantile(0.5),
            acked.quantile(0.99),
            run_state.expected_refusals.get(),
            self.errors(),
            counters.missing(0),
            counters.overtaken.get(),
            counters.closed.get(),
        )
    }

    fn words(&self, what: &str, [delivered, acked]: &[Histogram; 2], missing: u64) -> String {
        let (usage, run_state) = (Usage::of(&self.processes), &self.run_state);
        let counters = &run_state.counters;
        format!(
            "{what} seconds={:.0} present={} ops={} returns={} deliveries={} p50_ms={:.2} p99_ms={:.2} ack_p50_ms={:.2} ack_p99_ms={:.2} \
             turned_down={} errors={} missing={missing} overtaken={} snapshots={} closed={} server_cpu={:.2} rss_before_kb={:.0} rss_kb={:.0}",
            self.started.elapsed().as_secs_f64(),
            run_state.present.get(),
            run_state.ops.get(),
            run_state.returns.get(),
            counters.deliveries.get(),
            delivered.quantile(0.5),
            delivered.quantile(0.99),
            acked.quantile(0.5),
            acked.quantile(0.99),
            run_state.expected_refusals.get(),
            self.errors(),
            counters.overtaken.get(),
            counters.snapshots.get(),
            counters.closed.get(),
            usage.cpu - self.first.cpu,
            self.first.rss,
            usage.rss,
        )
    }

    fn errors(&self) -> u64 {
        self.run_state.errors.borrow().values().sum()
    }
}
