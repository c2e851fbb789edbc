//! `tutti index --from-azure`: a live service copied to an index here. Definition and synonym maps come first, then the documents
//! page by page, kept on disk (`spool`) and put into the build as they come; the index is swapped in at the end.

mod definition;
mod ranges;
mod service;
mod spool;

use std::path::Path;

use anyhow::{anyhow, bail};
use indicatif::HumanCount;
use tutti_engine::index::BulkOptions;
use tutti_engine::{Access, Engine};
use tutti_index_schema::{IndexDefinition, SynonymMap, is_index_name};

pub(super) use definition::Part;
use ranges::{MAX_SKIP, Range, RangeField, candidates};
use service::{Service, ServiceError};
use spool::{Job, Progress, Spool};

use super::run::{Run, rows_bar};
use crate::cli::Usage;

/// The most documents a service gives at once.
const PAGE: u64 = 1000;

/// What to copy, and where to.
pub(super) struct Copy<'a> {
    pub(super) url: &'a str,
    pub(super) key: &'a str,
    /// The index there.
    pub(super) source: &'a str,
    /// The index here.
    pub(super) index: &'a str,
    pub(super) data: &'a Path,
    pub(super) restart: bool,
    pub(super) range_field: Option<&'a str>,
    pub(super) without: &'a [Part],
    pub(super) rejects: &'a Path,
    pub(super) strict: bool,
    pub(super) quiet: bool,
    pub(super) options: BulkOptions,
}

impl Copy<'_> {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        for name in [self.source, self.index] {
            if !is_index_name(name) {
                return Err(Usage(format!("`{name}` cannot name an index")).into());
            }
        }
        let service = Service::new(self.url, self.key, self.source).map_err(reported)?;
        let definition = definition::adopt(service.definition().map_err(reported)?, self.index, self.without)?;
        let key = definition.key_field().ok_or_else(|| anyhow!("the definition has no key"))?;
        let order = key.sortable.then(|| format!("{} asc", key.name));
        let range_field = self.range_field(&definition)?;
        let engine = Engine::open(self.data, Access::WriteIfFree)?;
        copy_synonym_maps(&service, &engine, &definition)?;
        let spool = Spool::new(self.data, self.index);
        if self.restart {
            spool.remove()?;
        }
        let job = Job::new(service.base(), self.source, self.range_field, definition.to_json());
        let progress = match spool.resume(&job)? {
            Some(progress) => progress,
            None => begin(&service, job, range_field, &definition)?,
        };
        self.warn(&definition, order.is_some());
        spool.note(&progress)?;
        let build = engine.build_index(&definition, &self.options)?;
        let mut run = Run::new(build, self.rejects, self.strict, rows_bar(progress.counted, self.quiet));
        let source = Source { service: &service, order: order.as_deref(), definition: &definition };
        let taken = self.documents(&source, &spool, progress, &mut run)?;
        let counted = service.count().map_err(reported)?;
        run.finish(&engine, self.data, self.index)?;
        spool.remove()?;
        eprintln!("{}: the service counts {} documents, {} were read", self.index, HumanCount(counted), HumanCount(taken));
        if counted != taken {
            eprintln!("warning: the counts differ; the service was written to meanwhile: copy again for the present state");
        }
        Ok(())
    }

    /// The field asked for, when it can serve.
    fn range_field(&self, definition: &IndexDefinition) -> Result<Option<RangeField>, Usage> {
        let Some(path) = self.range_field else { return Ok(None) };
        let all = candidates(definition);
        all.iter().find(|field| field.path == path).cloned().map(Some).ok_or_else(|| {
            let known: Vec<&str> = all.iter().map(|field| field.path.as_str()).collect();
            let known = if known.is_empty() { "there is none".to_owned() } else { format!("there are {}", known.join(", ")) };
            Usage(format!("--range-field `{path}`: a filterable number or date is needed, in no collection; {known}"))
        })
    }

    fn warn(&self, definition: &IndexDefinition, sortable: bool) {
        let hidden = definition::hidden_fields(definition);
        if !hidden.is_empty() {
            eprintln!("warning: not retrievable, so their values stay behind: {}", hidden.join(", "));
        }
        if !sortable {
            eprintln!("warning: the key is not sortable; pages may overlap when the service is written to, compare the counts");
        }
    }

    /// Puts all documents into the build, those on disk first. Returns how many.
    fn documents(&self, source: &Source<'_>, spool: &Spool, mut at: Progress, run: &mut Run) -> anyhow::Result<u64> {
        let Source { service, order, definition } = source;
        let name = |page: u64| format!("{}/indexes('{}') page {}", service.base(), self.source, page + 1);
        for number in 0..at.pages {
            run.plain_lines(&spool.page(number), &name(number))?;
        }
        while let Some(range) = at.ranges.get(at.range) {
            if at.skip > MAX_SKIP {
                bail!("more documents than can be skipped came while they were read; --restart plans anew");
            }
            let mut page = service.page(range.filter.as_deref(), *order, at.skip, PAGE).map_err(reported)?;
            page.documents.iter_mut().for_each(|document| definition::drop_null_lists(document, &definition.fields));
            let count = page.documents.len() as u64;
            let last = count == 0 || (count < PAGE && !page.cut);
            (at.range, at.skip) = if last { (at.range + 1, 0) } else { (at.range, at.skip + count) };
            if count > 0 {
                at.pages += 1;
                let path = spool.keep(&page.documents, &at)?;
                run.plain_lines(&path, &name(at.pages - 1))?;
            }
        }
        Ok(run.rows())
    }
}

