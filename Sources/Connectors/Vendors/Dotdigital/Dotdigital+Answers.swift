internal import Flow
internal import Liquid

/// What dotdigital's answers mean. Its second generation says what is wrong with a token in a message, whatever the
/// status (`Error: ERROR_PROGRAM_NOT_FOUND`), its third with `errorCode`.
extension Dotdigital {
    static func table(success: Set<Int>, isHarmless: Bool = false) -> AnswerTable {
        AnswerTable(success: success, unauthorized: [401, 403], isHarmless: isHarmless) { response, _ in
            outcome(of: response)
        } wait: { response, _, now in
            untilReset(response, now: now)
        }
    }

    /// Its batches answer 200 with a `failureCode` for each e-mail that failed; a 200 with one is no success here either.
    static let emailTable = AnswerTable(success: [200], unauthorized: [401, 403]) { response, body in
        let items = body.map { $0.arrayValue ?? [$0] } ?? []
        guard response.status == 200 else { return outcome(of: response) }
        return items.lazy.compactMap { $0["failureCode"]?.stringValue }.first.map { code in
            .rejected("dotdigital says \(code): \(AnswerTable.reason(response))")
        }
    } wait: { response, _, now in
        untilReset(response, now: now)
    }

    /// Nil where the status counts.
    private static func outcome(of response: VendorResponse) -> VendorOutcome? {
        guard response.status >= 400 else { return nil }
        let reason = AnswerTable.reason(response)
        if response.status == 403 {
            return .unauthorized(reason: "\(reason) (the wrong region, or the API user lacks the permission)")
        }
        let text = String(decoding: response.body, as: UTF8.self)
        if throttles.contains(where: { text.contains($0) }) { return .retry(reason, .busy) }
        if text.contains(enrolmentAllowance) { return .retry(after: enrolmentWait, reason, .busy) }
        if refusedUsers.contains(where: { text.contains($0) }) { return .unauthorized(reason: reason) }
        if text.contains(unavailable) { return .retry(reason, .broken) }
        return nil
    }

    /// The flat limit, by the calls of the last hour, answers 400.
    private static let throttles = ["ERROR_APIUSAGE_EXCEEDED", "excess API activity"]
    /// 20 enrolments in an hour for all programmes together: one every three minutes.
    private static let enrolmentAllowance = "ERROR_ENROLMENT_ALLOWANCE_EXCEEDED"
    private static let enrolmentWait = Duration.seconds(180)
    private static let refusedUsers = ["ERROR_APIUSER_INVALID", "ERROR_INVALID_LOGIN"]
    private static let unavailable = "ERROR_SYSTEM_SERVICETEMPORARILYUNAVAILABLE"

    /// `X-RateLimit-Reset` is a moment, in seconds since 1970; every answer has it. It counts from the answer's own `Date`, so that a clock
    /// that is wrong on either side shifts nothing.
    private static func untilReset(_ response: VendorResponse, now: Int64) -> Duration? {
        guard response.status == 429, let text = response.header("X-RateLimit-Reset")?.trimmingSpace,
            let reset = Int64(text)
        else { return nil }
        let clock = UTCDate(secondsSince1970: now)
        let date = response.header("Date").flatMap { HTTPDate.parse($0.trimmingSpace, now: clock) } ?? clock
        guard reset > date.secondsSince1970 else { return nil }
        return .seconds(min(reset - date.secondsSince1970, 1_000_000))
    }
}
