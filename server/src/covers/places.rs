//! The axes along which tastes differ most: principal components of the best-known songs, by power iteration.

use tutti_engine::taste::Model;

use super::Place;

/// Songs that the axes are found from.
const SONGS: usize = 400;
/// Rounds of power iteration: enough for directions that colours come from.
const ROUNDS: usize = 24;

/// Axes of one model.
#[derive(Debug)]
pub(crate) struct Places {
    mean: Vec<f32>,
    /// Directions of unit length and the spread along them.
    axes: Vec<(Vec<f32>, f32)>,
}

impl Places {
    /// The axes of a model's best-known songs. O(400 d); call it once a model.
    pub(crate) fn of(model: &Model) -> Places {
        let songs: Vec<&[f32]> = model.most_popular().iter().take(SONGS).filter_map(|item| model.item(*item)).collect();
        let (d, count) = (model.dimensions(), songs.len().max(1) as f32);
        let mut mean = vec![0.0; d];
        for song in &songs {
            mean.iter_mut().zip(*song).for_each(|(sum, part)| *sum += part / count);
        }
        let mut rows: Vec<Vec<f32>> = songs.iter().map(|song| song.iter().zip(&mean).map(|(part, mean)| part - mean).collect()).collect();
        let axes = (0..4).map(|at| axis(&mut rows, d, at)).collect();
        Places { mean, axes }
    }

    /// Where a vector of the model stands.
    pub(crate) fn place(&self, vector: &[f32]) -> Place {
        let centred: Vec<f32> = vector.iter().zip(&self.mean).map(|(part, mean)| part - mean).collect();
        let mut place = [0.0; 4];
        for (at, (axis, spread)) in place.iter_mut().zip(&self.axes) {
            *at = if *spread > 0.0 { dot(&centred, axis) / spread } else { 0.0 };
        }
        place
    }
}

/// The direction of greatest spread, which is then taken out of the rows, and its spread.
fn axis(rows: &mut [Vec<f32>], d: usize, number: usize) -> (Vec<f32>, f32) {
    let mut axis: Vec<f32> = (0..d).map(|at| if at % 4 == number { 1.0 } else { 0.3 }).collect();
    for _ in 0..ROUNDS {
        let mut next = vec![0.0; d];
        for row in rows.iter() {
            let along = dot(row, &axis);
            next.iter_mut().zip(row).for_each(|(sum, part)| *sum += along * part);
        }
        let length = dot(&next, &next).sqrt();
        if length.is_nan() || length < 1e-12 {
            return (axis, 0.0);
        }
        axis = next.into_iter().map(|part| part / length).collect();
    }
    let mut sum = 0.0;
    for row in rows.iter_mut() {
        let along = dot(row, &axis);
        sum += along * along;
        row.iter_mut().zip(&axis).for_each(|(part, axis)| *part -= along * axis);
    }
    let spread = (sum / rows.len().max(1) as f32).sqrt();
    (axis, spread)
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
