//! Filters answered the slow way: every document is looked at, as JSON, by rules written down from the service's
//! documentation. Nothing here is the engine's.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::parse::{Constant, Filter, Operator, date, filter};

/// A corpus and what its fields are.
pub(super) struct Naive {
    fields: Vec<Field>,
    documents: Vec<Value>,
}

struct Field {
    name: String,
    /// `String`, `Int32` ... `ComplexType`.
    kind: String,
    collection: bool,
    filterable: bool,
    searchable: bool,
    lower_case: bool,
    parts: Vec<Field>,
}

/// What a path may begin with: fields, or the element of a simple collection.
#[derive(Clone, Copy)]
enum Around<'a> {
    Fields(&'a [Field]),
    Element(&'a Field),
}

type Checked<T> = Result<T, String>;

impl Naive {
    pub(super) fn new(definition: &Value, documents: Vec<Value>) -> Naive {
        Naive { fields: fields(&definition["fields"]), documents }
    }

    /// The keys of the documents that pass, or why the filter is none.
    pub(super) fn keys(&self, text: &str) -> Checked<Vec<String>> {
        let filter = filter(text)?;
        self.check(&filter, Around::Fields(&self.fields), None)?;
        let passing = self.documents.iter().filter(|document| self.passes(&filter, document, Around::Fields(&self.fields), false));
        let mut keys: Vec<String> = passing.map(|document| document["id"].as_str().unwrap_or_default().to_owned()).collect();
        keys.sort();
        Ok(keys)
    }

    /// Whether a filter may be asked. `variable` is what paths begin with.
    fn check(&self, filter: &Filter, around: Around<'_>, variable: Option<&str>) -> Checked<()> {
        let leaf = |path: &[String], kinds: &[&str]| -> Checked<()> {
            let field = single(around, tail(path, variable))?;
            if kinds.contains(&field.kind.as_str()) { Ok(()) } else { Err(format!("{path:?} is {}", field.kind)) }
        };
        match filter {
            Filter::Truth(_) => Ok(()),
            Filter::Not(inner) => self.check(inner, around, variable),
            Filter::And(left, right) | Filter::Or(left, right) => {
                self.check(left, around, variable)?;
                self.check(right, around, variable)
            }
            Filter::Compare(path, operator, constant) => {
                let field = single(around, tail(path, variable))?;
                let element = matches!(around, Around::Element(_));
                let numbers = ["Int32", "Int64", "Double"];
                let fits = match constant {
                    Constant::Null => !element && !operator.orders(),
                    Constant::Bool(_) => field.kind == "Boolean" && !operator.orders(),
                    Constant::Text(_) => field.kind == "String" && !operator.orders(),
                    Constant::Int(_) => numbers.contains(&field.kind.as_str()),
                    Constant::Double(number) if !number.is_finite() => field.kind == "Double",
                    Constant::Double(_) => numbers.contains(&field.kind.as_str()),
                    Constant::Date(_) => field.kind == "DateTimeOffset",
                };
                if fits { Ok(()) } else { Err(format!("{} and {constant:?}", field.kind)) }
            }
            Filter::Bare(path) => leaf(path, &["Boolean"]),
            Filter::In(path, _) => leaf(path, &["String"]),
            Filter::Distance(path, ..) | Filter::Intersects(path, _) => leaf(path, &["GeographyPoint"]),
            Filter::Any(path, None) => collection(around, tail(path, variable)).map(|_| ()),
            Filter::Any(path, Some((name, body))) => self.check_lambda(path, name, body, false, around, variable),
            Filter::All(path, name, body) => self.check_lambda(path, name, body, true, around, variable),
            Filter::Words(_, names, _) => {
                let known = texts(&self.fields, "");
                match names.iter().find(|name| !known.contains(name)) {
                    Some(name) => Err(format!("{name} is not searchable")),
                    None => Ok(()),
                }
            }
        }
    }

    fn check_lambda(
        &self,
        path: &[String],
        name: &str,
        body: &Filter,
        all: bool,
        around: Around<'_>,
        variable: Option<&str>,
    ) -> Checked<()> {
        let field = collection(around, tail(path, variable))?;
        if field.kind == "ComplexType" {
            return self.check(body, Around::Fields(&field.parts), Some(name));
        }
        self.check(body, Around::Element(field), Some(name))?;
        if allowed(&field.kind, &positive(body, false), all) { Ok(()) } else { Err(format!("not inside any/all over {}", field.kind)) }
    }

    /// Whether `value` (a document or an element) passes. Inside a lambda the first name of a path is the variable.
    fn passes(&self, filter: &Filter, value: &Value, around: Around<'_>, inside: bool) -> bool {
        let tail = |path: &[String]| -> Vec<String> { path[usize::from(inside)..].to_vec() };
        let at = |path: &[String]| found(value, &tail(path));
        let elements = |path: &[String]| at(path).and_then(Value::as_array).cloned().unwrap_or_default();
        let element = |path: &[String]| match collection(around, &tail(path)) {
            Ok(field) if field.kind == "ComplexType" => Around::Fields(&field.parts),
            Ok(field) => Around::Element(field),
            Err(_) => around,
        };
        match filter {
            Filter::Truth(truth) => *truth,
            Filter::And(left, right) => self.passes(left, value, around, inside) && self.passes(right, value, around, inside),
            Filter::Or(left, right) => self.passes(left, value, around, inside) || self.passes(right, value, around, inside),
            Filter::Not(filter) => !self.passes(filter, value, around, inside),
            Filter::Compare(path, operator, constant) => {
                let Ok(field) = single(around, &tail(path)) else { return false };
                compares(field, at(path), *operator, constant)
            }
            Filter::Bare(path) => at(path) == Some(&Value::Bool(true)),
            Filter::In(path, values) => {
                let Ok(field) = single(around, &tail(path)) else { return false };
                values.iter().any(|text| compares(field, at(path), Operator::Eq, &Constant::Text(text.clone())))
            }
            Filter::Any(path, None) => !elements(path).is_empty(),
            Filter::Any(path, Some((_, body))) => elements(path).iter().any(|item| self.passes(body, item, element(path), true)),
            Filter::All(path, _, body) => elements(path).iter().all(|item| self.passes(body, item, element(path), true)),
            Filter::Distance(path, from, operator, bound) => at(path).and_then(place).is_some_and(|place| {
                let distance = kilometres(place, *from);
                holds(distance.partial_cmp(bound), *operator)
            }),
            Filter::Intersects(path, ring) => at(path).and_then(place).is_some_and(|place| covers(ring, place)),
            Filter::Words(text, names, all) => {
                let names = if names.is_empty() { texts(&self.fields, "") } else { names.clone() };
                let mut there = Vec::new();
                for name in &names {
                    words(value, &name.split('/').map(str::to_owned).collect::<Vec<_>>(), &mut there);
                }
                let mut wanted = text.split(' ').filter(|word| !word.is_empty()).map(str::to_lowercase).peekable();
                let is_there = |word: String| there.contains(&word);
                matches!(text.trim(), "" | "*") || if *all { wanted.all(is_there) } else { wanted.any(is_there) }
            }
        }
    }
}

fn fields(list: &Value) -> Vec<Field> {
    let each = |field: &Value| {
        let full = field["type"].as_str().unwrap_or_default();
        let inner = full.strip_prefix("Collection(").and_then(|rest| rest.strip_suffix(')'));
        let kind = inner.unwrap_or(full).trim_start_matches("Edm.").to_owned();
        Field {
            name: field["name"].as_str().unwrap_or_default().to_owned(),
            collection: inner.is_some(),
            filterable: field["filterable"].as_bool().unwrap_or(true),
            searchable: kind == "String" && field["searchable"].as_bool().unwrap_or(true),
            lower_case: field["normalizer"] == "lowercase",
            parts: fields(&field["fields"]),
            kind,
        }
    };
    list.as_array().map(|list| list.iter().map(each).collect()).unwrap_or_default()
}

/// The paths that full text is searched in.
fn texts(fields: &[Field], before: &str) -> Vec<String> {
    let each = |field: &Field| {
        let path = format!("{before}{}", field.name);
        let own = field.searchable.then(|| path.clone());
        own.into_iter().chain(texts(&field.parts, &format!("{path}/"))).collect::<Vec<_>>()
    };
    fields.iter().flat_map(each).collect()
}

/// A path without the range variable it begins with.
fn tail<'a>(path: &'a [String], variable: Option<&str>) -> &'a [String] {
    if variable.is_some() { &path[1..] } else { path }
}

