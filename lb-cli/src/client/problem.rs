//! What a balancer says when it does not do what it is asked for: problem details (RFC 9457), as one sentence.

use std::fmt::Write;

use hyper::StatusCode;
use serde::Deserialize;

use crate::render::line;

#[derive(Deserialize)]
struct Problem {
    title: Option<String>,
    detail: Option<String>,
    #[serde(default)]
    errors: Vec<FieldProblem>,
}

#[derive(Deserialize)]
struct FieldProblem {
    field: String,
    problem: String,
}

/// What `who` answered with this status, content type and body.
pub(super) fn sentence(who: &str, status: StatusCode, kind: &str, body: &[u8]) -> String {
    let problem = Some(body).filter(|_| kind.starts_with("application/problem+json"));
    let problem = problem.and_then(|body| serde_json::from_slice::<Problem>(body).ok());
    let hint = hint(status, problem.is_some());
    let Some(Problem { title, detail, errors }) = problem else {
        return format!("{who} answered HTTP {status}{hint}");
    };
    let said = detail.filter(|detail| !detail.is_empty()).or(title).unwrap_or_else(|| format!("HTTP {status}"));
    let mut sentence = line(&said);
    for (index, FieldProblem { field, problem }) in errors.iter().enumerate() {
        let before = if index == 0 { ": " } else { "; " };
        // writing to a String cannot fail
        let _ = write!(sentence, "{before}{} {}", line(field), line(problem));
    }
    sentence + hint
}

fn hint(status: StatusCode, problem: bool) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => " (give a valid token with --token, LB_TOKEN or --profile)",
        StatusCode::FORBIDDEN => " (the token's owner, or its scope, may not do this)",
        StatusCode::NOT_FOUND if !problem => " (is that the address of a balancer's administration?)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROBLEM: &str = "application/problem+json";

    fn of(status: u16, kind: &str, body: &str) -> String {
        sentence("http://lb", StatusCode::from_u16(status).unwrap(), kind, body.as_bytes())
    }

    #[test]
    fn a_problem_is_one_sentence_with_what_is_wrong_with_each_field() {
        let body = r#"{"type": "about:blank", "title": "Bad", "status": 422, "detail": "the plan cannot be so",
            "errors": [{"field": "plan", "problem": "is not known"}, {"field": "x", "problem": "must be \u001b[2J short"}]}"#;
        assert_eq!(
            of(422, PROBLEM, body),
            "the plan cannot be so: plan is not known; x must be \\u{1b}[2J short",
            "and gives no orders to the terminal"
        );
        assert_eq!(of(409, PROBLEM, r#"{"title": "in use"}"#), "in use");
    }

    #[test]
    fn who_is_not_let_in_is_told_how_to_be() {
        let body = r#"{"title": "nobody is logged in", "status": 401}"#;
        assert_eq!(
            of(401, PROBLEM, body),
            "nobody is logged in (give a valid token with --token, LB_TOKEN or --profile)"
        );
        assert!(of(403, PROBLEM, r#"{"title": "not allowed"}"#).starts_with("not allowed (the token's owner"));
    }

    #[test]
    fn what_is_no_problem_is_told_by_its_status_alone() {
        assert_eq!(of(502, "text/html", "<h1>secret page</h1>"), "http://lb answered HTTP 502 Bad Gateway");
        assert_eq!(of(500, PROBLEM, "{"), "http://lb answered HTTP 500 Internal Server Error");
        let elsewhere = "http://lb answered HTTP 404 Not Found (is that the address of a balancer's administration?)";
        assert_eq!(of(404, "text/html", ""), elsewhere);
    }
}
