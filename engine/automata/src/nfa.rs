//! Automata over code points (or bytes) without empty transitions, and the operations regular expressions are made
//! of. State 0 is the start; an automaton without states matches nothing. The shapes are Lucene's, state for state.

use super::{AutomatonError, Budget};
use std::collections::HashMap;

/// The largest code point.
pub(super) const MAX_CODE_POINT: u32 = 0x10_FFFF;

/// A transition on a range of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge {
    pub(super) min: u32,
    pub(super) max: u32,
    pub(super) to: u32,
}

/// Finite automaton. Edges of a state are sorted; those to the same state are merged.
#[derive(Clone, Debug, Default)]
pub(super) struct Automaton {
    pub(super) edges: Vec<Vec<Edge>>,
    pub(super) accept: Vec<bool>,
    pub(super) deterministic: bool,
}

impl Automaton {
    pub(super) fn len(&self) -> usize {
        self.accept.len()
    }

    pub(super) fn add_state(&mut self, accept: bool) -> u32 {
        self.edges.push(Vec::new());
        self.accept.push(accept);
        (self.accept.len() - 1) as u32
    }

    pub(super) fn add_edge(&mut self, from: u32, to: u32, min: u32, max: u32) {
        self.edges[from as usize].push(Edge { min, max, to });
    }

    /// Lets `from` do all that `to` can do now.
    fn add_epsilon(&mut self, from: u32, to: u32) {
        for at in 0..self.edges[to as usize].len() {
            let edge = self.edges[to as usize][at];
            self.edges[from as usize].push(edge);
        }
        if self.accept[to as usize] {
            self.accept[from as usize] = true;
        }
    }

    /// Appends the states of `other`, its start becoming the returned state.
    fn copy(&mut self, other: &Automaton) -> u32 {
        let offset = self.len() as u32;
        self.accept.extend_from_slice(&other.accept);
        self.edges.extend(other.edges.iter().map(|edges| shifted(edges, offset).collect()));
        offset
    }

    /// Sorts and merges the edges; to be called after building.
    pub(super) fn finish(mut self) -> Automaton {
        self.deterministic = true;
        for edges in &mut self.edges {
            if edges.len() > 1 {
                edges.sort_unstable_by_key(|e| (e.to, e.min, e.max));
                let mut kept = 0;
                for at in 1..edges.len() {
                    let edge = edges[at];
                    if edge.to == edges[kept].to && edge.min <= edges[kept].max.saturating_add(1) {
                        edges[kept].max = edges[kept].max.max(edge.max);
                    } else {
                        kept += 1;
                        edges[kept] = edge;
                    }
                }
                edges.truncate(kept + 1);
                edges.sort_unstable();
                self.deterministic &= edges.windows(2).all(|pair| pair[0].max < pair[1].min);
            }
        }
        self
    }

    /// Matches nothing.
    pub(super) fn nothing() -> Automaton {
        Automaton { deterministic: true, ..Automaton::default() }
    }

    /// Matches exactly `text`.
    pub(super) fn string(text: &str) -> Automaton {
        let mut a = Automaton::nothing();
        let mut last = a.add_state(false);
        for c in text.chars() {
            let next = a.add_state(false);
            a.add_edge(last, next, u32::from(c), u32::from(c));
            last = next;
        }
        a.accept[last as usize] = true;
        a
    }

    /// Matches one character of the ranges.
    pub(super) fn set(ranges: &[(u32, u32)]) -> Automaton {
        if ranges.is_empty() {
            return Automaton::nothing();
        }
        let mut a = Automaton::nothing();
        a.add_state(false);
        a.add_state(true);
        for &(min, max) in ranges {
            a.add_edge(0, 1, min, max);
        }
        a.finish()
    }

    /// Matches everything.
    pub(super) fn any_string() -> Automaton {
        let mut a = Automaton::nothing();
        a.add_state(true);
        a.add_edge(0, 0, 0, MAX_CODE_POINT);
        a
    }

