//! What is asked: classes of the query log, filters, facets and places, as the body of a REST search and as a request of
//! the engine.

use std::fmt::Write as _;

use serde_json::json;
use tutti_engine::query::{parse_filter, parse_lucene};
use tutti_engine::search::{FacetKind, FacetRequest, SearchRequest, SortBy, SortKey};

/// Venues of the index with places.
const VENUES: usize = 100_000;
/// Queries of a row.
const QUERIES: usize = 200;

/// A row of the tables: one kind of search.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) index: &'static str,
    pub(crate) searches: Vec<Search>,
}

/// One search.
#[derive(Clone, Default)]
pub(crate) struct Search {
    text: String,
    field: &'static str,
    filter: String,
    facet: bool,
    /// Longitude and latitude from which the nearest come first.
    nearest: Option<(f64, f64)>,
}

impl Search {
    /// As a client of the search service sends it.
    pub(crate) fn body(&self) -> String {
        let mut body = json!({"search": self.text, "queryType": "full", "top": 10});
        for (name, value) in [("searchFields", self.field), ("filter", &self.filter)] {
            if !value.is_empty() {
                body[name] = value.into();
            }
        }
        if self.facet {
            body["facets"] = json!(["genre"]);
        }
        if let Some((longitude, latitude)) = self.nearest {
            body["orderby"] = format!("geo.distance(location, geography'POINT({longitude} {latitude})')").into();
        }
        body.to_string()
    }

    /// The same for the engine, parsed as the server has to.
    pub(crate) fn request(&self) -> SearchRequest {
        let facet = || FacetRequest { field: "genre".to_owned(), kind: FacetKind::values(10) };
        let nearest = |from| {
            let distance = SortKey { by: SortBy::Distance { field: "location".to_owned(), from: vec![from] }, descending: false };
            // The search service sorts ties by score.
            vec![distance, SortKey { by: SortBy::Score, descending: true }]
        };
        SearchRequest {
            query: (self.text != "*").then(|| parse_lucene(&self.text).expect("the log parses")),
            fields: if self.field.is_empty() { Vec::new() } else { vec![(self.field.to_owned(), 1.0)] },
            filter: (!self.filter.is_empty()).then(|| parse_filter(&self.filter).expect("the filter parses")),
            facets: self.facet.then(facet).into_iter().collect(),
            sort: self.nearest.map(nearest).unwrap_or_default(),
            count: false,
            ..SearchRequest::default()
        }
    }
}

/// The rows, from a query log of `benches/peers/lucene/gen_queries.py`.
pub(crate) fn rows(log: &str) -> Vec<Row> {
    let class = |class: &str| -> Vec<Search> {
        let lines = log.lines().map(|line| line.split('\t').collect::<Vec<_>>()).filter(|line| line[0] == class);
        let search =
            |line: Vec<&str>| Search { text: line[1].to_owned(), field: "description", filter: line[2].to_owned(), ..Search::default() };
        lines.take(QUERIES).map(search).collect()
    };
    let mut random = Random(1);
    let mut filtered = |filter: &dyn Fn(&mut Random) -> String| -> Vec<Search> {
        class("term").into_iter().map(|search| Search { filter: filter(&mut random), ..search }).collect()
    };
    let genres = ["rock", "pop", "jazz", "blues", "house", "techno", "folk", "soul", "funk", "metal"];
    let eq = filtered(&|random| format!("year eq {}", 1960 + random.below(60)));
    let range = filtered(&|random| {
        let year = 1960 + random.below(40);
        format!("year ge {year} and year lt {}", year + 10)
    });
    let listed = filtered(&|random| {
        let three: Vec<&str> = (0..3).map(|_| genres[random.below(genres.len())]).collect();
        format!("genre/any(g: search.in(g, '{}'))", three.join(","))
    });
    let counted = |searches: Vec<Search>| searches.into_iter().map(|search| Search { facet: true, ..search }).collect();
    let mut places = |nearest: bool| -> Vec<Search> {
        let place = |_| {
            let (longitude, latitude) = random.place();
            let within = format!("geo.distance(location, geography'POINT({longitude} {latitude})') le 2");
            let all = Search { text: "*".to_owned(), ..Search::default() };
            if nearest { Search { nearest: Some((longitude, latitude)), ..all } } else { Search { filter: within, ..all } }
        };
        (0..QUERIES).map(place).collect()
    };
    let (within, nearest) = (places(false), places(true));
    let songs = |name, searches| Row { name, index: "catalog", searches };
    let venues = |name, searches| Row { name, index: "venues", searches };
    vec![
        songs("term", class("term")),
        songs("two terms", class("and")),
        songs("phrase", class("phrase")),
        songs("prefix", class("prefix")),
        songs("fuzzy", class("fuzzy")),
        songs("term, filter eq", eq),
        songs("term, filter range", range),
        songs("term, filter search.in", listed),
        songs("term, facet on genre", counted(class("term"))),
        songs("term, filter range, facet", counted(class("facet"))),
        venues("geo.distance le 2 km", within),
        venues("nearest first", nearest),
    ]
}

/// Venues around twenty towns, as JSON lines.
pub(crate) fn venues() -> String {
    let mut random = Random(2);
    let mut out = String::new();
    for id in 0..VENUES {
        let (longitude, latitude) = random.place();
        let kind = ["pub", "club", "cafe", "hall"][random.below(4)];
        let _ = writeln!(
            out,
            r#"{{"id":"v{id}","name":"Venue {id}","kind":"{kind}","location":{{"type":"Point","coordinates":[{longitude},{latitude}]}}}}"#
        );
    }
    out
}

/// The same numbers every time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }

    /// Somewhere near one of the towns, with five decimals.
    fn place(&mut self) -> (f64, f64) {
        let town = self.below(20);
        let mut near = |centre: f64| {
            let away = (0..3).map(|_| self.below(20_001) as f64 - 10_000.0).sum::<f64>() / 1e5;
            ((centre + away) * 1e5).round() / 1e5
        };
        (near(-10.0 + 1.7 * town as f64), near(36.0 + 1.1 * ((town * 7) % 20) as f64))
    }
}
