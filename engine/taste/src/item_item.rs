//! The item-item model: walks of three steps over the graph of users and items, RP3beta (Paudel, Christoffel, Newell and Bernstein
//! 2017). From an item to a user who likes it to another item the user likes, with popular items held down. Where tastes are
//! local, as with places, this finds what factors miss.

use rayon::prelude::*;

use crate::factors::Interactions;
use crate::math::matrix::{Matrix, Row, Rows, pairs};

/// Parameters of the item-item model.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ItemItemSettings {
    /// The power of each step's probability; 1 is a plain walk.
    pub alpha: f32,
    /// How much popular items are held down: an end is divided by its number of users to this power.
    pub beta: f32,
    /// Ends kept for each item.
    pub neighbours: usize,
}

impl Default for ItemItemSettings {
    fn default() -> Self {
        ItemItemSettings { alpha: 0.8, beta: 0.3, neighbours: 500 }
    }
}

/// For each item its neighbours: the items that walks from it end at, with `(sum_u P_iu^alpha P_uj^alpha) / n_j^beta`; likes only.
/// O(sum of squares of how much each user likes) on all threads.
pub fn item_item(data: &Interactions, settings: &ItemItemSettings) -> Matrix {
    let m = data.items.height();
    let likes = |row: Row<'_>| row.values.iter().filter(|value| **value > 0.0).count() as f32;
    let power = |count: f32| count.max(1.0).powf(-settings.alpha);
    let from_user: Vec<f32> = (0..data.users.height()).into_par_iter().map(|at| power(likes(data.users.row(at)))).collect();
    let popularity: Vec<f32> = (0..m).into_par_iter().map(|at| likes(data.items.row(at))).collect();
    let damped: Vec<f32> = popularity.iter().map(|count| count.max(1.0).powf(-settings.beta)).collect();
    let rows: Vec<Vec<(u32, f32)>> = (0..m)
        .into_par_iter()
        .map_init(
            || (vec![0.0f32; m], Vec::new()),
            |(sums, touched): &mut (Vec<f32>, Vec<u32>), item| {
                let from_item = power(popularity[item]);
                for (user, value) in pairs(data.items.row(item)).filter(|(_, value)| *value > 0.0) {
                    let _ = value;
                    let step = from_item * from_user[user as usize];
                    for (end, value) in pairs(data.users.row(user as usize)) {
                        if value > 0.0 {
                            if sums[end as usize] == 0.0 {
                                touched.push(end);
                            }
                            sums[end as usize] += step;
                        }
                    }
                }
                let mut ends: Vec<(u32, f32)> = Vec::with_capacity(touched.len());
                for end in touched.drain(..) {
                    let value = std::mem::take(&mut sums[end as usize]);
                    if end as usize != item {
                        ends.push((end, value * damped[end as usize]));
                    }
                }
                let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
                if ends.len() > settings.neighbours {
                    ends.select_nth_unstable_by(settings.neighbours, order);
                    ends.truncate(settings.neighbours);
                }
                ends.sort_unstable_by_key(|(end, _)| *end);
                ends.shrink_to_fit();
                ends
            },
        )
        .collect();
    let mut out = Matrix { starts: Vec::with_capacity(m + 1), width: m, ..Matrix::default() };
    out.starts.push(0);
    for row in rows {
        for (end, value) in row {
            out.columns.push(end);
            out.values.push(value);
        }
        out.starts.push(out.columns.len() as u64);
    }
    out
}

/// Calls `add` with each neighbour of what a user likes and what the like adds to its score.
pub(crate) fn add_neighbours(item_item: Rows<'_>, likes: impl Iterator<Item = (u32, f32)>, mut add: impl FnMut(u32, f32)) {
    for (item, weight) in likes {
        for (end, value) in pairs(item_item.row(item as usize)) {
            add(end, weight * value);
        }
    }
}
