//! The one thread that writes to sled. It takes all batches that wait, carries them out in order, writes them as one
//! atomic sled batch, makes that durable once and answers all. While it does so the next ones gather: nothing waits for
//! more to come, and the busier the store the fewer flushes a batch costs.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sled::Db;
use tokio::sync::oneshot;

use crate::sled::files::Files;
use crate::sled::staging::{Group, Numbers, Row};
use crate::{Batch, Position, StoreError};

/// Batches that are written together at most, and their size in bytes (one batch may be larger).
const GROUP_BATCHES: usize = 4096;
const GROUP_BYTES: usize = 4 << 20;
/// Batches that may wait. Whoever awaits its answers never gets here; more are answered Unavailable and do nothing.
const WAITING: usize = 100_000;
/// How long a broken store rests between attempts to open it again.
const REOPEN_PAUSE: Duration = Duration::from_millis(500);
/// Last numbers of logs kept in memory.
const NUMBERS: usize = 100_000;

/// What is to be written.
pub(crate) enum Work {
    /// A batch of the store.
    Batch(Batch),
    /// Rows as they are, of a store that keeps copies.
    Rows(Vec<Row>),
}

/// Work that waits and where its answer goes.
pub(crate) struct Job {
    pub(crate) work: Work,
    pub(crate) answer: PendingReply,
}

/// Where an answer goes.
pub(crate) struct PendingReply {
    pub(crate) to: oneshot::Sender<Result<Position, StoreError>>,
    /// What Redis did before: its position is the answer then, and that nothing was written cannot be one.
    pub(crate) done: Option<Position>,
}

impl PendingReply {
    fn send(self, result: Result<Position, StoreError>) {
        let result = match (result, self.done) {
            (Ok(_), Some(position)) => Ok(position),
            (Err(StoreError::Full), Some(_)) => Err(StoreError::Unavailable("it is in Redis, but this server's disk is full".to_owned())),
            (result, _) => result,
        };
        // The caller may be gone; then nobody waits for the answer.
        let _ = self.to.send(result);
    }
}

/// Batches that wait, in the order they were handed over.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl Queue {
    /// Hands a batch over. It is in line when this returns.
    pub(crate) fn push(&self, job: Job) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.closed || waiting.jobs.len() >= WAITING {
            let why = if waiting.closed { "it is closed" } else { "too many batches wait" };
            drop(waiting);
            job.answer.send(Err(StoreError::Unavailable(why.to_owned())));
            return;
        }
        waiting.jobs.push_back(job);
        if waiting.jobs.len() == 1 {
            self.arrived.notify_one();
        }
    }

    /// Lets the thread end once nothing waits.
    pub(crate) fn close(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.arrived.notify_one();
    }

    /// What waits, once something does or the time is over; none when the queue is closed and empty.
    fn take(&self, at_most: Option<Duration>) -> Option<VecDeque<Job>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while waiting.jobs.is_empty() && !waiting.closed {
            match at_most {
                None => waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner),
                Some(time) => {
                    waiting = self.arrived.wait_timeout(waiting, time).unwrap_or_else(PoisonError::into_inner).0;
                    break;
                }
            }
        }
        if waiting.closed && waiting.jobs.is_empty() {
            return None;
        }
        Some(std::mem::take(&mut waiting.jobs))
    }
}

/// Time between the beginnings of two groups while many commit: a flush costs about as much as fifty batches.
const GATHER: Duration = Duration::from_millis(3);
/// Batches of a group that are many. One caller who waits for each answer is never kept waiting.
const CROWD: usize = 4;

/// Works until the queue is closed and empty.
pub(crate) fn run(queue: &Queue, files: &Arc<Files>) {
    let mut committer = Committer { files, known: Numbers::new(), tried: Instant::now() };
    let (mut begun, mut many) = (Instant::now(), false);
    loop {
        let rest = (!files.is_open()).then_some(REOPEN_PAUSE);
        let Some(mut jobs) = queue.take(rest) else { break };
        if many {
            std::thread::sleep(GATHER.saturating_sub(begun.elapsed()));
            jobs.extend(queue.take(Some(Duration::ZERO)).into_iter().flatten());
        }
        (begun, many) = (Instant::now(), jobs.len() >= CROWD);
        committer.reopen_in_time();
        while !jobs.is_empty() {
            committer.commit_some(&mut jobs);
        }
    }
    files.close();
}

