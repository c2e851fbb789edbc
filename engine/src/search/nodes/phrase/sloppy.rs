//! How often a sloppy phrase occurs in one document: Lucene's `SloppyPhraseMatcher`, step for step, since its sweep
//! defines which matches count.
//!
//! Each position of the phrase has a cursor over its word's positions minus its offset. The cursor that lags behind moves on,
//! and the smallest width seen since the leader changed counts as one match of weight 1 / (1 + width) when it is within
//! the slop. Cursors over the same word may not stand on the same token: the lesser one moves on.

/// The cursors of one phrase, reused from document to document.
pub(crate) struct SloppyMatcher {
    cursors: Vec<Cursor>,
    /// Cursors of a word that occurs more than once, by offset; one list a word.
    repeats: Vec<Vec<usize>>,
    queue: Vec<usize>,
    end: i64,
}

#[derive(Clone, Debug)]
struct Cursor {
    offset: i64,
    /// Index into `repeats`.
    group: Option<usize>,
    next: usize,
    position: i64,
}

impl SloppyMatcher {
    /// `offsets` of the positions and, for each, the first position with the same word.
    pub(crate) fn new(offsets: Vec<u32>, same_as: &[usize]) -> SloppyMatcher {
        let mut repeats: Vec<Vec<usize>> = Vec::new();
        let mut group_of = vec![None; offsets.len()];
        for first in 0..same_as.len() {
            let mut members: Vec<usize> = (0..same_as.len()).filter(|at| same_as[*at] == first).collect();
            if members.len() > 1 {
                members.sort_by_key(|at| offsets[*at]);
                for member in &members {
                    group_of[*member] = Some(repeats.len());
                }
                repeats.push(members);
            }
        }
        let cursors = offsets
            .into_iter()
            .zip(group_of)
            .map(|(offset, group)| Cursor { offset: i64::from(offset), group, next: 0, position: 0 })
            .collect();
        SloppyMatcher { cursors, repeats, queue: Vec::new(), end: 0 }
    }

    /// The sum of the matches' weights. `positions` are, for each cursor, its word's positions minus its offset plus one
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
        for at in 0..self.cursors.len() {
            self.cursors[at].next = 0;
            if !self.step(at, positions) {
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
        self.end = self.cursors.iter().map(|cursor| cursor.position).max().unwrap_or(0);
        self.queue.extend(0..self.cursors.len());
        true
    }

    /// The width of the next match, `None` after the last.
    fn next_match(&mut self, positions: &[&[u32]], slop: i64) -> Option<i64> {
        if self.queue.len() < self.cursors.len() {
            return None;
        }
        let mut at = self.pop();
        let mut width = self.end - self.cursors[at].position;
        let mut next = self.cursors[self.top()].position;
        while self.advance(at, positions) {
            if !self.part(at, positions) {
                break;
            }
            if self.cursors[at].position > next {
                self.queue.push(at);
                if width <= slop {
                    return Some(width);
                }
                at = self.pop();
                next = self.cursors[self.top()].position;
                width = self.end - self.cursors[at].position;
            } else {
                width = width.min(self.end - self.cursors[at].position);
            }
        }
        // Exhausted: one last match may stand. `at` stays out of the queue, which ends the sweep.
        (width <= slop).then_some(width)
    }

    fn step(&mut self, at: usize, positions: &[&[u32]]) -> bool {
        let cursor = &mut self.cursors[at];
        match positions[at].get(cursor.next) {
            Some(position) => {
                cursor.position = i64::from(*position);
                cursor.next += 1;
                true
            }
            None => false,
        }
    }

    fn advance(&mut self, at: usize, positions: &[&[u32]]) -> bool {
        let moved = self.step(at, positions);
        if moved {
            self.end = self.end.max(self.cursors[at].position);
        }
        moved
    }

    /// Moves cursors of one word off each other after `at` moved. `false` when a word's positions ran out.
    fn part(&mut self, at: usize, positions: &[&[u32]]) -> bool {
        let Some(group) = self.cursors[at].group else { return true };
        let mut moving = at;
        while let Some(other) = self.collision(group, moving) {
            moving = if self.before(moving, other) { moving } else { other };
            if !self.advance(moving, positions) {
                return false;
            }
        }
        // Lucene re-queues the cursors it moved; this queue looks its order up when asked.
        true
    }

    fn collision(&self, group: usize, at: usize) -> Option<usize> {
        let token = |at: usize| self.cursors[at].position + self.cursors[at].offset;
        self.repeats[group].iter().copied().find(|other| *other != at && token(*other) == token(at))
    }

    fn before(&self, a: usize, b: usize) -> bool {
        let key = |at: usize| (self.cursors[at].position, self.cursors[at].offset, at);
        key(a) < key(b)
    }

    fn top(&self) -> usize {
        self.queue.iter().copied().reduce(|best, other| if self.before(other, best) { other } else { best }).unwrap_or(0)
    }

    fn pop(&mut self) -> usize {
        let top = self.top();
        self.queue.retain(|at| *at != top);
        top
    }
}