/// The field at a path; nothing on the way may be a collection.
fn field<'a>(around: Around<'a>, path: &[String]) -> Checked<&'a Field> {
    let (mut fields, rest) = match (around, path) {
        (Around::Element(field), []) => return Ok(field),
        (Around::Element(field), _) => return Err(format!("{} has no parts", field.name)),
        (Around::Fields(fields), path) => (fields, path),
    };
    for (at, name) in rest.iter().enumerate() {
        let field = fields.iter().find(|field| field.name == *name).ok_or_else(|| format!("no field {name}"))?;
        if at + 1 == rest.len() {
            return if field.filterable { Ok(field) } else { Err(format!("{name} is not filterable")) };
        }
        if field.collection {
            return Err(format!("{name} is a collection"));
        }
        fields = &field.parts;
    }
    Err("an element is no value".to_owned())
}

/// A field with one simple value.
fn single<'a>(around: Around<'a>, path: &[String]) -> Checked<&'a Field> {
    let field = field(around, path)?;
    let element = matches!(around, Around::Element(_));
    if field.collection && !element || field.kind == "ComplexType" { Err(format!("{path:?} is no single value")) } else { Ok(field) }
}

fn collection<'a>(around: Around<'a>, path: &[String]) -> Checked<&'a Field> {
    let field = field(around, path)?;
    let element = matches!(around, Around::Element(_));
    if field.collection && !element { Ok(field) } else { Err(format!("{path:?} is no collection")) }
}

