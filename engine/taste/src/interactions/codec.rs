//! A batch of interactions as bytes: the ids once, then a few bytes an interaction.
//!
//! ```text
//! count of ids, then each: length, bytes
//! count of interactions, then each: user, item, venue + 1 or 0, kind with a bit for `times`, seconds since the one before (zigzag), times f32 if not 1
//! ```
//!
//! Whole numbers are LEB128.

use std::collections::HashMap;
use std::io;

use super::{Interaction, Kind};

const TIMES: u8 = 0x80;

pub(super) fn encode(batch: &[Interaction]) -> Vec<u8> {
    let mut numbers: HashMap<&str, u64> = HashMap::new();
    let mut ids: Vec<&str> = Vec::new();
    let mut rows = Vec::with_capacity(batch.len() * 8);
    let mut before = 0i64;
    for one in batch {
        for id in [Some(one.user.as_str()), Some(one.item.as_str()), one.venue.as_deref()].into_iter().flatten() {
            numbers.entry(id).or_insert_with(|| {
                ids.push(id);
                ids.len() as u64 - 1
            });
        }
        put(&mut rows, numbers[one.user.as_str()]);
        put(&mut rows, numbers[one.item.as_str()]);
        put(&mut rows, one.venue.as_deref().map_or(0, |venue| numbers[venue] + 1));
        let unusual = (one.times - 1.0).abs() > f32::EPSILON;
        rows.push(one.kind.number() | if unusual { TIMES } else { 0 });
        let apart = one.at.wrapping_sub(before);
        put(&mut rows, ((apart << 1) ^ (apart >> 63)) as u64);
        before = one.at;
        if unusual {
            rows.extend(one.times.to_le_bytes());
        }
    }
    let mut out = Vec::with_capacity(rows.len() + ids.iter().map(|id| id.len() + 2).sum::<usize>() + 16);
    put(&mut out, ids.len() as u64);
    for id in ids {
        put(&mut out, id.len() as u64);
        out.extend(id.as_bytes());
    }
    put(&mut out, batch.len() as u64);
    out.extend(rows);
    out
}

/// The record without what a user did; none when the user did nothing in it.
pub(super) fn without(record: &[u8], user: &str) -> io::Result<Option<Vec<u8>>> {
    let (mut rest, mut found) = (Vec::new(), false);
    decode(record, |who, item, venue, kind, at, times| {
        if who == user {
            found = true;
            return;
        }
        let (user, item, venue) = (who.to_owned(), item.to_owned(), venue.map(str::to_owned));
        rest.push(Interaction { user, item, kind, at, times, venue });
    })?;
    Ok(found.then(|| encode(&rest)))
}

/// Calls `each` with user, item, venue, kind, time and times of every interaction.
pub(super) fn decode(mut bytes: &[u8], mut each: impl FnMut(&str, &str, Option<&str>, Kind, i64, f32)) -> io::Result<()> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "a record of interactions is damaged");
    let bytes = &mut bytes;
    let count = take(bytes).ok_or_else(damaged)?;
    let mut ids: Vec<&str> = Vec::new();
    for _ in 0..count {
        let length = take(bytes).ok_or_else(damaged)? as usize;
        let (id, rest) = bytes.split_at_checked(length).ok_or_else(damaged)?;
        ids.push(std::str::from_utf8(id).map_err(|_| damaged())?);
        *bytes = rest;
    }
    let rows = take(bytes).ok_or_else(damaged)?;
    let mut at = 0i64;
    for _ in 0..rows {
        let mut id = || -> Option<&str> { ids.get(take(bytes)? as usize).copied() };
        let (user, item) = (id().ok_or_else(damaged)?, id().ok_or_else(damaged)?);
        let venue = match take(bytes).ok_or_else(damaged)? {
            0 => None,
            number => Some(*ids.get(number as usize - 1).ok_or_else(damaged)?),
        };
        let (kind, rest) = bytes.split_first().ok_or_else(damaged)?;
        *bytes = rest;
        let apart = take(bytes).ok_or_else(damaged)?;
        at = at.wrapping_add((apart >> 1) as i64 ^ -((apart & 1) as i64));
        let mut times = 1.0;
        if kind & TIMES != 0 {
            let (number, rest) = bytes.split_first_chunk::<4>().ok_or_else(damaged)?;
            times = f32::from_le_bytes(*number);
            *bytes = rest;
        }
        each(user, item, venue, Kind::numbered(kind & !TIMES).ok_or_else(damaged)?, at, times);
    }
    if bytes.is_empty() { Ok(()) } else { Err(damaged()) }
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut out = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        out |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(out);
        }
    }
    None
}
