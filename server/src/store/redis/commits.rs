//! The one task that sends batches to Redis. All that wait go in one pipeline, in the order they were handed over; the
//! next ones gather meanwhile.

use std::sync::Arc;

use redis::{Cmd, RedisResult};
use tokio::sync::{mpsc, oneshot};

use super::link::{Answer, COMMIT, Link, away, number, understand};
use super::operations;
use crate::store::{Batch, CHANGES_KEPT, Position, StoreError, names};

/// Batches of one pipeline at most.
const TOGETHER: usize = 1024;
/// Batches that may wait; more are answered Unavailable and do nothing.
const WAITING: usize = 100_000;
/// Seconds for which deletions are remembered.
pub(in crate::store) const WEEK: u64 = 7 * 24 * 60 * 60;

/// Where the answer to a batch goes.
pub(in crate::store) type Asked = oneshot::Sender<Result<Position, StoreError>>;

/// What Redis did with a batch.
pub(in crate::store) struct Done {
    pub(in crate::store) position: Position,
    /// One for each beginning and trim (the log's last number) and amendment (0 when there was nothing to amend).
    pub(in crate::store) numbers: Vec<u64>,
}

/// What happens between Redis's answer and the caller's.
pub(in crate::store) trait Sink: Send + Sync + 'static {
    /// Redis carried the batch out.
    fn done(&self, done: Done, batch: Batch, asked: Asked);
    /// Redis could not be asked.
    fn failed(&self, error: &StoreError);
    /// Answers when everything before is finished.
    fn barrier(&self, asked: Asked);
}

enum Job {
    Commit(Batch, Asked),
    Barrier(Asked),
}

/// The end of the task's queue that callers hold. The task ends when all are gone.
#[derive(Clone)]
pub(in crate::store) struct Commits(mpsc::Sender<Job>);

impl Commits {
    /// Starts the task. Must be called within a runtime.
    pub(in crate::store) fn start(link: Arc<Link>, sink: Arc<dyn Sink>) -> Commits {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(work(link, sink, receiver));
        Commits(sender)
    }

    /// Hands a batch over. It is in line when this returns.
    pub(in crate::store) fn push(&self, batch: Batch) -> oneshot::Receiver<Result<Position, StoreError>> {
        let (asked, answer) = oneshot::channel();
        self.send(Job::Commit(batch, asked));
        answer
    }

    /// Is answered when everything handed over before is finished.
    pub(in crate::store) fn barrier(&self) -> oneshot::Receiver<Result<Position, StoreError>> {
        let (asked, answer) = oneshot::channel();
        self.send(Job::Barrier(asked));
        answer
    }

    fn send(&self, job: Job) {
        if let Err(error) = self.0.try_send(job) {
            let (Job::Commit(_, asked) | Job::Barrier(asked)) = error.into_inner();
            let _ = asked.send(Err(StoreError::Unavailable("too many batches wait".to_owned())));
        }
    }
}

async fn work(link: Arc<Link>, sink: Arc<dyn Sink>, mut receiver: mpsc::Receiver<Job>) {
    let mut jobs = Vec::new();
    while receiver.recv_many(&mut jobs, TOGETHER).await > 0 {
        let mut batches = Vec::new();
        for job in jobs.drain(..) {
            match job {
                Job::Commit(batch, asked) => match command(&link, &batch) {
                    Ok(command) => batches.push((command, batch, asked)),
                    Err(error) => drop(asked.send(Err(error))),
                },
                Job::Barrier(asked) => {
                    carry_out(&link, &*sink, std::mem::take(&mut batches)).await;
                    sink.barrier(asked);
                }
            }
        }
        carry_out(&link, &*sink, batches).await;
    }
}

fn command(link: &Link, batch: &Batch) -> Result<Cmd, StoreError> {
    names::check_batch(link.collections, batch)?;
    let mut command = redis::cmd("EVALSHA");
    command.arg(COMMIT.get_hash()).arg(0).arg(&link.prefix).arg(link.epoch().as_bytes()).arg(link.seen()).arg(CHANGES_KEPT).arg(WEEK);
    for argument in operations::arguments(link.collections, batch)? {
        command.arg(argument);
    }
    Ok(command)
}

async fn carry_out(link: &Link, sink: &dyn Sink, mut batches: Vec<(Cmd, Batch, Asked)>) {
    let mut loaded = false;
    while !batches.is_empty() {
        let answers = match send(link, &batches).await {
            Ok(answers) => answers,
            Err(error) => {
                sink.failed(&error);
                return batches.into_iter().for_each(|(_, _, asked)| drop(asked.send(Err(error.clone()))));
            }
        };
        let mut again = Vec::new();
        for ((command, batch, asked), answer) in std::mem::take(&mut batches).into_iter().zip(answers) {
            match answer {
                // It is a new Redis, and nothing was done.
                Err(error) if error.code() == Some("NOSCRIPT") && !loaded => again.push((command, batch, asked)),
                Err(error) => drop(asked.send(Err(away(&error)))),
                Ok(items) => match understand(items).and_then(done) {
                    Ok(done) => {
                        link.see(done.position);
                        sink.done(done, batch, asked);
                    }
                    Err(error) => {
                        if matches!(error, StoreError::Unavailable(_)) {
                            sink.failed(&error);
                        }
                        drop(asked.send(Err(error)));
                    }
                },
            }
        }
        batches = again;
        if !batches.is_empty() {
            loaded = true;
            if let Err(error) = COMMIT.load_async(&mut link.connection()).await {
                let error = away(&error);
                sink.failed(&error);
                return batches.into_iter().for_each(|(_, _, asked)| drop(asked.send(Err(error.clone()))));
            }
        }
    }
}

async fn send(link: &Link, batches: &[(Cmd, Batch, Asked)]) -> Result<Vec<RedisResult<Vec<Vec<u8>>>>, StoreError> {
    let mut pipeline = redis::Pipeline::with_capacity(batches.len());
    for (command, ..) in batches {
        pipeline.add_command(command.clone());
    }
    pipeline.ignore_errors();
    pipeline.query_async(&mut link.connection()).await.map_err(|error| away(&error))
}

fn done(mut items: Answer) -> Result<Done, StoreError> {
    let position = number(items.next())?;
    let numbers = items.map(|item| number(Some(item))).collect::<Result<_, _>>()?;
    Ok(Done { position, numbers })
}
