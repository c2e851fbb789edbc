//! Searching for settings on the held-out part: downhill on a grid of logarithms, in few dimensions first, since the best weights
//! hardly move with the number of dimensions.

use super::held_out::HeldOut;
use super::{Progress, Run, Tune};
use crate::Result;
use crate::blend::Blend;
use crate::factors::{Factors, Settings};
use crate::item_item::{ItemItemSettings, item_item};

/// Numbers in a vector while weights are searched.
const DIMENSIONS: usize = 64;
/// Passes of a trial.
const PASSES: u32 = 8;
/// A difference of ndcg that is none: of weights that do as well as the best the smallest is taken.
const NOISE: f64 = 1e-3;
/// Weights of item-item scores tried. Where item-item scores help nobody whose likes are many, 0.1 costs nothing and helps those whose likes are few (Last.fm,
/// users never trained on: ndcg@20 0.098 to 0.104 at one like).
const WEIGHTS: [f32; 9] = [0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.5, 2.5, 0.0];

impl Run<'_> {
    /// The weights that find most of the held-out part. Along the ridge where good pairs lie (`lambda` about 0.6 `a0`) first, then across
    /// it.
    pub(super) fn tune(&mut self, held_out: &HeldOut) -> Result<Settings> {
        let given = self.options.settings;
        let start = Settings { dimensions: given.dimensions.min(DIMENSIONS), ..given };
        let mut search = (start, self.trial(held_out, &start)?);
        let along = |step: f32| move |from: &Settings| scaled(from, step, step);
        let across = |step: f32| move |from: &Settings| scaled(from, 1.0, step);
        self.descend(held_out, &mut search, &[&along(2.0), &along(0.5)])?;
        self.descend(held_out, &mut search, &[&across(1.0 / 1.5), &across(1.5)])?;
        if self.options.tune == Tune::Thorough {
            for power in [0.0, 0.25, 0.4] {
                let changed = move |from: &Settings| Settings { popularity_power: power, ..*from };
                self.descend(held_out, &mut search, &[&changed])?;
            }
            self.descend(held_out, &mut search, &[&along(1.4), &along(1.0 / 1.4)])?;
            self.descend(held_out, &mut search, &[&across(1.0 / 1.25), &across(1.25)])?;
        }
        Ok(Settings { dimensions: given.dimensions, ..search.0 })
    }

    /// Goes on in each direction as long as it gets better; a direction that did not help ends, one that did rules out the others.
    fn descend(&mut self, held_out: &HeldOut, search: &mut (Settings, f64), directions: &[&dyn Fn(&Settings) -> Settings]) -> Result<()> {
        for next in directions {
            let mut better = false;
            loop {
                let tried = next(&search.0);
                let ndcg = if tried == search.0 { f64::NEG_INFINITY } else { self.trial(held_out, &tried)? };
                if ndcg <= search.1 {
                    break;
                }
                (*search, better) = ((tried, ndcg), true);
            }
            if better {
                break;
            }
        }
        Ok(())
    }

    fn trial(&mut self, held_out: &HeldOut, settings: &Settings) -> Result<f64> {
        let mut factors = Factors::random(self.data.users.len(), self.data.items.len(), settings);
        let mut most = 0.0f64;
        for pass in 1..=PASSES {
            self.check()?;
            factors.pass(&held_out.rest, settings, None);
            if pass >= 4 && pass % 2 == 0 {
                most = most.max(held_out.ndcg(&factors));
            }
        }
        (self.report)(Progress::Tried { settings: *settings, ndcg: most });
        Ok(most)
    }

    /// The item-item scores, and their weight beside these factors, that find most of the held-out part; `ndcg` is the figure without.
    pub(super) fn tune_item_item(
        &mut self,
        held_out: &HeldOut,
        factors: &Factors,
        ndcg: f64,
    ) -> Result<(Option<ItemItemSettings>, Blend, f64)> {
        let Some(given) = self.options.item_item else { return Ok((None, Blend::default(), ndcg)) };
        let grid = match self.options.tune {
            Tune::Never => vec![given],
            Tune::Quick => [(0.6, 0.4), (0.8, 0.3), (1.0, 0.2)].map(|(alpha, beta)| ItemItemSettings { alpha, beta, ..given }).to_vec(),
            Tune::Thorough => {
                let betas = [0.2, 0.3, 0.4, 0.5];
                [0.5, 0.6, 0.8, 1.0].iter().flat_map(|alpha| betas.map(|beta| ItemItemSettings { alpha: *alpha, beta, ..given })).collect()
            }
        };
        let mut best = (Some(given), Blend::default(), ndcg);
        for settings in grid {
            self.check()?;
            let found = item_item(&held_out.rest, &settings);
            let figures = held_out.ndcg_of_blends(factors, Some(&found), &WEIGHTS);
            let top = figures.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let good = WEIGHTS.iter().zip(&figures).find(|(_, figure)| **figure >= top - NOISE);
            let (weight, most) = good.map_or((0.0, ndcg), |(weight, figure)| (*weight, *figure));
            (self.report)(Progress::TriedItemItem { settings, weight, ndcg: most });
            if best.1.item_item == 0.0 && most >= best.2 - NOISE || most > best.2 {
                best = (Some(settings), Blend { item_item: weight, ..Blend::default() }, most);
            }
        }
        Ok(best)
    }
}

fn scaled(from: &Settings, unobserved: f32, regularisation: f32) -> Settings {
    Settings { unobserved: from.unobserved * unobserved, regularisation: from.regularisation * regularisation, ..*from }
}
