//! Forgetting copies that are of no use any more: another server overwrote, deleted, trimmed or dropped what they hold, and
//! keeps that. Without this a folder would only grow.

use super::Shared;
use crate::redis::link::{self, push, text};
use crate::sled::staging::Row;
use crate::{StoreError, keys, rows};

/// Rows that are looked at together.
const ROWS: usize = 512;

/// Looks at every copy of a document or an entry.
///
/// # Errors
/// When Redis goes away meanwhile; what was forgotten until then was right.
pub(crate) async fn sweep(shared: &Shared) -> Result<(), StoreError> {
    for kind in *b"de" {
        let mut from = vec![kind, 0];
        loop {
            let (start, end) = (from.clone(), vec![kind, 1]);
            let page = shared.local.reading(move |files| files.range(&start, &end, ROWS)).await?;
            let Some((last, _)) = page.last() else { break };
            from = [last.as_ref(), &[0]].concat();
            let mut arguments = Vec::new();
            for (key, value) in &page {
                let mut parts = key[2..].splitn(2, |byte| *byte == 0);
                let name = text(parts.next().unwrap_or_default().to_vec())?;
                if kind == b'd' {
                    push(&mut arguments, &[b"d", name.as_bytes(), parts.next().unwrap_or_default()]);
                    push(&mut arguments, rows::version(value)?.to_string());
                } else {
                    push(&mut arguments, &["e", &name, &keys::trailing_number(key)?.to_string()]);
                }
            }
            let arguments: Vec<&[u8]> = arguments.iter().map(Vec::as_slice).collect();
            let held = shared.link.run(&link::HELD, &arguments).await?;
            let useless = page.iter().zip(held).filter(|(_, held)| held.as_slice() == b"0");
            // Only as they were when they were looked at: a newer one may have come meanwhile.
            let forget: Vec<_> = useless.map(|((key, value), _)| Row::Forget(key.to_vec(), value.to_vec())).collect();
            if !forget.is_empty() {
                shared.local.write_rows(forget).await?;
            }
        }
    }
    Ok(())
}
