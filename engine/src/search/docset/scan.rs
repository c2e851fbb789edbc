//! Documents that pass a test.

use tantivy::{DocId, DocSet, SeekDangerResult, SegmentReader, TERMINATED};

/// Documents that pass a test, looked at one by one; meant to be led by something sparser.
struct Scan<F> {
    test: F,
    doc: DocId,
    max_doc: DocId,
}

/// The documents of a segment that pass `test`.
pub(crate) fn scan(reader: &SegmentReader, test: impl Fn(DocId) -> bool + Send + 'static) -> Box<dyn DocSet> {
    scan_mut(reader, test)
}

/// The same with a test that keeps a state; it is called with ascending documents only.
pub(crate) fn scan_mut(reader: &SegmentReader, test: impl FnMut(DocId) -> bool + Send + 'static) -> Box<dyn DocSet> {
    let mut scan = Scan { test, doc: 0, max_doc: reader.max_doc() };
    scan.settle(0);
    Box::new(scan)
}

impl<F: FnMut(DocId) -> bool + Send> Scan<F> {
    fn settle(&mut self, from: DocId) -> DocId {
        let mut doc = from;
        while doc < self.max_doc && !(self.test)(doc) {
            doc += 1;
        }
        self.doc = if doc < self.max_doc { doc } else { TERMINATED };
        self.doc
    }
}

impl<F: FnMut(DocId) -> bool + Send> DocSet for Scan<F> {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED { TERMINATED } else { self.settle(self.doc + 1) }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target { self.doc } else { self.settle(target) }
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        if self.doc == target && target != TERMINATED {
            return SeekDangerResult::Found;
        }
        if target >= self.max_doc || self.doc == TERMINATED {
            self.doc = TERMINATED;
            return SeekDangerResult::SeekLowerBound(TERMINATED);
        }
        if self.doc > target {
            return SeekDangerResult::SeekLowerBound(self.doc);
        }
        if (self.test)(target) {
            self.doc = target;
            SeekDangerResult::Found
        } else {
            // Only the one document is tested; what follows is looked at when it is asked for.
            SeekDangerResult::SeekLowerBound(target + 1)
        }
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.max_doc
    }
}