/// Where documents come from, and how.
struct Source<'a> {
    service: &'a Service,
    order: Option<&'a str>,
    definition: &'a IndexDefinition,
}

/// Counts and plans a copy that begins.
fn begin(service: &Service, job: Job, given: Option<RangeField>, definition: &IndexDefinition) -> anyhow::Result<Progress> {
    let counted = service.count().map_err(reported)?;
    let mut ranges = vec![Range { filter: None }];
    if given.is_some() || counted > MAX_SKIP {
        let fields = given.map_or_else(|| candidates(definition), |field| vec![field]);
        ranges = cut(service, &fields)?.ok_or_else(|| {
            Usage(format!(
                "{} documents, and a service skips {} at most: a filterable number or date is needed whose every value has fewer, and none fits",
                HumanCount(counted),
                HumanCount(MAX_SKIP)
            ))
        })?;
    }
    Ok(Progress { job, ranges, counted, pages: 0, range: 0, skip: 0 })
}

/// The ranges of the first field that fits.
fn cut(service: &Service, fields: &[RangeField]) -> anyhow::Result<Option<Vec<Range>>> {
    for field in fields {
        let bounds = || {
            let (least, greatest) = field.domain();
            if !field.sortable {
                return Ok((least, greatest));
            }
            let at = |direction, otherwise| {
                let value = service.extreme(&field.path, direction)?;
                Ok(value.and_then(|value| field.position(&value)).unwrap_or(otherwise))
            };
            Ok((at("asc", least)?, at("desc", greatest)?))
        };
        if let Some(ranges) = field.cut(MAX_SKIP, bounds, |filter| service.count_of(filter)).map_err(reported)? {
            return Ok(Some(ranges));
        }
    }
    Ok(None)
}

/// Makes the synonym maps that the definition names; one that is here already must say the same.
fn copy_synonym_maps(service: &Service, engine: &Engine, definition: &IndexDefinition) -> anyhow::Result<()> {
    let mut names: Vec<&String> = definition.flattened().into_iter().flat_map(|(_, field)| &field.synonym_maps).collect();
    names.sort_unstable();
    names.dedup();
    let mut missing = Vec::new();
    for name in names {
        if !is_index_name(name) {
            bail!("the definition names the synonym map `{name}`, which cannot be one");
        }
        let rules = service.synonyms(name).map_err(reported)?;
        match engine.synonym_map(name) {
            Ok(here) if SynonymMap::parse(name, &rules).is_ok_and(|there| there.rules == here.map.rules) => {}
            Ok(_) => bail!("the synonym map `{name}` is here already and differs from the service's; remove or rename one of them"),
            Err(tutti_engine::Error::NoSuchSynonymMap(_)) => missing.push((name, rules)),
            Err(error) => return Err(error.into()),
        }
    }
    for (name, rules) in missing {
        engine.put_synonym_map(name, &rules)?;
    }
    Ok(())
}

/// Whose fault it is decides the exit code.
fn reported(error: ServiceError) -> anyhow::Error {
    if error.is_usage() { Usage(error.to_string()).into() } else { error.into() }
}
