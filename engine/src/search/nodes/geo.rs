//! Documents with a point that passes a test.

use std::sync::Arc;

use tantivy::query::{EmptyScorer, EmptyWeight, Weight};
use tantivy::{DocSet, SegmentReader, u64_to_f64};

use super::constant_score::{ConstantScoreWeight, DocSource};
use crate::binding::plan::GeoTest;
use crate::index::columns::Columns;
use crate::index::fields::FieldId;
use crate::index::layout::Kind;
use crate::search::docset::scan;
use crate::search::snapshot::Snapshot;

/// The weight of a test of points; without a score.
pub(super) fn weight(snapshot: &Snapshot, field: FieldId, test: &GeoTest) -> Box<dyn Weight> {
    let layout = snapshot.layout(field);
    match (&layout.value, &layout.longitude) {
        (Some((kind, latitude)), Some(longitude)) => {
            let source = Points {
                columns: Arc::clone(snapshot.columns()),
                kind: *kind,
                latitude: latitude.name.clone(),
                longitude: longitude.name.clone(),
                test: test.clone(),
            };
            Box::new(ConstantScoreWeight::new(source, 0.0))
        }
        _ => Box::new(EmptyWeight),
    }
}

struct Points {
    columns: Arc<Columns>,
    kind: Kind,
    latitude: String,
    longitude: String,
    test: GeoTest,
}

impl DocSource for Points {
    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
        let latitudes = self.columns.numbers(reader, self.kind, &self.latitude)?;
        let longitudes = self.columns.numbers(reader, self.kind, &self.longitude)?;
        let (Some((latitudes, _)), Some((longitudes, _))) = (latitudes, longitudes) else { return Ok(Box::new(EmptyScorer)) };
        let test = self.test.clone();
        Ok(scan(reader, move |doc| {
            let mut points = longitudes.values_for_doc(doc).zip(latitudes.values_for_doc(doc));
            points.any(|(longitude, latitude)| test.passes((u64_to_f64(longitude), u64_to_f64(latitude))))
        }))
    }
}
