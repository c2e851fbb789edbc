//! From an automaton over code points to the table, refusing what Lucene's `CompiledAutomaton` refuses.

use super::determinize::{determinize, with_subsets};
use super::dfa::{Dfa, Row};
use super::nfa::{Automaton, MAX_CODE_POINT};
use super::{AutomatonError, Budget, utf8};

/// Longest path Lucene walks when it looks for loops.
const MAX_PATH: usize = 1_000;

/// The table of an automaton. A small one is known to be within the limits.
pub(super) fn compile(a: Automaton, small: bool, budget: &mut Budget) -> Result<Dfa, AutomatonError> {
    if a.len() == 0 {
        return table(&a, |_| false);
    }
    let everything = a.accept[0] && matches!(a.edges[0].as_slice(), [e] if (e.to, e.min, e.max) == (0, 0, MAX_CODE_POINT));
    if everything {
        return table(&Automaton::any_string(), |_| true);
    }
    let a = determinize(a, budget)?.trim();
    budget.spend(10 * a.len())?;
    if a.len() == 0 {
        return table(&a, |_| false);
    }
    if is_single(&a) {
        return table(&utf8::convert(&a), |_| false);
    }
    let finite = is_finite(&a)?;
    let universal = universal(&a);
    budget.spend(8 * a.edges.iter().map(Vec::len).sum::<usize>())?;
    let bytes = utf8::convert(&a);
    if !finite && !small {
        // Lucene looks for a common suffix; all that matters here is whether it finds that too complex. When finding
        // out takes too long, the benefit of the doubt is the pattern's.
        let mut spare = Budget::small();
        if let Err(error) = determinize(bytes.reverse(), &mut spare)
            && !spare.is_spent()
        {
            return Err(error);
        }
    }
    let (bytes, subsets) = with_subsets(bytes, budget)?;
    table(&bytes, |state| {
        let original = match &subsets {
            None => state,
            Some(subsets) => match &*subsets[state] {
                [only] => *only as usize,
                _ => return false,
            },
        };
        universal.get(original).copied().unwrap_or(false)
    })
}

fn table(a: &Automaton, always: impl Fn(usize) -> bool) -> Result<Dfa, AutomatonError> {
    let rows: Vec<Row<'_>> =
        (0..a.len()).map(|state| Row { edges: &a.edges[state], accepts: a.accept[state], always: always(state) }).collect();
    Dfa::new(&rows).ok_or(AutomatonError::TooComplex)
}

/// Whether a deterministic automaton matches exactly one string.
fn is_single(a: &Automaton) -> bool {
    let mut state = 0usize;
    for _ in 0..a.len() {
        match (a.accept[state], a.edges[state].as_slice()) {
            (true, edges) => return edges.is_empty(),
            (false, [edge]) if edge.min == edge.max => state = edge.to as usize,
            _ => return false,
        }
    }
    false
}

/// Whether a trimmed automaton matches finitely many strings. Like Lucene it gives up on long paths.
fn is_finite(a: &Automaton) -> Result<bool, AutomatonError> {
    let mut on_path = vec![false; a.len()];
    let mut done = vec![false; a.len()];
    let mut path = vec![(0usize, 0usize)];
    on_path[0] = true;
    while let Some((state, next)) = path.last_mut() {
        let Some(edge) = a.edges[*state].get(*next) else {
            on_path[*state] = false;
            done[*state] = true;
            path.pop();
            continue;
        };
        *next += 1;
        let to = edge.to as usize;
        if on_path[to] {
            return Ok(false);
        }
        if !done[to] {
            if path.len() > MAX_PATH {
                return Err(AutomatonError::TooComplex);
            }
            on_path[to] = true;
            path.push((to, 0));
        }
    }
    Ok(true)
}

/// The states of a deterministic automaton from which everything matches.
fn universal(a: &Automaton) -> Vec<bool> {
    let covers = |state: usize| {
        let mut from = 0;
        a.edges[state].iter().all(|edge| {
            // Surrogates are no characters.
            let follows = edge.min <= from || (from >= 0xD800 && edge.min <= 0xE000);
            from = edge.max + 1;
            follows
        }) && from > MAX_CODE_POINT
    };
    let mut result: Vec<bool> = (0..a.len()).map(|state| a.accept[state] && covers(state)).collect();
    if !result.contains(&true) {
        return result;
    }
    let mut into = vec![Vec::new(); a.len()];
    for (from, edges) in a.edges.iter().enumerate() {
        for edge in edges {
            into[edge.to as usize].push(from as u32);
        }
    }
    let mut stack: Vec<u32> = (0..a.len()).filter(|&state| !result[state]).map(|state| state as u32).collect();
    while let Some(state) = stack.pop() {
        for &from in &into[state as usize] {
            if std::mem::replace(&mut result[from as usize], false) {
                stack.push(from);
            }
        }
    }
    result
}