/// A body in which `not` stands nowhere but, maybe, before a leaf.
enum Positive<'a> {
    And(Vec<Positive<'a>>),
    Or(Vec<Positive<'a>>),
    Leaf(&'a Filter, bool),
}

fn positive(filter: &Filter, negated: bool) -> Positive<'_> {
    match filter {
        Filter::Not(inner) => positive(inner, !negated),
        Filter::And(left, right) | Filter::Or(left, right) => {
            let parts = vec![positive(left, negated), positive(right, negated)];
            if matches!(filter, Filter::And(..)) != negated { Positive::And(parts) } else { Positive::Or(parts) }
        }
        leaf => Positive::Leaf(leaf, negated),
    }
}

/// The service's rules for bodies over collections of simple values.
fn allowed(kind: &str, body: &Positive<'_>, all: bool) -> bool {
    let each = |parts: &[Positive<'_>], test: &dyn Fn(&Positive<'_>) -> bool| parts.iter().all(test);
    match (kind, body) {
        ("Boolean", body) => matches!(body, Positive::Leaf(..)),
        ("GeographyPoint" | "String", Positive::Leaf(Filter::Truth(_), _)) => kind == "String",
        ("GeographyPoint" | "String", Positive::Leaf(leaf, negated)) => {
            let equals = match leaf {
                Filter::Compare(_, operator, _) => *operator == Operator::Eq,
                Filter::Distance(_, _, operator, _) => matches!(operator, Operator::Lt | Operator::Le),
                _ => true,
            };
            (equals != *negated) != all
        }
        ("GeographyPoint" | "String", Positive::And(parts)) => all && each(parts, &|part| allowed(kind, part, all)),
        ("GeographyPoint" | "String", Positive::Or(parts)) => !all && each(parts, &|part| allowed(kind, part, all)),
        // Numbers and dates: alternatives of conjunctions for any, the other way around for all.
        (_, Positive::And(parts)) if all => each(parts, &|part| allowed(kind, part, all)),
        (_, Positive::Or(parts)) if !all => each(parts, &|part| allowed(kind, part, all)),
        (_, Positive::And(parts) | Positive::Or(parts)) => each(parts, &|part| inner(part, all)),
        (_, Positive::Leaf(..)) => true,
    }
}

/// What stands in a conjunction of `any` (no inequality, no alternatives), or in an alternative of `all`.
fn inner(part: &Positive<'_>, all: bool) -> bool {
    match part {
        Positive::And(parts) => !all && parts.iter().all(|part| inner(part, all)),
        Positive::Or(parts) => all && parts.iter().all(|part| inner(part, all)),
        Positive::Leaf(Filter::Compare(_, operator, _), negated) if !operator.orders() => ((*operator == Operator::Eq) != *negated) != all,
        Positive::Leaf(..) => true,
    }
}

/// The value at a path through objects; null is none.
fn found<'a>(value: &'a Value, path: &[String]) -> Option<&'a Value> {
    let value = path.iter().try_fold(value, |value, name| value.get(name))?;
    (!value.is_null()).then_some(value)
}

fn holds(order: Option<Ordering>, operator: Operator) -> bool {
    match operator {
        Operator::Eq => order == Some(Ordering::Equal),
        Operator::Ne => order != Some(Ordering::Equal),
        Operator::Gt => order == Some(Ordering::Greater),
        Operator::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        Operator::Lt => order == Some(Ordering::Less),
        Operator::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
    }
}

