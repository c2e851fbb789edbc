//! How often a sloppy phrase occurs in one document: Lucene's `SloppyPhraseMatcher`, step for step, since its sweep
//! defines which matches count.
//!
//! Each place of the phrase walks through its word's positions minus its offset. The place that lags behind moves on,
//! and the smallest width seen since the leader changed counts as one match of weight 1 / (1 + width) when it is within
//! the slop. Places of the same word may not stand on the same token: the lesser one moves on.

/// The sweep of one phrase, reused from document to document.
pub(crate) struct Sweep {
    walkers: Vec<Walker>,
    /// Walkers of a word that occurs more than once, by offset; one list a word.
    repeats: Vec<Vec<usize>>,
    queue: Vec<usize>,
    end: i64,
}

#[derive(Clone, Debug)]
struct Walker {
    offset: i64,
    /// Index into `repeats`.
    group: Option<usize>,
    next: usize,
    position: i64,
}

impl Sweep {
    /// `offsets` of the places and, for each, the first place with the same word.
    pub(crate) fn new(offsets: Vec<u32>, same_as: &[usize]) -> Sweep {
        let mut repeats: Vec<Vec<usize>> = Vec::new();
        let mut group_of = vec![None; offsets.len()];
        for first in 0..same_as.len() {
            let mut members: Vec<usize> = (0..same_as.len()).filter(|place| same_as[*place] == first).collect();
            if members.len() > 1 {
                members.sort_by_key(|place| offsets[*place]);
                for member in &members {
                    group_of[*member] = Some(repeats.len());
                }
                repeats.push(members);
            }
        }
        let walkers = offsets
            .into_iter()
            .zip(group_of)
            .map(|(offset, group)| Walker { offset: i64::from(offset), group, next: 0, position: 0 })
            .collect();
        Sweep { walkers, repeats, queue: Vec::new(), end: 0 }
    }

    /// The sum of the matches' weights. `positions` are, for each place, its word's positions minus its offset plus one
    /// number common to all.
    pub(crate) fn frequency(&mut self, positions: &[&[u32]], slop: u32) -> f32 {
        let slop = i64::from(slop);
        let mut frequency = 0.0;
        if !self.start(positions) {
            return 0.0;
        }
        while let Some(width) = self.next_match(positions, slop) {
            frequency += 1.0 / (1.0 + width as f32);
        }
        frequency
    }

    fn start(&mut self, positions: &[&[u32]]) -> bool {
        self.queue.clear();
        self.end = i64::MIN;
        for place in 0..self.walkers.len() {
            self.walkers[place].next = 0;
            if !self.step(place, positions) {
                return false;
            }
        }
        // Repeats start apart: the second of a group one token on, the third two.
        for group in 0..self.repeats.len() {
            for nth in 1..self.repeats[group].len() {
                for _ in 0..nth {
                    if !self.step(self.repeats[group][nth], positions) {
                        return false;
                    }
                }
            }
        }
        self.end = self.walkers.iter().map(|walker| walker.position).max().unwrap_or(0);
        self.queue.extend(0..self.walkers.len());
        true
    }

    /// The width of the next match, `None` after the last.
    fn next_match(&mut self, positions: &[&[u32]], slop: i64) -> Option<i64> {
        if self.queue.len() < self.walkers.len() {
            return None;
        }
        let mut place = self.pop();
        let mut width = self.end - self.walkers[place].position;
        let mut next = self.walkers[self.top()].position;
        while self.advance(place, positions) {
            if !self.part(place, positions) {
                break;
            }
            if self.walkers[place].position > next {
                self.queue.push(place);
                if width <= slop {
                    return Some(width);
                }
                place = self.pop();
                next = self.walkers[self.top()].position;
                width = self.end - self.walkers[place].position;
            } else {
                width = width.min(self.end - self.walkers[place].position);
            }
        }
        // Exhausted: one last match may stand. `place` stays out of the queue, which ends the sweep.
        (width <= slop).then_some(width)
    }

    fn step(&mut self, place: usize, positions: &[&[u32]]) -> bool {
        let walker = &mut self.walkers[place];
        match positions[place].get(walker.next) {
            Some(position) => {
                walker.position = i64::from(*position);
                walker.next += 1;
                true
            }
            None => false,
        }
    }

    fn advance(&mut self, place: usize, positions: &[&[u32]]) -> bool {
        let moved = self.step(place, positions);
        if moved {
            self.end = self.end.max(self.walkers[place].position);
        }
        moved
    }

    /// Moves places of one word off each other after `place` moved. `false` when a word's positions ran out.
    fn part(&mut self, place: usize, positions: &[&[u32]]) -> bool {
        let Some(group) = self.walkers[place].group else { return true };
        let mut moving = place;
        while let Some(other) = self.collision(group, moving) {
            moving = if self.before(moving, other) { moving } else { other };
            if !self.advance(moving, positions) {
                return false;
            }
        }
        // Lucene re-queues the places it moved; this queue looks its order up when asked.
        true
    }

    fn collision(&self, group: usize, place: usize) -> Option<usize> {
        let token = |place: usize| self.walkers[place].position + self.walkers[place].offset;
        self.repeats[group].iter().copied().find(|other| *other != place && token(*other) == token(place))
    }

    fn before(&self, a: usize, b: usize) -> bool {
        let key = |place: usize| (self.walkers[place].position, self.walkers[place].offset, place);
        key(a) < key(b)
    }

    fn top(&self) -> usize {
        self.queue.iter().copied().reduce(|best, other| if self.before(other, best) { other } else { best }).unwrap_or(0)
    }

    fn pop(&mut self) -> usize {
        let top = self.top();
        self.queue.retain(|place| *place != top);
        top
    }
}
