//! What of a definition may change while documents are stored.

use tutti_index_schema::{Field, IndexDefinition};

/// # Errors
/// What would change that stored documents depend on.
pub(super) fn check(before: &IndexDefinition, after: &IndexDefinition) -> Result<(), String> {
    for (path, old) in before.flattened() {
        let refused = |what: &str| format!("field `{path}` {what}; build the index anew");
        match after.field(&path) {
            None => return Err(refused("would be removed")),
            Some(new) => check_field(old, new).map_err(|what| refused(&what))?,
        }
    }
    Ok(())
}

fn check_field(old: &Field, new: &Field) -> Result<(), String> {
    if new.field_type != old.field_type || new.dimensions != old.dimensions {
        return Err(format!("would change its type from {} to {}", old.field_type, new.field_type));
    }
    let flags = |field: &Field| {
        [
            ("key", field.key),
            ("searchable", field.searchable),
            ("filterable", field.filterable),
            ("sortable", field.sortable),
            ("facetable", field.facetable),
        ]
    };
    if let Some((name, _)) = flags(old).into_iter().zip(flags(new)).find(|(old, new)| old != new).map(|(old, _)| old) {
        return Err(format!("would change `{name}`"));
    }
    let indexing = |field: &Field| (field.analyzer.clone().or_else(|| field.index_analyzer.clone()), field.normalizer.clone());
    if indexing(old) != indexing(new) {
        return Err("would change how its text is analysed".to_owned());
    }
    Ok(())
}