    /// One after the other.
    pub(super) fn concatenate(list: &[&Automaton], budget: &mut Budget) -> Result<Automaton, AutomatonError> {
        if list.iter().any(|a| a.len() == 0) {
            return Ok(Automaton::nothing());
        }
        let mut offsets = Vec::with_capacity(list.len());
        let mut result = Automaton::nothing();
        for a in list {
            budget.spend(4 * a.len())?;
            offsets.push(result.copy(a));
        }
        for (at, a) in list.iter().enumerate() {
            for state in (0..a.len()).filter(|&state| a.accept[state]) {
                let from = offsets[at] as usize + state;
                result.accept[from] = false;
                let mut follow = at + 1;
                loop {
                    let Some(next) = list.get(follow) else {
                        result.accept[from] = true;
                        break;
                    };
                    budget.spend(4 + 6 * next.edges[0].len())?;
                    result.edges[from].extend(shifted(&next.edges[0], offsets[follow]));
                    if !next.accept[0] {
                        break;
                    }
                    follow += 1;
                }
            }
        }
        if list.is_empty() {
            result.add_state(true);
        }
        Ok(result.finish())
    }

    /// Any of them.
    pub(super) fn union(list: &[Automaton], budget: &mut Budget) -> Result<Automaton, AutomatonError> {
        let mut result = Automaton::nothing();
        result.add_state(false);
        for a in list.iter().filter(|a| a.len() > 0) {
            budget.spend(4 * a.len() + a.edges[0].len())?;
            let start = result.copy(a);
            result.add_epsilon(0, start);
        }
        Ok(result.finish().trim())
    }

    /// The same or nothing at all.
    pub(super) fn optional(&self, budget: &mut Budget) -> Result<Automaton, AutomatonError> {
        budget.spend(4 * self.len())?;
        let mut result = Automaton::nothing();
        result.add_state(true);
        if self.len() > 0 {
            let start = result.copy(self);
            result.add_epsilon(0, start);
        }
        Ok(result.finish())
    }

    /// Any number of times. Nothing repeated stays nothing, even zero times, as in Lucene.
    pub(super) fn star(&self, budget: &mut Budget) -> Result<Automaton, AutomatonError> {
        budget.spend(4 * self.len())?;
        if self.len() == 0 {
            return Ok(Automaton::nothing());
        }
        let mut result = Automaton::nothing();
        result.add_state(true);
        result.copy(self);
        result.edges[0].extend(shifted(&self.edges[0], 1));
        for state in (0..self.len()).filter(|&state| self.accept[state]) {
            budget.spend(1 + self.edges[0].len())?;
            result.edges[state + 1].extend(shifted(&self.edges[0], 1));
        }
        Ok(result.finish())
    }

    /// `min` times or more.
    pub(super) fn at_least(&self, min: usize, budget: &mut Budget) -> Result<Automaton, AutomatonError> {
        let star = self.star(budget)?;
        if min == 0 {
            return Ok(star);
        }
        let mut list = vec![self; min];
        list.push(&star);
        Automaton::concatenate(&list, budget)
    }

    /// Between `min` and `max` times.
    pub(super) fn between(&self, min: usize, max: usize, budget: &mut Budget) -> Result<Automaton, AutomatonError> {
        if min > max {
            return Ok(Automaton::nothing());
        }
        let mut result = match min {
            0 => Automaton::string(""),
            1 => self.clone(),
            _ => Automaton::concatenate(&vec![self; min], budget)?,
        };
        let accepting: Vec<u32> = (0..self.len()).filter(|&s| self.accept[s]).map(|s| s as u32).collect();
        let mut last: Vec<u32> = (0..result.len()).filter(|&s| result.accept[s]).map(|s| s as u32).collect();
        for _ in min..max {
            if self.len() == 0 {
                break;
            }
            budget.spend(4 * self.len() + last.len() * (1 + self.edges[0].len()))?;
            let start = result.copy(self);
            for &state in &last {
                result.add_epsilon(state, start);
            }
            last.clear();
            last.extend(accepting.iter().map(|&state| state + start));
        }
        Ok(result.finish())
    }

