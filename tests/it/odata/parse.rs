//! A small recursive-descent parser of OData filters. It shares nothing with the engine's: it is the other half of a comparison.

/// A filter. Paths are the names between the slashes, as written.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    Truth(bool),
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Compare(Vec<String>, Operator, Constant),
    Bare(Vec<String>),
    In(Vec<String>, Vec<String>),
    Any(Vec<String>, Option<(String, Box<Filter>)>),
    All(Vec<String>, String, Box<Filter>),
    Distance(Vec<String>, (f64, f64), Operator, f64),
    Intersects(Vec<String>, Vec<(f64, f64)>),
    /// Words, fields, whether every word is needed.
    Words(String, Vec<String>, bool),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operator {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constant {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    /// Microseconds since the year 1.
    Date(i128),
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Place(String),
    Number(String),
    Sign(char),
}

type Parsed<T> = Result<T, String>;

/// Parses a filter; blank text keeps everything.
pub(super) fn filter(text: &str) -> Parsed<Filter> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, variables: Vec::new() };
    if parser.tokens.is_empty() {
        return Ok(Filter::Truth(true));
    }
    let filter = parser.or()?;
    if parser.at < parser.tokens.len() { Err(format!("left over: {:?}", parser.tokens[parser.at])) } else { Ok(filter) }
}

fn tokens(text: &str) -> Parsed<Vec<Token>> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    // Where a string has to begin to be a place.
    let mut place_at = None;
    let run = |from: usize, more: &str| {
        let part = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
        chars[from..].iter().take_while(|c| part(**c)).collect::<String>()
    };
    while let Some(c) = chars.get(at).copied() {
        let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
        if c.is_whitespace() {
            at += 1;
        } else if "(),:/".contains(c) {
            out.push(Token::Sign(c));
            at += 1;
        } else if c == '\'' {
            let mut inner = String::new();
            let is_place = place_at == Some(at);
            at += 1;
            loop {
                match (chars.get(at), chars.get(at + 1)) {
                    (Some('\''), Some('\'')) => {
                        inner.push('\'');
                        at += 2;
                    }
                    (Some('\''), _) => break,
                    (Some(other), _) => {
                        inner.push(*other);
                        at += 1;
                    }
                    (None, _) => return Err("open quote".to_owned()),
                }
            }
            at += 1;
            if is_place {
                out.pop();
            }
            out.push(if is_place { Token::Place(inner) } else { Token::Text(inner) });
        } else if digit(at) || c == '-' && digit(at + 1) {
            let number: String = chars[at..=at].iter().collect::<String>() + &run(at + 1, "_.:+-");
            at += number.chars().count();
            out.push(Token::Number(number));
        } else if c == '-' && run(at + 1, "_.") == "INF" {
            out.push(Token::Word("-INF".to_owned()));
            at += 4;
        } else if c.is_ascii_alphabetic() || c == '_' {
            let word = run(at, "_.");
            at += word.len();
            place_at = (word == "geography").then_some(at);
            out.push(Token::Word(word));
        } else {
            return Err(format!("stray {c}"));
        }
    }
    Ok(out)
}

fn operator(token: Option<&Token>) -> Option<Operator> {
    match token {
        Some(Token::Word(word)) => match word.as_str() {
            "eq" => Some(Operator::Eq),
            "ne" => Some(Operator::Ne),
            "gt" => Some(Operator::Gt),
            "ge" => Some(Operator::Ge),
            "lt" => Some(Operator::Lt),
            "le" => Some(Operator::Le),
            _ => None,
        },
        _ => None,
    }
}

impl Operator {
    pub(super) fn orders(self) -> bool {
        !matches!(self, Operator::Eq | Operator::Ne)
    }

    fn turned(self) -> Operator {
        match self {
            Operator::Gt => Operator::Lt,
            Operator::Lt => Operator::Gt,
            Operator::Ge => Operator::Le,
            Operator::Le => Operator::Ge,
            other => other,
        }
    }
}

