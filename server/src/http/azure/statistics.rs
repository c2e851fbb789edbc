//! Sizes and limits.

use serde_json::{Value, json};
use tutti_engine::{Engine, Error};

use super::Answer;
use super::indexes::missing;
use crate::http::error::ApiError;

pub(super) fn of_index(engine: &Engine, name: &str) -> Result<Answer, ApiError> {
    let index = engine.index(name).map_err(missing(name))?;
    Ok(Answer::ok(json!({"documentCount": index.count(), "storageSize": index.size()?, "vectorIndexSize": index.vector_bytes()?})))
}

pub(super) fn of_service(engine: &Engine) -> Result<Answer, ApiError> {
    let (mut indexes, mut documents, mut bytes, mut vectors) = (0u64, 0u64, 0u64, 0u64);
    for name in engine.index_names()? {
        match engine.index(&name) {
            Ok(index) => {
                indexes += 1;
                documents += index.count();
                bytes += index.size()?;
                vectors += index.vector_bytes()?;
            }
            Err(Error::NoSuchIndex(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let counter = |usage: u64| json!({"usage": usage, "quota": null});
    Ok(Answer::ok(json!({
        "counters": {
            "aliasesCount": counter(engine.aliases().all().len() as u64),
            "documentCount": counter(documents),
            "indexesCount": counter(indexes),
            "indexersCount": counter(0),
            "dataSourcesCount": counter(0),
            "storageSize": counter(bytes),
            "synonymMaps": counter(engine.synonym_map_names()?.len() as u64),
            "skillsetCount": counter(0),
            "vectorIndexSize": counter(vectors),
        },
        "indexersRuntime": {"usedSeconds": 0, "remainingSeconds": Value::Null, "beginningTime": "1970-01-01T00:00:00Z", "endingTime": "1970-01-01T00:00:00Z"},
        "limits": {
            "maxStoragePerIndex": Value::Null,
            "maxFieldsPerIndex": 1000,
            "maxFieldNestingDepthPerIndex": 10,
            "maxComplexCollectionFieldsPerIndex": 40,
            "maxComplexObjectsInCollectionsPerDocument": 3000,
        },
    })))
}
