//! Six patterns, calm ones first: hills, petals, orbits, ribbons, tiles, bars.

use std::f32::consts::TAU;
use std::fmt::Write as _;

use super::colour::Oklch;
use super::{Chance, Palette};

/// The pattern of a number, 0 to 5; others are the last.
pub(super) fn draw(which: usize, palette: &Palette, chance: &mut Chance) -> String {
    let fore = palette.fore.map(Oklch::hex);
    let mut out = String::new();
    match which {
        0 => hills(&mut out, &fore, chance),
        1 => petals(&mut out, &fore, chance),
        2 => orbits(&mut out, &fore, chance),
        3 => ribbons(&mut out, &fore, chance),
        4 => tiles(&mut out, &fore, chance),
        _ => bars(&mut out, &fore, chance),
    }
    out
}

fn hills(out: &mut String, fore: &[String; 3], chance: &mut Chance) {
    let (x, y, r) = (chance.between(25.0, 75.0), chance.between(26.0, 42.0), chance.between(12.0, 20.0));
    let _ = write!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\" fill=\"{}\"/>", fore[2]);
    for layer in 0..3 {
        let level = 52.0 + 15.0 * layer as f32;
        let points: [f32; 4] = [0; 4].map(|_: i32| level + chance.between(-13.0, 9.0));
        let _ = write!(
            out,
            "<path d=\"M0 {:.1}C30 {:.1} 55 {:.1} 100 {:.1}V100H0Z\" fill=\"{}\" opacity=\"{}\"/>",
            points[0],
            points[1],
            points[2],
            points[3],
            fore[layer % 2],
            ["0.55", "0.75", "0.95"][layer]
        );
    }
}

fn petals(out: &mut String, fore: &[String; 3], chance: &mut Chance) {
    let (x, y) = (chance.between(38.0, 62.0), chance.between(38.0, 62.0));
    let count = 5 + chance.below(5);
    let (long, wide, start) = (chance.between(24.0, 36.0), chance.between(8.0, 14.0), chance.between(0.0, 90.0));
    for petal in 0..count {
        let turn = start + 360.0 * petal as f32 / count as f32;
        let _ = write!(
            out,
            "<ellipse cx=\"{:.1}\" cy=\"{y:.1}\" rx=\"{long:.1}\" ry=\"{wide:.1}\" fill=\"{}\" opacity=\".72\" transform=\"rotate({turn:.0} {x:.1} {y:.1})\"/>",
            x + long * 0.72,
            fore[petal % 2]
        );
    }
    let _ = write!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{:.1}\" fill=\"{}\"/>", wide * 0.75, fore[2]);
}

fn orbits(out: &mut String, fore: &[String; 3], chance: &mut Chance) {
    let (x, y) = (chance.between(20.0, 80.0), chance.between(20.0, 80.0));
    for ring in (0..6).rev() {
        let r = 10.0 + 14.0 * ring as f32;
        let wide = chance.between(3.0, 8.0);
        let _ = write!(
            out,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{wide:.1}\" opacity=\".8\"/>",
            fore[ring % 2]
        );
        if ring % 2 == 1 {
            let (sin, cos) = chance.between(0.0, TAU).sin_cos();
            let _ = write!(out, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"5\" fill=\"{}\"/>", x + r * cos, y + r * sin, fore[2]);
        }
    }
    let _ = write!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"7\" fill=\"{}\"/>", fore[2]);
}

fn ribbons(out: &mut String, fore: &[String; 3], chance: &mut Chance) {
    let turn = chance.between(-35.0, 35.0);
    let _ = write!(out, "<g transform=\"rotate({turn:.0} 50 50)\" fill=\"none\" stroke-linecap=\"round\">");
    let high = chance.between(7.0, 15.0);
    for ribbon in 0..6 {
        let y = -6.0 + 22.0 * ribbon as f32;
        let (wide, lift) = (chance.between(5.0, 12.0), if ribbon % 2 == 0 { high } else { -high });
        let _ = write!(
            out,
            "<path d=\"M-30 {y:.1}q20 {:.1} 40 0t40 0t40 0t40 0\" stroke=\"{}\" stroke-width=\"{wide:.1}\" opacity=\".85\"/>",
            -lift,
            fore[ribbon % 3]
        );
    }
    out.push_str("</g>");
}

fn tiles(out: &mut String, fore: &[String; 3], chance: &mut Chance) {
    const SIDE: f32 = 25.0;
    for row in 0..4 {
        for column in 0..4 {
            let (x, y) = (column as f32 * SIDE, row as f32 * SIDE);
            let (fill, middle) = (&fore[chance.below(3)], SIDE / 2.0);
            let turn = chance.below(4) * 90;
            let shape = match chance.below(5) {
                0 => format!("<circle cx=\"{middle}\" cy=\"{middle}\" r=\"9\" fill=\"{fill}\"/>"),
                1 | 2 => format!("<path d=\"M0 0h{SIDE}a{SIDE} {SIDE} 0 0 1-{SIDE} {SIDE}Z\" fill=\"{fill}\"/>"),
                3 => format!("<path d=\"M0 0h{SIDE}L0 {SIDE}Z\" fill=\"{fill}\"/>"),
                _ => continue,
            };
            let _ = write!(out, "<g transform=\"translate({x} {y}) rotate({turn} {middle} {middle})\" opacity=\".9\">{shape}</g>");
        }
    }
}

fn bars(out: &mut String, fore: &[String; 3], chance: &mut Chance) {
    let count = 5 + chance.below(4);
    let step = 84.0 / count as f32;
    let turn = [0, 0, 90, -20][chance.below(4)];
    let _ = write!(out, "<g transform=\"rotate({turn} 50 50)\">");
    for bar in 0..count {
        let high = chance.between(18.0, 78.0);
        let (x, wide) = (8.0 + step * bar as f32, step * 0.66);
        let _ = write!(
            out,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{wide:.1}\" height=\"{high:.1}\" rx=\"{:.1}\" fill=\"{}\"/>",
            50.0 - high / 2.0,
            wide / 2.0,
            fore[if chance.below(4) == 0 { 2 } else { bar % 2 }]
        );
    }
    out.push_str("</g>");
}
