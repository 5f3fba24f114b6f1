//! `--query`: JMESPath over the answer.
//!
//! The language is that of the `jmespath` crate; the functions that compute are ours, since whole
//! numbers shall stay whole, as they do in the official command line, and `avg([])` is null. So are
//! those that show in which order an object has its keys.

#[cfg(test)]
mod compliance;
mod order;

use crate::failure::Failure;
use crate::json::Json;
use jmespath::ast::Ast;
use jmespath::functions::{ArgumentType, CustomFunction, Signature};
use jmespath::{
    Context, ErrorReason, JmespathError, Rcvar, Runtime, RuntimeError, SearchResult, Variable,
    interpret,
};
use serde_json::Number;

/// A compiled query.
pub(crate) struct Query<'r> {
    text: String,
    ast: Ast,
    runtime: &'r Runtime,
}

/// What queries are compiled with.
pub(crate) fn runtime() -> Runtime {
    let mut runtime = Runtime::new();
    runtime.register_builtin_functions();
    let number = || vec![ArgumentType::Number];
    let numbers = || vec![ArgumentType::TypedArray(Box::new(ArgumentType::Number))];
    register(&mut runtime, "abs", number(), |args, _| Ok(absolute(args)));
    register(&mut runtime, "ceil", number(), |args, _| Ok(rounded(args, f64::ceil)));
    register(&mut runtime, "floor", number(), |args, _| Ok(rounded(args, f64::floor)));
    register(&mut runtime, "sum", numbers(), |args, _| Ok(sum(items(args))));
    register(&mut runtime, "avg", numbers(), |args, _| Ok(average(items(args))));
    let object = || vec![ArgumentType::Object];
    register(&mut runtime, "keys", object(), order::keys);
    register(&mut runtime, "values", object(), order::values);
    let merged = Signature::new(object(), Some(ArgumentType::Object));
    let merge = CustomFunction::new(merged, Box::new(order::merge));
    runtime.register_function("merge", Box::new(merge));
    register(&mut runtime, "to_string", vec![ArgumentType::Any], order::to_string);
    runtime.register_function(order::VALUES, Box::new(order::object_values));
    runtime.register_function(order::HASH, Box::new(order::hash));
    runtime
}

