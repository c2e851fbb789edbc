//! Covers that are made, not taken: a song's place among tastes gives colours and pattern, its id the rest. What sounds alike looks alike,
//! and the same song looks the same everywhere. Knows neither routes nor files.

mod colour;
mod patterns;
mod places;

use colour::Oklch;
pub(crate) use places::Places;

/// Where a song stands among tastes: about -2 to 2 on each axis.
pub(crate) type Place = [f32; 4];

/// The cover of a song as an SVG of 100 by 100: O(1), the same for the same arguments. Without a place its id gives one; `energy`, 0 to 1,
/// makes patterns calm or sharp.
pub(crate) fn cover(id: &str, place: Option<Place>, energy: Option<f32>) -> String {
    let mut chance = Chance::of(id);
    let [a, b, c, d] = place.unwrap_or_else(|| [0; 4].map(|_: i32| chance.between(-1.5, 1.5)));
    let energy = energy.unwrap_or_else(|| chance.between(0.2, 0.8));
    // The first two axes are the colour wheel; the third says how far the second colour is from the first.
    let hue = a.atan2(b).to_degrees() + chance.between(-12.0, 12.0);
    let apart = 55.0 + 35.0 * c.clamp(-1.2, 1.2) + chance.between(-10.0, 10.0);
    let strong = 0.09 + 0.07 * energy;
    let light = 0.06 * d.clamp(-1.5, 1.5);
    let palette = if chance.below(4) == 0 {
        Palette {
            ground: [Oklch(0.82 + light * 0.5, 0.08 + 0.05 * energy, hue), Oklch(0.74, 0.1, hue + apart * 0.5)],
            fore: [
                Oklch(0.47, strong + 0.05, hue + apart),
                Oklch(0.6, strong + 0.04, hue - apart * 0.5),
                Oklch(0.95, 0.03, hue + apart * 0.5),
            ],
        }
    } else {
        Palette {
            ground: [Oklch(0.39 + light, strong + 0.01, hue), Oklch(0.28 + light, strong * 0.9, hue + apart * 0.6)],
            fore: [
                Oklch(0.77, 0.1 + 0.07 * energy, hue + apart),
                Oklch(0.65, 0.11 + 0.06 * energy, hue - apart * 0.5),
                Oklch(0.92, 0.06, hue + apart * 0.5),
            ],
        }
    };
    let family = (energy * 2.999) as usize;
    let which = usize::from(c + d + chance.between(-0.4, 0.4) > 0.0);
    let body = patterns::draw(family * 2 + which, &palette, &mut chance);
    let [top, bottom] = palette.ground.map(Oklch::hex);
    let turn = chance.between(0.0, 360.0) as i32;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\"><defs><linearGradient id=\"g\" gradientTransform=\"rotate({turn} .5 .5)\"><stop stop-color=\"{top}\"/><stop offset=\"1\" stop-color=\"{bottom}\"/></linearGradient></defs><rect width=\"100\" height=\"100\" fill=\"url(#g)\"/>{body}</svg>"
    )
}

/// The colours of a cover.
struct Palette {
    ground: [Oklch; 2],
    fore: [Oklch; 3],
}

/// Numbers that follow from a text (FNV-1a, then splitmix64).
struct Chance(u64);

impl Chance {
    fn of(text: &str) -> Chance {
        Chance(text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * ((self.next() >> 40) as f32 / (1u64 << 24) as f32)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_is_the_same_every_time_and_holds_nothing_of_the_id() {
        let id = "\"><script>alert(1)</script>";
        assert_eq!(cover(id, None, None), cover(id, None, None));
        assert!(!cover(id, None, None).contains("script"));
        assert_ne!(cover("a", None, None), cover("b", None, None));
    }

    #[test]
    fn every_place_gives_colours() {
        for step in 0..200 {
            let at = step as f32 / 20.0 - 5.0;
            for energy in [0.0, 0.5, 1.0] {
                let svg = cover(&step.to_string(), Some([at, -at, at * 0.7, 3.0 - at]), Some(energy));
                assert!(svg.starts_with("<svg") && svg.ends_with("</svg>") && !svg.contains("NaN") && svg.len() < 8000, "{svg}");
            }
        }
    }
}
