import Flow
import Liquid

/// Why a request was not taken: what is wrong, where, and what to do. RFC 9457, `application/problem+json`.
///
/// It is thrown so that the checks of a request read as a line each.
struct Problem: Error, Hashable {
    let status: Int
    let title: String
    /// What failed, with what value.
    let detail: String
    let remedy: String
    /// What is wrong with a payload, all of it.
    var fields: [PayloadProblem] = []
    var retryAfter: Int?
    /// The methods that the path takes.
    var allowed: String?

    var answer: Answer {
        let problems = fields.map { problem -> JSON in
            [
                "field": .string(problem.field), "what": .string(problem.what),
                "remedy": .string(problem.remedy),
            ]
        }
        return Answer(
            status: status, contentType: "application/problem+json",
            json: .compact([
                "type": "about:blank", "title": .string(title), "status": .integer(Int64(status)),
                "detail": .string(detail), "remedy": .string(remedy),
                "problems": problems.isEmpty ? nil : .array(problems),
            ]), retryAfter: retryAfter, allowed: allowed)
    }
}

extension Problem {
    static func badRequest(_ detail: String, do remedy: String) -> Problem {
        Problem(status: 400, title: "Bad request", detail: detail, remedy: remedy)
    }

    static func unauthorized(_ detail: String, do remedy: String) -> Problem {
        Problem(status: 401, title: "Unauthorized", detail: detail, remedy: remedy)
    }

    static func notFound(_ detail: String, do remedy: String) -> Problem {
        Problem(status: 404, title: "Not found", detail: detail, remedy: remedy)
    }

    static func notAllowed(_ method: String, allowed: String) -> Problem {
        Problem(
            status: 405, title: "Method not allowed", detail: "this path does not take \(method)",
            remedy: "send \(allowed)", allowed: allowed)
    }

    static func tooLate() -> Problem {
        Problem(
            status: 408, title: "Request time-out", detail: "the body did not arrive in time",
            remedy: "send it again, within \(GatewayConfiguration.bodyTime.components.seconds) s")
    }

    static func tooLarge(limit: Int, what: String) -> Problem {
        Problem(
            status: 413, title: "Content too large", detail: "\(what) has more than \(limit) bytes",
            remedy: "send less, or less at once")
    }

    static func unprocessable(_ detail: String, do remedy: String, fields: [PayloadProblem] = []) -> Problem {
        Problem(
            status: 422, title: "Unprocessable content", detail: detail, remedy: remedy, fields: fields)
    }

    static func unavailable(_ detail: String, do remedy: String, retryAfter: Int = 5) -> Problem {
        Problem(
            status: 503, title: "Service unavailable", detail: detail, remedy: remedy, retryAfter: retryAfter)
    }
}