fn is_name(word: &str) -> bool {
    let taken = ["eq", "ne", "gt", "ge", "lt", "le", "and", "or", "not", "true", "false", "null", "NaN", "INF", "-INF"];
    !taken.contains(&word) && !word.contains('.')
}

enum Side {
    Constant(Constant),
    Path(Vec<String>),
    Distance(Vec<String>, (f64, f64)),
    Whole(Filter),
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    variables: Vec<String>,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Parsed<Token> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned().ok_or_else(|| "it ends too early".to_owned())
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(other)) if other == word);
        self.at += usize::from(found);
        found
    }

    fn sign(&mut self, sign: char) -> bool {
        let found = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(found);
        found
    }

    fn must(&mut self, sign: char) -> Parsed<()> {
        if self.sign(sign) { Ok(()) } else { Err(format!("no {sign} at token {}", self.at)) }
    }

    fn text(&mut self) -> Parsed<String> {
        match self.next()? {
            Token::Text(text) => Ok(text),
            other => Err(format!("{other:?} is no string")),
        }
    }

    fn or(&mut self) -> Parsed<Filter> {
        let mut left = self.and()?;
        while self.word("or") {
            left = Filter::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed<Filter> {
        let mut left = self.unary(false)?;
        while self.word("and") {
            left = Filter::And(Box::new(left), Box::new(self.unary(false)?));
        }
        Ok(left)
    }

    fn unary(&mut self, negated: bool) -> Parsed<Filter> {
        if self.word("not") {
            return Ok(Filter::Not(Box::new(self.unary(true)?)));
        }
        if self.sign('(') {
            let inner = self.or()?;
            self.must(')')?;
            return Ok(inner);
        }
        let left = self.side()?;
        let Some(operator) = operator(self.peek()) else {
            return match left {
                Side::Whole(filter) => Ok(filter),
                Side::Path(path) => Ok(Filter::Bare(path)),
                Side::Constant(Constant::Bool(truth)) => Ok(Filter::Truth(truth)),
                _ => Err("nothing is compared".to_owned()),
            };
        };
        if negated {
            return Err("not binds tighter".to_owned());
        }
        self.at += 1;
        let right = self.side()?;
        match (left, right) {
            (Side::Constant(constant), side) => comparison(side, operator.turned(), constant),
            (side, Side::Constant(constant)) => comparison(side, operator, constant),
            _ => Err("two fields".to_owned()),
        }
    }

    fn side(&mut self) -> Parsed<Side> {
        let constant = |constant| Ok(Side::Constant(constant));
        match self.next()? {
            Token::Text(text) => constant(Constant::Text(text)),
            Token::Number(number) => constant(number_or_date(&number)?),
            Token::Word(word) => match word.as_str() {
                "null" => constant(Constant::Null),
                "true" => constant(Constant::Bool(true)),
                "false" => constant(Constant::Bool(false)),
                "NaN" => constant(Constant::Double(f64::NAN)),
                "INF" => constant(Constant::Double(f64::INFINITY)),
                "-INF" => constant(Constant::Double(f64::NEG_INFINITY)),
                "search.in" => self.search_in().map(Side::Whole),
                "search.ismatch" | "search.ismatchscoring" => self.words().map(Side::Whole),
                "geo.distance" => self.distance(),
                "geo.intersects" => self.intersects().map(Side::Whole),
                _ => self.path_or_lambda(word),
            },
            other => Err(format!("{other:?} begins nothing")),
        }
    }

    fn search_in(&mut self) -> Parsed<Filter> {
        self.must('(')?;
        let path = self.path()?;
        self.must(',')?;
        let values = self.text()?;
        let signs = if self.sign(',') { self.text()? } else { ", ".to_owned() };
        self.must(')')?;
        let mut list = vec![String::new()];
        for c in values.chars() {
            if signs.contains(c) {
                list.push(String::new());
            } else if let Some(last) = list.last_mut() {
                last.push(c);
            }
        }
        Ok(Filter::In(path, list.iter().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()))
    }

    fn words(&mut self) -> Parsed<Filter> {
        if !self.variables.is_empty() {
            return Err("full text inside a lambda".to_owned());
        }
        self.must('(')?;
        let text = self.text()?;
        let mut fields = Vec::new();
        let mut all = false;
        if self.sign(',') {
            if !self.word("null") {
                fields.extend(self.text()?.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()));
            }
            if self.sign(',') {
                if !["simple", "full"].contains(&self.text()?.as_str()) {
                    return Err("no such syntax".to_owned());
                }
                self.must(',')?;
                all = match self.text()?.as_str() {
                    "all" => true,
                    "any" => false,
                    other => return Err(format!("no such mode {other}")),
                };
            }
        }
        self.must(')')?;
        let operators = text.split(' ').any(|word| ["AND", "OR", "NOT"].contains(&word));
        if text != "*" && (operators || !text.chars().all(|c| c.is_ascii_alphabetic() || c == ' ')) {
            return Err("only plain words are understood here".to_owned());
        }
        Ok(Filter::Words(text, fields, all))
    }

    fn distance(&mut self) -> Parsed<Side> {
        self.must('(')?;
        let place = |token| match token {
            Token::Place(text) => point(&text),
            other => Err(format!("{other:?} is no place")),
        };
        let (path, from) = if matches!(self.peek(), Some(Token::Place(_))) {
            let from = place(self.next()?)?;
            self.must(',')?;
            (self.path()?, from)
        } else {
            let path = self.path()?;
            self.must(',')?;
            (path, place(self.next()?)?)
        };
        self.must(')')?;
        Ok(Side::Distance(path, from))
    }

    fn intersects(&mut self) -> Parsed<Filter> {
        self.must('(')?;
        let path = self.path()?;
        self.must(',')?;
        let Token::Place(text) = self.next()? else { return Err("no polygon".to_owned()) };
        self.must(')')?;
        let inner = shape(&text, "polygon").and_then(|inner| parenthesised(&inner)).and_then(|inner| parenthesised(&inner));
        let ring: Vec<(f64, f64)> = inner.ok_or("no polygon")?.split(',').map(position).collect::<Parsed<_>>()?;
        if ring.len() < 4 || ring.first() != ring.last() { Err("no ring".to_owned()) } else { Ok(Filter::Intersects(path, ring)) }
    }

    fn path(&mut self) -> Parsed<Vec<String>> {
        let Token::Word(first) = self.next()? else { return Err("no path".to_owned()) };
        match self.path_or_lambda(first)? {
            Side::Path(path) => Ok(path),
            _ => Err("a lambda where a path belongs".to_owned()),
        }
    }

    fn path_or_lambda(&mut self, first: String) -> Parsed<Side> {
        if !is_name(&first) || self.peek() == Some(&Token::Sign('(')) {
            return Err(format!("{first} is no field"));
        }
        if self.variables.last().is_some_and(|variable| *variable != first) {
            return Err(format!("{first} is not the range variable"));
        }
        let mut path = vec![first];
        while self.sign('/') {
            let Token::Word(name) = self.next()? else { return Err("no name after /".to_owned()) };
            if (name == "any" || name == "all") && self.sign('(') {
                return self.lambda(path, name == "all").map(Side::Whole);
            }
            if !is_name(&name) {
                return Err(format!("{name} is no name"));
            }
            path.push(name);
        }
        Ok(Side::Path(path))
    }

    fn lambda(&mut self, path: Vec<String>, all: bool) -> Parsed<Filter> {
        if !all && self.sign(')') {
            return Ok(Filter::Any(path, None));
        }
        let Token::Word(variable) = self.next()? else { return Err("no variable".to_owned()) };
        if !is_name(&variable) || self.variables.contains(&variable) {
            return Err(format!("{variable} cannot be a variable"));
        }
        self.must(':')?;
        self.variables.push(variable.clone());
        let body = Box::new(self.or()?);
        self.variables.pop();
        self.must(')')?;
        Ok(if all { Filter::All(path, variable, body) } else { Filter::Any(path, Some((variable, body))) })
    }
}

