package import Flow

/// What an app's answer to Flow's request comes to. The only place that decides it.
///
/// | answer | outcome |
/// | --- | --- |
/// | 200 | succeeded; rejected if a declared `return_value` is missing, wrong or too large |
/// | 202 | retry: the app works on it, and is asked again under the same id |
/// | 429, 5xx, none | retry |
/// | any other | rejected, and the answer's text is shown |
/// | none, since it was never sent | rejected, with the reason |
///
/// Flow itself retries a wrong return value for 36 hours; the app answers the same each time, so Sluice doesn't.
package enum FlowActionAnswer {
    /// Bytes of an answer with a return value, at most. Flow's limit.
    package static let returnLimit = 50_000

    /// - Parameters:
    ///   - returns: the type of the return value that the action declares.
    ///   - types: those of the action's connector.
    ///   - now: seconds since 1970.
    package static func classify(
        _ answer: VendorAnswer, returns: TypeExpression? = nil, types: SchemaTypes = [:], now: Int64
    ) -> AttemptOutcome {
        switch answer {
        case .noAnswer(let reason, let wasSent):
            return .retry(
                after: nil, reason: "no answer: \(reason)", cause: wasSent ? .noAnswer : .notSent)
        case .refused(let reason):
            return .rejected(reason: "not sent: \(reason)")
        case .response(let response):
            let after = RetryAfter.delay(in: response, now: now)
            let reason = AnswerTable.reason(response)
            switch response.status {
            case 200: return success(response, returns, types)
            case 202:
                return .retry(after: after, reason: "HTTP 202: accepted, asked again", cause: .notYet)
            case 429: return .retry(after: after, reason: reason, cause: .busy)
            case 500...599: return .retry(after: after, reason: reason, cause: .broken)
            default: return .rejected(reason: reason)
            }
        }
    }

    /// A value that nobody declared is taken if it can be, and never a reason to fail.
    private static func success(
        _ response: VendorResponse, _ returns: TypeExpression?, _ types: SchemaTypes
    ) -> AttemptOutcome {
        guard let returns else { return .succeeded(returned: try? value(in: response).get()) }
        switch value(in: response) {
        case .failure(let fault):
            return .rejected(reason: "HTTP 200, but \(fault.what); the action returns \(returns)")
        case .success(let value):
            guard let problem = returns.validate(value, types: types, path: "return_value").first else {
                return .succeeded(returned: value)
            }
            return .rejected(reason: "HTTP 200, but \(problem); the action returns \(returns)")
        }
    }

    private static func value(in response: VendorResponse) -> Result<JSON, ReturnFault> {
        guard !response.isCut, response.body.count <= returnLimit else {
            return .failure(ReturnFault(what: "the answer is larger than \(returnLimit) bytes"))
        }
        do throws(JSONError) {
            guard let value = try JSONParser.parse(response.body)["return_value"] else {
                return .failure(ReturnFault(what: "the answer has no return_value"))
            }
            return .success(value)
        } catch {
            return .failure(ReturnFault(what: "the answer is \(error)"))
        }
    }

    private struct ReturnFault: Error {
        let what: String
    }
}
