//! One generation of an index at one commit, with the statistics that scores need. What hangs on one snapshot sees one state.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::schema::Field as Slot;
use tantivy::{Searcher, Term};

use super::bm25::{Bm25, FieldStatistics, Parameters};
use crate::error::Result;
use crate::index::columns::Columns;
use crate::index::fields::{FieldId, Fields};
use crate::index::generation::Generation;
use crate::index::layout::FieldLayout;

/// What a search reads.
pub(crate) struct Snapshot {
    pub(crate) generation: Arc<Generation>,
    pub(crate) segments: Searcher,
    /// How scores weigh frequencies and lengths.
    pub(crate) parameters: Parameters,
    /// Read once per field.
    statistics: Mutex<HashMap<Slot, FieldStatistics>>,
}

impl Snapshot {
    /// What is visible of a generation now.
    pub(crate) fn new(generation: Arc<Generation>) -> Snapshot {
        let segments = generation.searcher();
        let parameters = Parameters::of(&generation.definition);
        Snapshot { generation, segments, parameters, statistics: Mutex::default() }
    }

    /// The fields of the definition.
    pub(crate) fn fields(&self) -> &Fields {
        &self.generation.fields
    }

    /// Where a field's values are.
    pub(crate) fn layout(&self, field: FieldId) -> &FieldLayout {
        self.generation.layout.get(field)
    }

    /// The open columns.
    pub(crate) fn columns(&self) -> &Arc<Columns> {
        &self.generation.columns
    }

    /// Where a field's text is.
    pub(crate) fn text_slot(&self, field: FieldId) -> Option<Slot> {
        self.layout(field).text.as_ref().map(|column| column.slot)
    }

    /// Documents and tokens of a field's text.
    pub(crate) fn field_statistics(&self, slot: Slot) -> Result<FieldStatistics> {
        let mut known = self.statistics.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(statistics) = known.get(&slot) {
            return Ok(*statistics);
        }
        let (mut documents, mut tokens) = (0u64, 0u64);
        for reader in self.segments.segment_readers() {
            documents += self.generation.documents_with(reader, slot)?;
            tokens += reader.inverted_index(slot)?.total_num_tokens();
        }
        let statistics = FieldStatistics { documents, tokens };
        known.insert(slot, statistics);
        Ok(statistics)
    }

    /// Documents with the term, over all segments.
    pub(crate) fn doc_freq(&self, slot: Slot, term: &str) -> Result<u64> {
        Ok(self.segments.doc_freq(&Term::from_field_text(slot, term))?)
    }

    /// BM25 with this inverse document frequency.
    pub(crate) fn bm25(&self, idf: f32, boost: f32, field: FieldStatistics) -> Bm25 {
        Bm25::new(idf * boost, field, self.parameters)
    }
}
