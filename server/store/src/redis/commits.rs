//! The one task that sends batches to Redis. All that wait go in one pipeline, in the order they were handed over; the
//! next ones gather meanwhile.

use std::sync::Arc;

use redis::{Cmd, RedisResult};
use tokio::sync::{mpsc, oneshot};

use super::link::{COMMIT, Link, ScriptReply, away, number, understand};
use super::operations;
use crate::{Batch, CHANGES_KEPT, Position, StoreError, names};

/// Batches of one pipeline at most.
const BATCH_SIZE: usize = 1024;
/// Batches that may wait; more are answered Unavailable and do nothing.
const WAITING: usize = 100_000;
/// Seconds for which deletions are remembered.
pub(crate) const TOMBSTONE_SECONDS: u64 = 7 * 24 * 60 * 60;

/// Where the answer to a batch goes.
pub(crate) type ReplyTo = oneshot::Sender<Result<Position, StoreError>>;

/// What Redis did with a batch.
pub(crate) struct Done {
    pub(crate) position: Position,
    /// One for each beginning and trim (the log's last number) and amendment (0 when there was nothing to amend).
    pub(crate) numbers: Vec<u64>,
}

/// What happens between Redis's answer and the caller's.
pub(crate) trait CommitHook: Send + Sync + 'static {
    /// Redis carried the batch out.
    fn done(&self, done: Done, batch: Batch, reply_to: ReplyTo);
    /// Redis could not be asked.
    fn failed(&self, error: &StoreError);
    /// Answers when everything before is finished.
    fn barrier(&self, reply_to: ReplyTo);
}

enum Job {
    Commit(Batch, ReplyTo),
    Barrier(ReplyTo),
}

/// The end of the task's queue that callers hold. The task ends when all are gone.
#[derive(Clone)]
pub(crate) struct Commits(mpsc::Sender<Job>);

impl Commits {
    /// Starts the task. Must be called within a runtime.
    pub(crate) fn start(link: Arc<Link>, hook: Arc<dyn CommitHook>) -> Commits {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(work(link, hook, receiver));
        Commits(sender)
    }

    /// Hands a batch over. It is in line when this returns.
    pub(crate) fn push(&self, batch: Batch) -> oneshot::Receiver<Result<Position, StoreError>> {
        let (reply_to, answer) = oneshot::channel();
        self.send(Job::Commit(batch, reply_to));
        answer
    }

    /// Is answered when everything handed over before is finished.
    pub(crate) fn barrier(&self) -> oneshot::Receiver<Result<Position, StoreError>> {
        let (reply_to, answer) = oneshot::channel();
        self.send(Job::Barrier(reply_to));
        answer
    }

    fn send(&self, job: Job) {
        if let Err(error) = self.0.try_send(job) {
            let (Job::Commit(_, reply_to) | Job::Barrier(reply_to)) = error.into_inner();
            let _ = reply_to.send(Err(StoreError::Unavailable("too many batches wait".to_owned())));
        }
    }
}

async fn work(link: Arc<Link>, hook: Arc<dyn CommitHook>, mut receiver: mpsc::Receiver<Job>) {
    let mut jobs = Vec::new();
    while receiver.recv_many(&mut jobs, BATCH_SIZE).await > 0 {
        let mut batches = Vec::new();
        for job in jobs.drain(..) {
            match job {
                Job::Commit(batch, reply_to) => match command(&link, &batch) {
                    Ok(command) => batches.push((command, batch, reply_to)),
                    Err(error) => drop(reply_to.send(Err(error))),
                },
                Job::Barrier(reply_to) => {
                    carry_out(&link, &*hook, std::mem::take(&mut batches)).await;
                    hook.barrier(reply_to);
                }
            }
        }
        carry_out(&link, &*hook, batches).await;
    }
}

fn command(link: &Link, batch: &Batch) -> Result<Cmd, StoreError> {
    names::check_batch(link.collections, batch)?;
    let mut command = redis::cmd("EVALSHA");
    command
        .arg(COMMIT.get_hash())
        .arg(0)
        .arg(&link.prefix)
        .arg(link.epoch().as_bytes())
        .arg(link.seen())
        .arg(CHANGES_KEPT)
        .arg(TOMBSTONE_SECONDS);
    for argument in operations::arguments(link.collections, batch)? {
        command.arg(argument);
    }
    Ok(command)
}

async fn carry_out(link: &Link, hook: &dyn CommitHook, mut batches: Vec<(Cmd, Batch, ReplyTo)>) {
    let mut loaded = false;
    while !batches.is_empty() {
        let answers = match send(link, &batches).await {
            Ok(answers) => answers,
            Err(error) => {
                hook.failed(&error);
                return batches.into_iter().for_each(|(_, _, reply_to)| drop(reply_to.send(Err(error.clone()))));
            }
        };
        let mut again = Vec::new();
        for ((command, batch, reply_to), answer) in std::mem::take(&mut batches).into_iter().zip(answers) {
            match answer {
                // It is a new Redis, and nothing was done.
                Err(error) if error.code() == Some("NOSCRIPT") && !loaded => again.push((command, batch, reply_to)),
                Err(error) => drop(reply_to.send(Err(away(&error)))),
                Ok(items) => match understand(items).and_then(done) {
                    Ok(done) => {
                        link.see(done.position);
                        hook.done(done, batch, reply_to);
                    }
                    Err(error) => {
                        if matches!(error, StoreError::Unavailable(_)) {
                            hook.failed(&error);
                        }
                        drop(reply_to.send(Err(error)));
                    }
                },
            }
        }
        batches = again;
        if !batches.is_empty() {
            loaded = true;
            if let Err(error) = COMMIT.load_async(&mut link.connection()).await {
                let error = away(&error);
                hook.failed(&error);
                return batches.into_iter().for_each(|(_, _, reply_to)| drop(reply_to.send(Err(error.clone()))));
            }
        }
    }
}

async fn send(link: &Link, batches: &[(Cmd, Batch, ReplyTo)]) -> Result<Vec<RedisResult<Vec<Vec<u8>>>>, StoreError> {
    let mut pipeline = redis::Pipeline::with_capacity(batches.len());
    for (command, ..) in batches {
        pipeline.add_command(command.clone());
    }
    pipeline.ignore_errors();
    pipeline.query_async(&mut link.connection()).await.map_err(|error| away(&error))
}

fn done(mut items: ScriptReply) -> Result<Done, StoreError> {
    let position = number(items.next())?;
    let numbers = items.map(|item| number(Some(item))).collect::<Result<_, _>>()?;
    Ok(Done { position, numbers })
}