struct Committer<'a> {
    files: &'a Arc<Files>,
    known: Numbers,
    tried: Instant,
}

type PendingReplies = Vec<(PendingReply, Position)>;

impl Committer<'_> {
    fn reopen_in_time(&mut self) {
        if self.files.is_open() || self.tried.elapsed() < REOPEN_PAUSE {
            return;
        }
        self.tried = Instant::now();
        match self.files.reopen() {
            Ok(()) => tracing::info!("the store is open again"),
            Err(error) => tracing::debug!(%error, "the store cannot be opened yet"),
        }
    }

    /// Carries out as many jobs as make one group, and answers them.
    fn commit_some(&mut self, jobs: &mut VecDeque<Job>) {
        let (tree, position) = match self.files.for_writing() {
            Ok(open) => open,
            Err(error) => {
                answer_all(jobs.drain(..).map(|job| job.answer), &error);
                return;
            }
        };
        let mut answers = PendingReplies::new();
        let done = catch_unwind(AssertUnwindSafe(|| self.write_some(&tree, position, jobs, &mut answers)));
        drop(tree);
        match done {
            Ok(Ok(())) => {
                for (answer, position) in answers {
                    answer.send(Ok(position));
                }
            }
            Ok(Err(error)) => self.recover(error, answers),
            Err(_) => self.recover(StoreError::Unavailable("sled failed".to_owned()), answers),
        }
    }

    fn write_some(
        &mut self,
        tree: &Db,
        mut position: Position,
        jobs: &mut VecDeque<Job>,
        answers: &mut PendingReplies,
    ) -> Result<(), StoreError> {
        let mut group = Group::new(tree, self.files.collections, &self.known);
        while answers.len() < GROUP_BATCHES && group.size < GROUP_BYTES {
            let Some(job) = jobs.pop_front() else { break };
            let added = match job.work {
                Work::Batch(batch) => group.add(position + 1, &batch),
                Work::Rows(rows) => group.add_rows(position + 1, rows),
            };
            match added {
                Ok(()) => {
                    position += 1;
                    answers.push((job.answer, position));
                }
                Err(error) => {
                    let harmless = matches!(error, StoreError::Conflict | StoreError::Refused(_));
                    job.answer.send(Err(error.clone()));
                    if !harmless {
                        return Err(error);
                    }
                }
            }
        }
        let Group { values, numbers, changes, .. } = group;
        self.files.write(tree, values, &changes)?;
        if self.known.len() > NUMBERS {
            self.known.clear();
        }
        self.known.extend(numbers);
        Ok(())
    }

    /// After an error sled takes no more: opens the database again, finds out what was written and answers accordingly.
    fn recover(&mut self, error: StoreError, answers: PendingReplies) {
        tracing::error!(%error, "the store could not be written; opening it again");
        self.known.clear();
        self.tried = Instant::now();
        if let Err(why) = self.files.reopen() {
            tracing::error!(error = %why, "the store cannot be opened");
            // Whether these will turn out to be written is not known.
            let unknown = if matches!(error, StoreError::Full) { StoreError::Unavailable(error.to_string()) } else { error };
            answer_all(answers.into_iter().map(|(answer, _)| answer), &unknown);
            return;
        }
        let reached = self.files.position();
        for (answer, position) in answers {
            // A group is there wholly or not at all, and the last position tells which.
            answer.send(if position <= reached { Ok(position) } else { Err(error.clone()) });
        }
    }
}

fn answer_all(answers: impl Iterator<Item = PendingReply>, error: &StoreError) {
    for answer in answers {
        answer.send(Err(error.clone()));
    }
}
