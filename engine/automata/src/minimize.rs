//! The smallest deterministic automaton of a language: Valmari's variant of Hopcroft's algorithm, which works on the
//! transitions there are and needs no dead state.

use super::determinize::determinize;
use super::nfa::{Automaton, Edge, MAX_CODE_POINT};
use super::{AutomatonError, Budget};

/// Determinises and minimises.
pub(super) fn minimize(a: Automaton, budget: &mut Budget) -> Result<Automaton, AutomatonError> {
    if a.len() == 0 || (!a.accept[0] && a.edges[0].is_empty()) {
        return Ok(Automaton::nothing());
    }
    let a = determinize(a, budget)?;
    if let [only] = a.edges[0].as_slice()
        && (only.to, only.min, only.max) == (0, 0, MAX_CODE_POINT)
    {
        // Lucene keeps everything-matchers as they are.
        return Ok(a);
    }
    budget.spend(4 * a.len())?;
    let a = a.trim();
    if a.len() < 2 {
        return Ok(a);
    }

    // Labels: the ranges between all the points where an edge begins or ends.
    let mut points: Vec<u32> = a.edges.iter().flatten().flat_map(|edge| [edge.min, edge.max + 1]).collect();
    budget.spend(2 * points.len())?;
    points.sort_unstable();
    points.dedup();
    let label = |point: u32| points.partition_point(|&other| other < point);
    let mut arcs: Vec<Arc> = Vec::new();
    for (from, edges) in a.edges.iter().enumerate() {
        for edge in edges {
            let labels = label(edge.min)..label(edge.max + 1);
            budget.spend(2 + 4 * labels.len())?;
            arcs.extend(labels.map(|label| Arc { from: from as u32, label: label as u32, to: edge.to }));
        }
    }
    let blocks = refine(&a, &arcs, budget)?;
    let Some(blocks) = blocks else { return Ok(a) };
    Ok(merge(&a, &blocks))
}

/// A transition on one label.
struct Arc {
    from: u32,
    label: u32,
    to: u32,
}

/// The block of each state, or `None` when no two states are equal.
fn refine(a: &Automaton, arcs: &[Arc], budget: &mut Budget) -> Result<Option<Vec<u32>>, AutomatonError> {
    let mut blocks = Partition::new(a.len(), |state| usize::from(!a.accept[state]));
    let labels = arcs.iter().map(|arc| arc.label as usize + 1).max().unwrap_or(0);
    let mut used = vec![usize::MAX; labels];
    let mut distinct = 0;
    for arc in arcs {
        let number = &mut used[arc.label as usize];
        if *number == usize::MAX {
            *number = distinct;
            distinct += 1;
        }
    }
    let mut cords = Partition::new(arcs.len(), |arc| used[arcs[arc].label as usize]);

    // The arcs into each state.
    let mut starts = vec![0usize; a.len() + 1];
    for arc in arcs {
        starts[arc.to as usize + 1] += 1;
    }
    for state in 0..a.len() {
        starts[state + 1] += starts[state];
    }
    let mut fill = starts.clone();
    let mut into = vec![0u32; arcs.len()];
    for (number, arc) in arcs.iter().enumerate() {
        into[fill[arc.to as usize]] = number as u32;
        fill[arc.to as usize] += 1;
    }

    let (mut block, mut cord) = (1, 0);
    while cord < cords.sets() {
        let range = cords.range(cord);
        budget.spend(range.len())?;
        for at in range {
            blocks.mark(arcs[cords.elements[at] as usize].from);
        }
        blocks.split();
        cord += 1;
        while block < blocks.sets() {
            for at in blocks.range(block) {
                let state = blocks.elements[at] as usize;
                let arcs = &into[starts[state]..starts[state + 1]];
                budget.spend(1 + arcs.len())?;
                for &arc in arcs {
                    cords.mark(arc);
                }
            }
            cords.split();
            block += 1;
        }
    }
    Ok((blocks.sets() < a.len()).then_some(blocks.set_of))
}

/// One state for each block, the start's first.
fn merge(a: &Automaton, blocks: &[u32]) -> Automaton {
    let mut numbers = vec![u32::MAX; blocks.len()];
    let mut result = Automaton::nothing();
    let mut examples = Vec::new();
    for (state, &block) in blocks.iter().enumerate() {
        if numbers[block as usize] == u32::MAX {
            numbers[block as usize] = result.add_state(a.accept[state]);
            examples.push(state);
        }
    }
    for (state, &example) in examples.iter().enumerate() {
        result.edges[state] =
            a.edges[example].iter().map(|edge| Edge { to: numbers[blocks[edge.to as usize] as usize], ..*edge }).collect();
    }
    result.finish()
}

/// Disjoint sets of numbers that can be split in time proportional to what is split off.
struct Partition {
    elements: Vec<u32>,
    location: Vec<u32>,
    set_of: Vec<u32>,
    first: Vec<u32>,
    past: Vec<u32>,
    marked: Vec<u32>,
    touched: Vec<u32>,
}

impl Partition {
    /// Splits 0..len by a key; keys are small.
    fn new(len: usize, key: impl Fn(usize) -> usize) -> Partition {
        let mut elements: Vec<u32> = (0..len as u32).collect();
        elements.sort_by_key(|&element| key(element as usize));
        let mut p = Partition {
            location: vec![0; len],
            set_of: vec![0; len],
            first: Vec::new(),
            past: Vec::new(),
            marked: Vec::new(),
            touched: Vec::new(),
            elements,
        };
        let mut last = None;
        for at in 0..len {
            let element = p.elements[at] as usize;
            if last != Some(key(element)) {
                last = Some(key(element));
                p.first.push(at as u32);
                p.past.push(at as u32);
                p.marked.push(0);
            }
            let set = p.first.len() - 1;
            p.past[set] = at as u32 + 1;
            p.location[element] = at as u32;
            p.set_of[element] = set as u32;
        }
        p
    }

    fn sets(&self) -> usize {
        self.first.len()
    }

    fn range(&self, set: usize) -> std::ops::Range<usize> {
        self.first[set] as usize..self.past[set] as usize
    }

    fn mark(&mut self, element: u32) {
        let set = self.set_of[element as usize] as usize;
        let at = self.location[element as usize] as usize;
        let to = (self.first[set] + self.marked[set]) as usize;
        if at < to {
            return;
        }
        self.elements.swap(at, to);
        self.location[self.elements[at] as usize] = at as u32;
        self.location[element as usize] = to as u32;
        if self.marked[set] == 0 {
            self.touched.push(set as u32);
        }
        self.marked[set] += 1;
    }

    /// Splits every touched set into its marked and its other elements; the smaller part becomes the new set.
    fn split(&mut self) {
        while let Some(set) = self.touched.pop() {
            let set = set as usize;
            let (first, past) = (self.first[set], self.past[set]);
            let middle = first + std::mem::take(&mut self.marked[set]);
            if middle == past {
                continue;
            }
            let (low, high) = if middle - first <= past - middle {
                self.first[set] = middle;
                (first, middle)
            } else {
                self.past[set] = middle;
                (middle, past)
            };
            let new = self.first.len() as u32;
            self.first.push(low);
            self.past.push(high);
            self.marked.push(0);
            for &element in &self.elements[low as usize..high as usize] {
                self.set_of[element as usize] = new;
            }
        }
    }
}