fn compares(field: &Field, value: Option<&Value>, operator: Operator, constant: &Constant) -> bool {
    let Some(value) = value else {
        return if *constant == Constant::Null { operator == Operator::Eq } else { operator == Operator::Ne };
    };
    let order = match (value, constant) {
        (_, Constant::Null) => None,
        (Value::Bool(left), Constant::Bool(right)) => Some(left.cmp(right)),
        (Value::String(left), Constant::Text(right)) if field.lower_case => Some(left.to_lowercase().cmp(&right.to_lowercase())),
        (Value::String(left), Constant::Text(right)) => Some(left.cmp(right)),
        (Value::String(left), Constant::Date(right)) => date(left, false).map(|left| left.cmp(right)),
        (value, Constant::Int(right)) if field.kind == "Double" => double(value).and_then(|left| left.partial_cmp(&(*right as f64))),
        (value, Constant::Double(right)) if field.kind == "Double" => double(value).and_then(|left| left.partial_cmp(right)),
        (value, Constant::Int(right)) => value.as_i64().map(|left| left.cmp(right)),
        (value, Constant::Double(right)) => value.as_i64().map(|left| exactly(left, *right)),
        _ => None,
    };
    holds(order, operator)
}

fn double(value: &Value) -> Option<f64> {
    match value.as_str() {
        Some("INF") => Some(f64::INFINITY),
        Some("-INF") => Some(f64::NEG_INFINITY),
        Some(_) => Some(f64::NAN),
        None => value.as_f64(),
    }
}

/// A whole number beside a finite decimal, without rounding either.
fn exactly(left: i64, right: f64) -> Ordering {
    if right.abs() >= 1e19 {
        return if right > 0.0 { Ordering::Less } else { Ordering::Greater };
    }
    let floor = right.floor();
    i128::from(left).cmp(&(floor as i128)).then(if right > floor { Ordering::Less } else { Ordering::Equal })
}

fn place(value: &Value) -> Option<(f64, f64)> {
    Some((value["coordinates"][0].as_f64()?, value["coordinates"][1].as_f64()?))
}

/// By the chord between two points of the unit sphere.
fn kilometres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let on_sphere = |(longitude, latitude): (f64, f64)| {
        let (x, y) = (longitude.to_radians(), latitude.to_radians());
        [y.cos() * x.cos(), y.cos() * x.sin(), y.sin()]
    };
    let squares: f64 = on_sphere(a).iter().zip(on_sphere(b)).map(|(a, b)| (a - b) * (a - b)).sum();
    2.0 * 6371.0088 * (squares.sqrt() / 2.0).min(1.0).asin()
}

/// By the winding number; the edge belongs to the polygon. Steps go the short way around the Earth.
fn covers(ring: &[(f64, f64)], (longitude, latitude): (f64, f64)) -> bool {
    let mut flat = vec![ring[0]];
    for pair in ring.windows(2) {
        let step = pair[1].0 - pair[0].0;
        let step = if step > 180.0 {
            step - 360.0
        } else if step < -180.0 {
            step + 360.0
        } else {
            step
        };
        flat.push((flat[flat.len() - 1].0 + step, pair[1].1));
    }
    [-360.0, 0.0, 360.0].iter().any(|turn| {
        let (x, y) = (longitude + turn, latitude);
        let mut winding = 0;
        for pair in flat.windows(2) {
            let ((x1, y1), (x2, y2)) = (pair[0], pair[1]);
            let left = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1);
            let beside = x >= x1.min(x2) && x <= x1.max(x2) && y >= y1.min(y2) && y <= y1.max(y2);
            if left == 0.0 && beside {
                return true;
            }
            if y1 <= y && y2 > y && left > 0.0 {
                winding += 1;
            }
            if y1 > y && y2 <= y && left < 0.0 {
                winding -= 1;
            }
        }
        winding != 0
    })
}

/// The lower-case words at a path, through objects and lists.
fn words(value: &Value, path: &[String], out: &mut Vec<String>) {
    match (value, path) {
        (Value::Array(items), _) => items.iter().for_each(|item| words(item, path, out)),
        (Value::Object(object), [name, rest @ ..]) => words(member(object, name), rest, out),
        (Value::String(text), []) => out.extend(text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase)),
        _ => {}
    }
}

fn member<'a>(object: &'a Map<String, Value>, name: &str) -> &'a Value {
    object.get(name).unwrap_or(&Value::Null)
}
