//! An index definition back to its canonical Azure AI Search JSON form: every attribute written, reading it back gives the same.

use serde_json::{Map, Value, json};

use crate::{
    definition::{
        Aggregation, Component, CustomAnalyzer, Field, FunctionKind, IndexDefinition, Interpolation, Metric, ScoringFunction,
        ScoringProfile, ValueType, VectorKind, VectorSearch,
    },
    duration,
};

impl IndexDefinition {
    /// The canonical JSON form, all defaults filled in.
    pub fn to_json(&self) -> Value {
        let suggesters: Vec<Value> = self
            .suggesters
            .iter()
            .map(|s| json!({"name": s.name, "searchMode": "analyzingInfixMatching", "sourceFields": s.source_fields}))
            .collect();
        let mut out = json!({
            "name": self.name,
            "fields": fields(&self.fields),
            "suggesters": suggesters,
            "scoringProfiles": self.scoring_profiles.iter().map(profile).collect::<Vec<_>>(),
            "defaultScoringProfile": self.default_scoring_profile,
            "analyzers": self.analyzers.iter().map(analyzer).collect::<Vec<_>>(),
            "tokenizers": components(&self.tokenizers),
            "tokenFilters": components(&self.token_filters),
            "charFilters": components(&self.char_filters),
            "normalizers": self.normalizers.iter().map(|n| json!({
                "@odata.type": "#Microsoft.Azure.Search.CustomNormalizer", "name": n.name,
                "tokenFilters": n.token_filters, "charFilters": n.char_filters
            })).collect::<Vec<_>>(),
            "similarity": self.similarity.map(|bm25| json!({
                "@odata.type": "#Microsoft.Azure.Search.BM25Similarity", "k1": bm25.k1, "b": bm25.b
            })),
            "vectorSearch": self.vector_search.as_ref().map(vectors),
        });
        if let Value::Object(out) = &mut out {
            out.extend(self.remarks.clone());
        }
        out
    }
}

fn fields(list: &[Field]) -> Vec<Value> {
    list.iter().map(field).collect()
}

fn field(field: &Field) -> Value {
    if field.field_type.value == ValueType::Complex {
        return json!({
            "name": field.name, "type": field.field_type.to_string(), "retrievable": field.retrievable, "fields": fields(&field.fields)
        });
    }
    json!({
        "name": field.name,
        "type": field.field_type.to_string(),
        "key": field.key,
        "searchable": field.searchable,
        "filterable": field.filterable,
        "sortable": field.sortable,
        "facetable": field.facetable,
        "retrievable": field.retrievable,
        "stored": field.stored,
        "analyzer": field.analyzer,
        "indexAnalyzer": field.index_analyzer,
        "searchAnalyzer": field.search_analyzer,
        "normalizer": field.normalizer,
        "synonymMaps": field.synonym_maps,
        "dimensions": field.dimensions,
        "vectorSearchProfile": field.vector_search_profile,
    })
}

fn with_type(name: &str, odata_type: &str, options: &Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("@odata.type".to_owned(), odata_type.into());
    out.insert("name".to_owned(), name.into());
    out.extend(options.iter().map(|(name, value)| (name.clone(), value.clone())));
    out
}

fn components(list: &[Component]) -> Vec<Value> {
    list.iter().map(|c| Value::Object(with_type(&c.name, &c.odata_type, &c.options))).collect()
}

fn analyzer(analyzer: &CustomAnalyzer) -> Value {
    let mut out = with_type(&analyzer.name, &analyzer.odata_type, &analyzer.options);
    if let Some(tokenizer) = &analyzer.tokenizer {
        out.insert("tokenizer".to_owned(), tokenizer.as_str().into());
        out.insert("tokenFilters".to_owned(), json!(analyzer.token_filters));
        out.insert("charFilters".to_owned(), json!(analyzer.char_filters));
    }
    Value::Object(out)
}

fn profile(profile: &ScoringProfile) -> Value {
    let weights: Map<String, Value> = profile.text_weights.iter().map(|(path, weight)| (path.clone(), json!(weight))).collect();
    json!({
        "name": profile.name,
        "text": if weights.is_empty() { Value::Null } else { json!({ "weights": weights }) },
        "functions": profile.functions.iter().map(function).collect::<Vec<_>>(),
        "functionAggregation": match profile.aggregation {
            Aggregation::Sum => "sum",
            Aggregation::Average => "average",
            Aggregation::Minimum => "minimum",
            Aggregation::Maximum => "maximum",
            Aggregation::FirstMatching => "firstMatching",
            Aggregation::Product => "product",
        },
    })
}

fn function(function: &ScoringFunction) -> Value {
    let (kind, parameters) = match &function.kind {
        FunctionKind::Magnitude { start, end, constant_beyond } => {
            ("magnitude", json!({"boostingRangeStart": start, "boostingRangeEnd": end, "constantBoostBeyondRange": constant_beyond}))
        }
        FunctionKind::Freshness { boosting_duration_seconds } => {
            ("freshness", json!({"boostingDuration": duration::format_seconds(*boosting_duration_seconds)}))
        }
        FunctionKind::Distance { reference_parameter, boosting_distance_km } => {
            ("distance", json!({"referencePointParameter": reference_parameter, "boostingDistance": boosting_distance_km}))
        }
        FunctionKind::Tag { tags_parameter } => ("tag", json!({"tagsParameter": tags_parameter})),
    };
    let interpolation = match function.interpolation {
        Interpolation::Linear => "linear",
        Interpolation::Constant => "constant",
        Interpolation::Quadratic => "quadratic",
        Interpolation::Logarithmic => "logarithmic",
    };
    let mut out = Map::new();
    out.insert("type".to_owned(), kind.into());
    out.insert("fieldName".to_owned(), function.field.as_str().into());
    out.insert("boost".to_owned(), json!(function.boost));
    out.insert("interpolation".to_owned(), interpolation.into());
    out.insert(kind.to_owned(), parameters);
    Value::Object(out)
}

fn vectors(vectors: &VectorSearch) -> Value {
    let algorithms: Vec<Value> = vectors
        .algorithms
        .iter()
        .map(|algorithm| {
            let metric = match algorithm.metric {
                Metric::Cosine => "cosine",
                Metric::Euclidean => "euclidean",
                Metric::DotProduct => "dotProduct",
            };
            match algorithm.kind {
                VectorKind::Hnsw { m, ef_construction, ef_search } => json!({
                    "name": algorithm.name, "kind": "hnsw",
                    "hnswParameters": {"m": m, "efConstruction": ef_construction, "efSearch": ef_search, "metric": metric}
                }),
                VectorKind::ExhaustiveKnn => json!({
                    "name": algorithm.name, "kind": "exhaustiveKnn", "exhaustiveKnnParameters": {"metric": metric}
                }),
            }
        })
        .collect();
    let profiles: Vec<Value> = vectors.profiles.iter().map(|(name, algorithm)| json!({"name": name, "algorithm": algorithm})).collect();
    json!({"algorithms": algorithms, "profiles": profiles})
}
