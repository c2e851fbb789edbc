//! The order of a queue: fair turns, votes or first come; and the places that moves pinned.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::rooms::rules::ids::{MemberId, SERVER};
use crate::rooms::rules::settings::QueueOrder;
use crate::rooms::rules::state::{Item, State};

/// What the order goes by, least first: songs of the server last, round, score, who reached it first, age.
type Rank = (bool, u64, Reverse<i64>, u64, u64);

/// What a member's own songs go by, least first, and the index of each.
type Own = (Reverse<i64>, u64, usize);

impl State {
    /// Indexes into `queue` in the order in which the songs will play. O(n log n) for n songs.
    pub(crate) fn order(&self) -> Vec<usize> {
        let rounds = if self.settings.order == QueueOrder::Fair { self.rounds() } else { vec![0; self.queue.len()] };
        let mut free: Vec<(Rank, usize)> = Vec::with_capacity(self.queue.len());
        let mut pinned = Vec::new();
        for (index, item) in self.queue.iter().enumerate() {
            match item.pin {
                Some(pin) => pinned.push((pin.index, Reverse(pin.seq), index)),
                None => free.push((self.rank(item, rounds[index]), index)),
            }
        }
        free.sort_unstable();
        if pinned.is_empty() {
            return free.into_iter().map(|(_, index)| index).collect();
        }
        place(free.into_iter().map(|(_, index)| index), pinned, self.queue.len())
    }

    /// The song that plays next.
    pub(crate) fn head(&self) -> Option<&Item> {
        self.order().first().map(|index| &*self.queue[*index])
    }

    fn rank(&self, item: &Item, round: u64) -> Rank {
        match self.settings.order {
            QueueOrder::Fifo => (false, 0, Reverse(0), 0, item.added_seq),
            QueueOrder::Votes => (false, 0, Reverse(item.score()), item.score_seq, item.added_seq),
            QueueOrder::Fair => (&*item.by == SERVER, round, Reverse(item.score()), item.score_seq, item.added_seq),
        }
    }

    /// The round of each song: a member's k-th song has round `max(turns, T - 1) + k`, T the most turns of any member.
    fn rounds(&self) -> Vec<u64> {
        let turns = |member: &MemberId| self.turns.get(member).copied().unwrap_or(0);
        let most = self.members.keys().map(turns).max().unwrap_or(0);
        let mut own: BTreeMap<&MemberId, Vec<Own>> = BTreeMap::new();
        for (index, item) in self.queue.iter().enumerate() {
            own.entry(&item.by).or_default().push((Reverse(item.score()), item.added_seq, index));
        }
        let mut rounds = vec![0; self.queue.len()];
        for (member, mut songs) in own {
            songs.sort_unstable();
            let first = turns(member).max(most.saturating_sub(1));
            for (k, (_, _, index)) in songs.into_iter().enumerate() {
                rounds[index] = first + k as u64;
            }
        }
        rounds
    }
}

/// Pinned items at their places, the free ones in the places left. Of two on one place the later pin stands first.
fn place(mut free: impl Iterator<Item = usize>, mut pinned: Vec<(usize, Reverse<u64>, usize)>, length: usize) -> Vec<usize> {
    pinned.sort_unstable();
    let mut places: Vec<Option<usize>> = vec![None; length];
    let mut next = 0;
    let count = pinned.len();
    for (nth, (index, _, item)) in pinned.into_iter().enumerate() {
        // Those behind need a place each.
        let last = length - (count - nth);
        let at = index.max(next).min(last);
        places[at] = Some(item);
        next = at + 1;
    }
    places.into_iter().filter_map(|place| place.or_else(|| free.next())).collect()
}
