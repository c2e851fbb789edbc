//! What an operation of `/v1` is: summary, parameters, body, answers. Written beside each route and rendered as OpenAPI. Schemas come
//! from the wire's own types; credentials, and the 401 and 403 that go with them, from the handler's policy.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::wire::ErrorAnswer;
use crate::access::{Credential, Route};

/// Schemas by name.
pub(super) type Schemas = BTreeMap<String, Value>;

/// What a parameter is.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    /// One of these words.
    Word(&'static [&'static str]),
}

impl Kind {
    fn schema(self) -> Value {
        match self {
            Kind::Text => json!({"type": "string"}),
            Kind::Integer => json!({"type": "integer"}),
            Kind::Number => json!({"type": "number"}),
            Kind::Boolean => json!({"type": "boolean"}),
            Kind::Word(words) => json!({"type": "string", "enum": words}),
        }
    }
}

/// The description of one operation.
pub(crate) struct Operation {
    summary: &'static str,
    /// More about it.
    about: Option<&'static str>,
    /// Descriptions of parts of the path, by name.
    path: Vec<(&'static str, &'static str)>,
    query: Vec<Value>,
    body: Option<Value>,
    answers: BTreeMap<u16, Value>,
    schemas: Schemas,
}

impl Operation {
    pub(crate) fn new(summary: &'static str) -> Operation {
        let (path, query, body, answers, schemas) = Default::default();
        Operation { summary, about: None, path, query, body, answers, schemas }
    }

    /// Says more than the summary does.
    pub(crate) fn about(mut self, text: &'static str) -> Operation {
        self.about = Some(text);
        self
    }

    /// Describes a part of the path.
    pub(crate) fn path(mut self, name: &'static str, text: &'static str) -> Operation {
        self.path.push((name, text));
        self
    }

    /// A parameter that may be given once.
    pub(crate) fn query(self, name: &'static str, kind: Kind, text: &'static str) -> Operation {
        self.parameter(name, &kind.schema(), text, false)
    }

    /// A parameter that must be given.
    pub(crate) fn query_needed(self, name: &'static str, kind: Kind, text: &'static str) -> Operation {
        self.parameter(name, &kind.schema(), text, true)
    }

    /// A parameter that may be given several times.
    pub(crate) fn query_many(self, name: &'static str, kind: Kind, text: &'static str) -> Operation {
        self.parameter(name, &json!({"type": "array", "items": kind.schema()}), text, false)
    }

    fn parameter(mut self, name: &str, schema: &Value, text: &str, required: bool) -> Operation {
        self.query.push(json!({"name": name, "in": "query", "required": required, "schema": schema, "description": text}));
        self
    }

    /// A body that must be there.
    pub(crate) fn body<T: ToSchema>(self, text: &'static str) -> Operation {
        self.body_of::<T>(text, true)
    }

    /// A body that may be left out.
    pub(crate) fn body_optional<T: ToSchema>(self, text: &'static str) -> Operation {
        self.body_of::<T>(text, false)
    }

    fn body_of<T: ToSchema>(mut self, text: &str, required: bool) -> Operation {
        let schema = self.schema::<T>();
        let mut body = json!({"required": required, "content": {"application/json": {"schema": schema}}});
        if !text.is_empty() {
            body["description"] = json!(text);
        }
        self.body = Some(body);
        self
    }

    /// An example of the body.
    pub(crate) fn example(mut self, example: Value) -> Operation {
        if let Some(body) = &mut self.body {
            body["content"]["application/json"]["example"] = example;
        }
        self
    }

    /// A success with a JSON body.
    pub(crate) fn json<T: ToSchema>(mut self, status: u16, text: &'static str) -> Operation {
        let schema = self.schema::<T>();
        self.answers.insert(status, json!({"description": text, "content": {"application/json": {"schema": schema}}}));
        self
    }

    /// A success without a body.
    pub(crate) fn empty(mut self, status: u16, text: &'static str) -> Operation {
        self.answers.insert(status, json!({"description": text}));
        self
    }

    /// A success that is no JSON.
    pub(crate) fn content(mut self, status: u16, kind: &'static str, text: &'static str) -> Operation {
        self.answers.insert(status, json!({"description": text, "content": {kind: {}}}));
        self
    }

    /// A refusal.
    pub(crate) fn fails(mut self, status: u16, text: &'static str) -> Operation {
        let schema = self.schema::<ErrorAnswer>();
        self.answers.insert(status, json!({"description": text, "content": {"application/json": {"schema": schema}}}));
        self
    }

    /// A reference to the schema of a type, which is kept under its name with those it refers to.
    fn schema<T: ToSchema>(&mut self) -> Value {
        let name = T::name().into_owned();
        let mut found = vec![(name.clone(), T::schema())];
        T::schemas(&mut found);
        for (name, schema) in found {
            self.schemas.entry(name).or_insert_with(|| serde_json::to_value(schema).unwrap_or_default());
        }
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    /// The operation as OpenAPI has it, and its schemas added to others.
    pub(super) fn render(mut self, route: &Route, schemas: &mut Schemas) -> Value {
        if !route.credentials.is_empty() && !route.optional {
            let needed = route.credentials.iter().map(|credential| credential.name()).collect::<Vec<_>>().join(" or ");
            let schema = self.schema::<ErrorAnswer>();
            for (status, text) in [(401, format!("A valid {needed} is needed.")), (403, format!("The {needed} does not open this."))] {
                let answer = json!({"description": text, "content": {"application/json": {"schema": schema}}});
                self.answers.entry(status).or_insert(answer);
            }
        }
        let described = |name: &str| self.path.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        let parts = route.path.split(['{', '}']).skip(1).step_by(2);
        let mut parameters: Vec<Value> = parts
            .map(|name| {
                let mut part = json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
                if let Some(text) = described(name) {
                    part["description"] = json!(text);
                }
                part
            })
            .collect();
        parameters.append(&mut self.query);
        schemas.append(&mut self.schemas);
        let answers: Map<String, Value> = self.answers.into_iter().map(|(status, answer)| (status.to_string(), answer)).collect();
        let mut out = json!({"summary": self.summary, "parameters": parameters});
        if let Some(text) = self.about {
            out["description"] = json!(text);
        }
        if let Some(body) = self.body {
            out["requestBody"] = body;
        }
        out["responses"] = Value::Object(answers);
        if !route.credentials.is_empty() {
            let mut security: Vec<Value> = route.credentials.iter().map(|credential| json!({credential.scheme(): []})).collect();
            if route.optional {
                security.push(json!({}));
            }
            out["security"] = Value::Array(security);
        }
        out
    }
}

impl Credential {
    /// What it is called in a sentence.
    const fn name(self) -> &'static str {
        match self {
            Credential::AdminKey => "admin key",
            Credential::Token => "token",
        }
    }

    /// Its name among the security schemes.
    const fn scheme(self) -> &'static str {
        match self {
            Credential::AdminKey => "key",
            Credential::Token => "token",
        }
    }
}
