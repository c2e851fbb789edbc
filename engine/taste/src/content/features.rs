//! Content as numbers: a sparse row of features for each item.

use std::collections::HashMap;

use super::{ItemContent, Sound};
use crate::math::matrix::Matrix;

/// The weight of genres beside tags, whose row has length 1.
const GENRES: f32 = 0.3;
/// The weight of standardised sound.
const SOUND: f32 = 0.1;
/// Numbers that describe sound.
const SOUND_FEATURES: usize = 14;

/// A row of features for each item, and how many features there are. The last feature is 1 for everybody.
///
/// Tags: tf-idf, the row scaled to length 1. Genres: one each, times 0.3. Sound: standardised over the items that have it, times 0.1,
/// with the key on the circle of fifths and the tempo also as a logarithm folded into one octave.
pub(super) fn features(items: &[Option<&ItemContent>]) -> Matrix {
    let mut numbers: HashMap<(bool, &str), (u32, u32)> = HashMap::new();
    for item in items.iter().flatten() {
        for label in labels(item) {
            let next = numbers.len() as u32;
            numbers.entry(label).or_insert((next, 0)).1 += 1;
        }
    }
    let width = numbers.len() + SOUND_FEATURES + 1;
    let count = items.iter().flatten().count().max(1) as f32;
    let standard = Standard::of(items);
    let mut cells = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let Some(item) = item else { continue };
        let mut tags: Vec<(u32, f32)> = Vec::new();
        for (tag, times) in &item.tags {
            if let Some((number, known)) = numbers.get(&(true, tag.as_str())) {
                tags.push((*number, times.max(0.0) * (count / *known as f32).ln().max(0.0)));
            }
        }
        let length = tags.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        cells.extend(tags.into_iter().map(|(number, value)| (at as u32, number, value / length)));
        for genre in &item.genres {
            if let Some((number, _)) = numbers.get(&(false, genre.as_str())) {
                cells.push((at as u32, *number, GENRES));
            }
        }
        if let Some(sound) = described(&item.sound) {
            let standardised = standard.apply(&sound);
            cells.extend(standardised.iter().enumerate().map(|(k, value)| (at as u32, (numbers.len() + k) as u32, SOUND * value)));
        }
        cells.push((at as u32, width as u32 - 1, 1.0));
    }
    Matrix::of(items.len(), width, cells)
}

/// Labels with whether they are tags.
fn labels(item: &ItemContent) -> impl Iterator<Item = (bool, &str)> {
    item.tags.iter().map(|(tag, _)| (true, tag.as_str())).chain(item.genres.iter().map(|genre| (false, genre.as_str())))
}

/// Sound as numbers; none when nothing of it is known. What is missing is not a number.
fn described(sound: &Sound) -> Option<[f32; SOUND_FEATURES]> {
    if *sound == Sound::default() {
        return None;
    }
    let tempo = sound.tempo.filter(|tempo| *tempo > 0.0);
    let octave = tempo.map(|tempo| tempo.log2().fract() * std::f32::consts::TAU);
    let fifths = sound.key.map(|key| f32::from((u16::from(key) * 7) % 12) / 12.0 * std::f32::consts::TAU);
    let mut out = [f32::NAN; SOUND_FEATURES];
    for (to, from) in out.iter_mut().zip(sound.shares) {
        *to = from.unwrap_or(f32::NAN);
    }
    let rest = [
        sound.energy,
        sound.loudness,
        tempo.map(f32::ln),
        octave.map(f32::sin),
        octave.map(f32::cos),
        fifths.map(f32::sin),
        fifths.map(f32::cos),
        sound.major.map(|major| f32::from(u8::from(major))),
    ];
    for (to, from) in out[6..].iter_mut().zip(rest) {
        *to = from.unwrap_or(f32::NAN);
    }
    Some(out)
}

/// Means and deviations of described sound.
struct Standard {
    mean: [f32; SOUND_FEATURES],
    deviation: [f32; SOUND_FEATURES],
}

impl Standard {
    fn of(items: &[Option<&ItemContent>]) -> Standard {
        let mut sums = [(0.0f64, 0.0f64, 0.0f64); SOUND_FEATURES];
        for sound in items.iter().flatten().filter_map(|item| described(&item.sound)) {
            for (sum, value) in sums.iter_mut().zip(sound).filter(|(_, value)| value.is_finite()) {
                *sum = (sum.0 + 1.0, sum.1 + f64::from(value), sum.2 + f64::from(value * value));
            }
        }
        let mut out = Standard { mean: [0.0; SOUND_FEATURES], deviation: [1.0; SOUND_FEATURES] };
        for (at, (count, sum, squares)) in sums.into_iter().enumerate() {
            if count > 1.0 {
                let mean = sum / count;
                out.mean[at] = mean as f32;
                out.deviation[at] = ((squares / count - mean * mean).max(0.0).sqrt() as f32).max(1e-6);
            }
        }
        out
    }

    /// Standardised; 0 for what is missing.
    fn apply(&self, sound: &[f32; SOUND_FEATURES]) -> [f32; SOUND_FEATURES] {
        std::array::from_fn(|at| {
            let value = (sound[at] - self.mean[at]) / self.deviation[at];
            if value.is_finite() { value } else { 0.0 }
        })
    }
}
