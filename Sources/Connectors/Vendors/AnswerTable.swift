package import Flow
internal import Liquid

/// What a vendor's answers mean: one row per status, and a look at the body first where the status doesn't tell.
///
/// What no row names: 408, 429 and 5xx are tried again, everything else is for good, as for Flow's own protocol.
package struct AnswerTable: Sendable {
    /// A look at an answer before its status counts; nil = the status counts.
    package typealias Look = @Sendable (_ response: VendorResponse, _ body: JSON?) -> VendorOutcome?
    /// How long the vendor asks to be left alone, by an answer that is to be tried again.
    package typealias Wait = @Sendable (_ response: VendorResponse, _ body: JSON?, _ now: Int64) -> Duration?

    private let isHarmless: Bool
    private let success: Set<Int>
    private let unauthorized: Set<Int>
    private let look: Look
    private let wait: Wait

    /// - Parameters:
    ///   - isHarmless: the call may be made again whatever became of it: it leaves no doubt.
    ///   - wait: where the vendor says so in a way of its own; `Retry-After` counts otherwise.
    package init(
        success: Set<Int>, unauthorized: Set<Int> = [401], isHarmless: Bool = false,
        look: @escaping Look = { _, _ in nil },
        wait: @escaping Wait = { _, _, _ in nil }
    ) {
        self.isHarmless = isHarmless
        self.success = success
        self.unauthorized = unauthorized
        self.look = look
        self.wait = wait
    }

    /// The body of a success, as JSON; nil where it is none.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Throws: what any other answer comes to.
    package func success(of answer: VendorAnswer, now: Int64) throws(EarlyEnd) -> JSON? {
        let response: VendorResponse
        switch answer {
        case .response(let answered): response = answered
        case .noAnswer(let reason, let wasSent):
            throw EarlyEnd(heeding(.retry("no answer: \(reason)", wasSent ? .noAnswer : .notSent)))
        case .refused(let reason): throw .rejected("not sent: \(reason)")
        }
        // Vendors answer with text and with their proxies' pages, too.
        let body = try? JSONParser.parse(response.body)
        if let outcome = look(response, body) {
            guard outcome != .succeeded(returned: nil) else { return body }
            throw EarlyEnd(heeding(withWait(outcome, response, body, now)))
        }
        if success.contains(response.status) { return body }
        throw EarlyEnd(heeding(withWait(outcome(of: response), response, body, now)))
    }

    private func heeding(_ outcome: VendorOutcome) -> VendorOutcome {
        guard isHarmless, case .ended(.retry(let after, let reason, let cause)) = outcome, cause.leavesDoubt
        else { return outcome }
        return .retry(after: after, reason, .harmless)
    }

    private func outcome(of response: VendorResponse) -> VendorOutcome {
        let reason = Self.reason(response)
        switch response.status {
        case let status where unauthorized.contains(status): return .unauthorized(reason: reason)
        case 408: return .retry(reason, .broken)
        case 429: return .retry(reason, .busy)
        case 500...599: return .retry(reason, .broken)
        default: return .rejected(reason)
        }
    }

    private func withWait(
        _ outcome: VendorOutcome, _ response: VendorResponse, _ body: JSON?, _ now: Int64
    ) -> VendorOutcome {
        guard case .ended(.retry(nil, let reason, let cause)) = outcome else { return outcome }
        return .retry(
            after: wait(response, body, now) ?? RetryAfter.delay(in: response, now: now), reason, cause)
    }

    /// `HTTP 404: no such list`
    package static func reason(_ response: VendorResponse) -> String {
        let excerpt = BodyExcerpt.make(of: response)
        let hint = (300...399).contains(response.status) ? " (redirects are not followed)" : ""
        return "HTTP \(response.status)\(hint)\(excerpt.isEmpty ? "" : ": \(excerpt)")"
    }
}