type Computes = fn(&[Rcvar], &mut Context<'_>) -> SearchResult;

fn register(runtime: &mut Runtime, name: &str, takes: Vec<ArgumentType>, computes: Computes) {
    let function = CustomFunction::new(Signature::new(takes, None), Box::new(computes));
    runtime.register_function(name, Box::new(function));
}

/// The one number of a function that takes one.
fn one(args: &[Rcvar]) -> Option<&Number> {
    match args.first().map(AsRef::as_ref) {
        Some(Variable::Number(number)) => Some(number),
        _ => None,
    }
}

fn absolute(args: &[Rcvar]) -> Rcvar {
    match one(args).map(|number| (number.as_i64().and_then(i64::checked_abs), number.as_f64())) {
        Some((Some(whole), _)) => Rcvar::new(Variable::Number(whole.into())),
        Some((None, Some(float))) => from_float(float.abs()),
        _ => Rcvar::new(Variable::Null),
    }
}

/// A number rounded to a whole one.
fn rounded(args: &[Rcvar], round: fn(f64) -> f64) -> Rcvar {
    let Some(number) = one(args) else { return Rcvar::new(Variable::Null) };
    if number.is_i64() || number.is_u64() {
        return Rcvar::new(Variable::Number(number.clone()));
    }
    let float = round(number.as_f64().unwrap_or_default());
    match format!("{float:.0}").parse::<i64>() {
        Ok(whole) => Rcvar::new(Variable::Number(whole.into())),
        Err(_) => from_float(float),
    }
}

fn from_float(number: f64) -> Rcvar {
    Rcvar::new(Number::from_f64(number).map_or(Variable::Null, Variable::Number))
}

fn items(args: &[Rcvar]) -> &[Rcvar] {
    match args.first().map(AsRef::as_ref) {
        Some(Variable::Array(items)) => items,
        _ => &[],
    }
}

fn sum(items: &[Rcvar]) -> Rcvar {
    let whole = items.iter().try_fold(0_i64, |sum, item| match item.as_ref() {
        Variable::Number(number) => sum.checked_add(number.as_i64()?),
        _ => None,
    });
    match whole {
        Some(sum) => Rcvar::new(Variable::Number(sum.into())),
        None => from_float(items.iter().filter_map(|item| item.as_number()).sum()),
    }
}

fn average(items: &[Rcvar]) -> Rcvar {
    if items.is_empty() {
        return Rcvar::new(Variable::Null);
    }
    let sum: f64 = items.iter().filter_map(|item| item.as_number()).sum();
    // Fewer than 2^52 numbers fit into an answer.
    let count = items.iter().fold(0.0, |count, _| count + 1.0);
    from_float(sum / count)
}

impl<'r> Query<'r> {
    /// Compiles a query.
    pub(crate) fn compile(runtime: &'r Runtime, text: &str) -> Result<Self, Failure> {
        let mut ast = jmespath::parse(text).map_err(|error| failure(&error))?;
        order::rewrite(&mut ast);
        Ok(Self { text: text.to_owned(), ast, runtime })
    }

    /// What the query chooses from a value.
    pub(crate) fn search(&self, value: &Json) -> Result<Json, Failure> {
        let mut context = Context::new(&self.text, self.runtime);
        // `Expression::search` would copy the value, and lose what is known of its order.
        let found = interpret(&to_variable(value), &self.ast, &mut context);
        let found = found.map_err(|error| failure(&error));
        let found = found.map(|found| from_variable(&found));
        order::forget();
        found
    }
}

/// What is wrong with a query, and where.
fn failure(error: &JmespathError) -> Failure {
    let why = match &error.reason {
        // The crate tells of the inside of its parser here; where it stopped says more.
        ErrorReason::Parse(_) if error.line == 0 => {
            format!("it cannot be read from column {} on", error.column + 1)
        }
        ErrorReason::Parse(_) => {
            format!(
                "it cannot be read from column {} of line {} on",
                error.column + 1,
                error.line + 1
            )
        }
        ErrorReason::Runtime(RuntimeError::UnknownFunction(name)) => {
            format!("there is no function `{name}`")
        }
        ErrorReason::Runtime(reason) => reason.to_string(),
    };
    let mut shown = error.expression.clone();
    if error.line == 0 && !shown.contains('\n') {
        shown.push_str(&format!("\n{:column$}^", "", column = error.column));
    }
    let hint = if error.expression.contains('-') {
        "\n\nA key with a `-` in it stands in double quotes: 'data[*].\"display-name\"'."
    } else {
        ""
    };
    Failure::Client(format!("Invalid --query: {why}:\n{shown}{hint}"))
}

fn to_variable(value: &Json) -> Rcvar {
    Rcvar::new(match value {
        Json::Object(pairs) => return order::of_json(pairs),
        Json::Null => Variable::Null,
        Json::Bool(truth) => Variable::Bool(*truth),
        Json::Int(number) => match (i64::try_from(*number), u64::try_from(*number)) {
            (Ok(number), _) => Variable::Number(number.into()),
            (_, Ok(number)) => Variable::Number(number.into()),
            _ => Variable::Null,
        },
        Json::Float(number) => Number::from_f64(*number).map_or(Variable::Null, Variable::Number),
        Json::Text(text) => Variable::String(text.clone()),
        Json::List(items) => Variable::Array(items.iter().map(to_variable).collect()),
    })
}

fn from_variable(value: &Rcvar) -> Json {
    match value.as_ref() {
        // A reference to an expression is no value: only functions take one.
        Variable::Null | Variable::Expref(_) => Json::Null,
        Variable::Bool(truth) => Json::Bool(*truth),
        Variable::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => Json::Int(whole.into()),
            (_, Some(whole)) => Json::Int(whole.into()),
            _ => Json::Float(number.as_f64().unwrap_or_default()),
        },
        Variable::String(text) => Json::Text(text.clone()),
        Variable::Array(items) => Json::List(items.iter().map(from_variable).collect()),
        Variable::Object(_) => {
            let pairs = order::pairs(value).into_iter();
            Json::Object(pairs.map(|(key, value)| (key, from_variable(&value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(query: &str, value: &str) -> Json {
        let runtime = runtime();
        let query = Query::compile(&runtime, query).unwrap();
        query.search(&Json::parse(value.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn whole_numbers_stay_whole() {
        for (query, value, found) in [
            ("sum(@)", "[1,2]", Json::Int(3)),
            ("sum(@)", "[1,2.5]", Json::Float(3.5)),
            ("sum(@)", "[]", Json::Int(0)),
            ("avg(@)", "[1,3]", Json::Float(2.0)),
            ("avg(@)", "[]", Json::Null),
            ("abs(@)", "-3", Json::Int(3)),
            ("abs(@)", "-3.5", Json::Float(3.5)),
            ("ceil(@)", "1.5", Json::Int(2)),
            ("floor(@)", "-1.5", Json::Int(-2)),
            ("floor(@)", "7", Json::Int(7)),
            ("length(@)", "[1,2]", Json::Int(2)),
            ("[0]", "[18446744073709551615]", Json::Int(u64::MAX.into())),
            ("[0]", "[1.0]", Json::Float(1.0)),
        ] {
            assert_eq!(search(query, value), found, "{query} {value}");
        }
    }
    #[test]
    fn keys_stay_in_the_order_in_which_they_came() {
        let value = r#"{"z":{"y":1,"b":2,"é":[]},"a":null}"#;
        for (query, found) in [
            ("keys(@)", r#"["z","a"]"#),
            ("values(z)", "[1,2,[]]"),
            ("z.*", "[1,2,[]]"),
            ("*.*", "[[1,2,[]]]"),
            ("[z][].keys(@)[]", r#"["y","b","é"]"#),
            ("map(&keys(@), [z, @])", r#"[["y","b","é"],["z","a"]]"#),
            ("keys({q: a, c: z})", r#"["q","c"]"#),
            ("keys({q: a, c: z, q: z})", r#"["q","c"]"#),
            ("z.{q: y, c: b}.*", "[1,2]"),
            ("keys(merge(z, {b: `3`, a: `4`}))", r#"["y","b","é","a"]"#),
            ("values(merge(z, {b: `3`, a: `4`}))", "[1,3,[],4]"),
            ("to_string(z)", r#""{\"y\":1,\"b\":2,\"\\u00e9\":[]}""#),
            ("to_string('é')", r#""é""#),
            ("a.*", "null"),
            ("a.{b: @}", "null"),
            ("z.y.*", "null"),
        ] {
            assert_eq!(search(query, value), Json::parse(found.as_bytes()).unwrap(), "{query}");
        }
    }

    #[test]
    fn a_mistake_is_pointed_at() {
        let runtime = runtime();
        let told = |query: &str| {
            let query = Query::compile(&runtime, query);
            let found = query.and_then(|query| query.search(&Json::text_of("x")));
            found.unwrap_err().to_string()
        };
        assert_eq!(
            told("foo("),
            "Invalid --query: it cannot be read from column 5 on:\nfoo(\n    ^"
        );
        assert!(told("foo(@)").starts_with("Invalid --query: there is no function `foo`:\n"));
        assert!(told("abs(@)").contains("expects type number, given string"), "{}", told("abs(@)"));
        assert!(told("a.b-c").ends_with("double quotes: 'data[*].\"display-name\"'."));
    }

    #[test]
    fn two_objects_are_the_same_in_whatever_order_their_keys_stand() {
        let value = r#"[{"a":1,"b":2},{"b":2,"a":1}]"#;
        assert_eq!(search("[0] == [1]", value), Json::Bool(true));
        assert_eq!(search("contains(@, {b: `2`, a: `1`})", value), Json::Bool(true));
    }
}
