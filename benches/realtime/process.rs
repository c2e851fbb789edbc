//! What the kernel says about the processes that are measured.

use std::fs;

/// Use of some processes together, so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Seconds of processor time, user and system. The kernel counts in hundredths.
    pub(crate) cpu: f64,
    /// Resident memory, in kB.
    pub(crate) rss: f64,
    /// The same with shared pages divided among those who share them.
    pub(crate) pss: f64,
}

impl Usage {
    /// A process that is gone counts nothing.
    pub(crate) fn of(processes: &[u32]) -> Usage {
        let mut all = Usage::default();
        for process in processes {
            all.cpu += cpu(*process).unwrap_or(0.0);
            all.rss += kilobytes(*process, "status", "VmRSS:").unwrap_or(0.0);
            all.pss += kilobytes(*process, "smaps_rollup", "Pss:").unwrap_or(0.0);
        }
        all
    }

    /// Of this program itself.
    pub(crate) fn own() -> Usage {
        Usage::of(&[std::process::id()])
    }
}

fn cpu(process: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks: f64 = fields.get(11..13)?.iter().filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    Some(ticks / 100.0)
}

fn kilobytes(process: u32, file: &str, key: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/{file}")).ok()?;
    status.lines().find(|line| line.starts_with(key))?.split_whitespace().nth(1)?.parse().ok()
}
