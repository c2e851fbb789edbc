//! Colours by lightness, chroma and hue as eyes see them (Oklab, B. Ottosson 2020), written as sRGB.

/// Lightness 0 to 1, chroma from 0 (grey), hue in degrees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Oklch(pub(super) f32, pub(super) f32, pub(super) f32);

impl Oklch {
    /// `#rrggbb`; what a screen cannot show is made greyer until it can.
    pub(super) fn hex(self) -> String {
        let mut chroma = self.1;
        loop {
            let rgb = Oklch(self.0, chroma, self.2).linear();
            if chroma < 0.005 || rgb.iter().all(|part| (-0.001..=1.001).contains(part)) {
                let [r, g, b] = rgb.map(encoded);
                return format!("#{r:02x}{g:02x}{b:02x}");
            }
            chroma *= 0.93;
        }
    }

    /// Linear sRGB.
    fn linear(self) -> [f32; 3] {
        let Oklch(lightness, chroma, hue) = self;
        let (sin, cos) = hue.to_radians().sin_cos();
        let (a, b) = (chroma * cos, chroma * sin);
        let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
        let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
        let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
        [
            4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
            -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s,
            -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
        ]
    }
}

/// A part of linear light as sRGB's byte (IEC 61966-2-1).
fn encoded(part: f32) -> u8 {
    let part = part.clamp(0.0, 1.0);
    let curved = if part <= 0.003_130_8 { part * 12.92 } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 };
    (curved * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours() {
        assert_eq!(Oklch(1.0, 0.0, 0.0).hex(), "#ffffff");
        assert_eq!(Oklch(0.0, 0.0, 0.0).hex(), "#000000");
        assert_eq!(Oklch(0.627_96, 0.257_68, 29.234).hex(), "#ff0000");
    }
}