fn comparison(side: Side, operator: Operator, constant: Constant) -> Parsed<Filter> {
    match side {
        Side::Path(path) => Ok(Filter::Compare(path, operator, constant)),
        Side::Distance(path, from) => match constant {
            _ if !operator.orders() => Err("distances are not compared for equality".to_owned()),
            Constant::Int(number) => Ok(Filter::Distance(path, from, operator, number as f64)),
            Constant::Double(number) if !number.is_nan() => Ok(Filter::Distance(path, from, operator, number)),
            _ => Err("no number of kilometres".to_owned()),
        },
        _ => Err("no field".to_owned()),
    }
}

fn number_or_date(text: &str) -> Parsed<Constant> {
    if let Ok(whole) = text.parse() {
        return Ok(Constant::Int(whole));
    }
    if let Some(date) = date(text, true) {
        return Ok(Constant::Date(date));
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let well = digits(whole.trim_start_matches('-')) && digits(fraction) && digits(exponent.trim_start_matches(['+', '-']));
    match text.parse::<f64>() {
        Ok(number) if well && number.is_finite() => Ok(Constant::Double(number)),
        _ => Err(format!("{text} is neither number nor date")),
    }
}

/// Microseconds from 0001-01-01T00:00:00Z to a date; documents may leave the offset out, filters may not.
pub(super) fn date(text: &str, strict: bool) -> Option<i128> {
    let (day, time) = text.split_once('T')?;
    let number = |text: &str, width: usize| {
        (text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<i128>().ok())?
    };
    let day: Vec<&str> = day.split('-').collect();
    let [year, month, day] = day.as_slice() else { return None };
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let at = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(at);
    let zone = match (zone, zone.get(1..).and_then(|rest| rest.split_once(':'))) {
        ("Z", _) => 0,
        ("", _) if !strict => 0,
        (zone, Some((hours, minutes))) => {
            let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
            if hours > 14 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if zone.starts_with('-') { -1 } else { 1 }
        }
        _ => return None,
    };
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, number(fraction, fraction.len()).map(|_| format!("{fraction:0<6}")[..6].to_owned())?),
        None => (clock, "0".to_owned()),
    };
    let clock: Vec<&str> = clock.split(':').collect();
    let (hour, minute, second) = match clock.as_slice() {
        [hour, minute] if fraction == "0" => (number(hour, 2)?, number(minute, 2)?, 0),
        [hour, minute, second] => (number(hour, 2)?, number(minute, 2)?, number(second, 2)?),
        _ => return None,
    };
    let leap = |year: i128| year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
    let length = |month: i128| match month {
        2 => 28 + i128::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !(1..=12).contains(&month) || day < 1 || day > length(month) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let before = year - 1;
    let days = before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    let days = days + (1..month).map(length).sum::<i128>() + day - 1;
    Some((((days * 24 + hour) * 60 + minute - zone) * 60 + second) * 1_000_000 + fraction.parse::<i128>().ok()?)
}

fn point(text: &str) -> Parsed<(f64, f64)> {
    position(&shape(text, "point").and_then(|inner| parenthesised(&inner)).ok_or("no point")?)
}

fn shape(text: &str, name: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    Some(text.strip_prefix(name)?.trim().to_owned())
}

fn parenthesised(text: &str) -> Option<String> {
    Some(text.trim().strip_prefix('(')?.strip_suffix(')')?.to_owned())
}

fn position(text: &str) -> Parsed<(f64, f64)> {
    let numbers: Vec<f64> =
        text.split_whitespace().map(|part| part.parse().map_err(|_| format!("{part} is no number"))).collect::<Parsed<_>>()?;
    match numbers.as_slice() {
        [longitude, latitude] if (-180.0..=180.0).contains(longitude) && (-90.0..=90.0).contains(latitude) => Ok((*longitude, *latitude)),
        _ => Err(format!("{text} is no position")),
    }
}