    /// Both of them.
    pub(super) fn intersection(&self, other: &Automaton, budget: &mut Budget) -> Result<Automaton, AutomatonError> {
        if self.len() == 0 || other.len() == 0 {
            return Ok(Automaton::nothing());
        }
        let mut result = Automaton::nothing();
        let mut pairs = vec![(0u32, 0u32)];
        let mut numbers = HashMap::from([((0u32, 0u32), 0u32)]);
        let mut at = 0;
        while let Some(&(p, q)) = pairs.get(at) {
            result.add_state(self.accept[p as usize] && other.accept[q as usize]);
            let (ps, qs) = (&self.edges[p as usize], &other.edges[q as usize]);
            budget.spend(10 + ps.len() * 2)?;
            for a in ps {
                for b in qs {
                    budget.spend(1)?;
                    if b.min > a.max {
                        break;
                    }
                    if b.max < a.min {
                        continue;
                    }
                    budget.spend(6)?;
                    let pair = (a.to, b.to);
                    let to = *numbers.entry(pair).or_insert_with(|| {
                        pairs.push(pair);
                        (pairs.len() - 1) as u32
                    });
                    result.edges[at].push(Edge { min: a.min.max(b.min), max: a.max.min(b.max), to });
                }
            }
            at += 1;
        }
        Ok(result.finish().trim())
    }

    /// Everything a deterministic automaton does not match.
    pub(super) fn complement(mut self) -> Automaton {
        let dead = self.add_state(false);
        for edges in &mut self.edges {
            let mut from = 0;
            let mut gaps = Vec::new();
            for edge in edges.iter() {
                if edge.min > from {
                    gaps.push(Edge { min: from, max: edge.min - 1, to: dead });
                }
                from = edge.max + 1;
            }
            if from <= MAX_CODE_POINT {
                gaps.push(Edge { min: from, max: MAX_CODE_POINT, to: dead });
            }
            edges.extend(gaps);
        }
        for accept in &mut self.accept {
            *accept = !*accept;
        }
        self.finish().trim()
    }

    /// Without the states that cannot be reached or lead nowhere.
    pub(super) fn trim(self) -> Automaton {
        let mut reached = vec![false; self.len()];
        let mut stack: Vec<u32> = if self.len() > 0 { vec![0] } else { Vec::new() };
        let mut into = vec![Vec::new(); self.len()];
        while let Some(state) = stack.pop() {
            if std::mem::replace(&mut reached[state as usize], true) {
                continue;
            }
            for edge in &self.edges[state as usize] {
                into[edge.to as usize].push(state);
                stack.push(edge.to);
            }
        }
        let mut live = vec![false; self.len()];
        stack.extend((0..self.len()).filter(|&state| reached[state] && self.accept[state]).map(|state| state as u32));
        while let Some(state) = stack.pop() {
            if !std::mem::replace(&mut live[state as usize], true) {
                stack.extend(&into[state as usize]);
            }
        }
        if live.iter().all(|&live| live) {
            return self;
        }
        let mut numbers = vec![0u32; self.len()];
        let mut result = Automaton::nothing();
        for state in (0..self.len()).filter(|&state| live[state]) {
            numbers[state] = result.add_state(self.accept[state]);
        }
        for state in (0..self.len()).filter(|&state| live[state]) {
            let edges = self.edges[state].iter().filter(|edge| live[edge.to as usize]);
            result.edges[numbers[state] as usize] = edges.map(|edge| Edge { to: numbers[edge.to as usize], ..*edge }).collect();
        }
        result.finish()
    }

    /// Matches every match backwards.
    pub(super) fn reverse(&self) -> Automaton {
        let mut result = Automaton::nothing();
        result.add_state(false);
        for state in 0..self.len() {
            result.add_state(state == 0);
        }
        for (from, edges) in self.edges.iter().enumerate() {
            for edge in edges {
                result.add_edge(edge.to + 1, from as u32 + 1, edge.min, edge.max);
            }
        }
        for state in (0..self.len()).filter(|&state| self.accept[state]) {
            result.add_epsilon(0, state as u32 + 1);
        }
        result.finish()
    }
}

fn shifted(edges: &[Edge], offset: u32) -> impl Iterator<Item = Edge> + '_ {
    edges.iter().map(move |edge| Edge { to: edge.to + offset, ..*edge })
}
