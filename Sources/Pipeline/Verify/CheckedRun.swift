import Flow

/// What is known of one expected action run.
struct CheckedRun: Sendable {
    struct Request: Sendable {
        let sequence: Int
        let began: Int64
        let answer: String
        /// Whether it came after one that was final: it was counted then, or is the retry of one that was.
        let isLate: Bool
        /// Nil while it is on the wire.
        var ended: Int64?
        var isSuccess = false

        var isFinal: Bool { isSuccess || CheckedRun.isRefusal(answer) }
    }

    struct Attempt: Sendable {
        let outcome: String
        let delay: Int64?
        let isUnanswered: Bool
    }

    let event: EventIdentity
    let id: RunID
    let key: String
    let position: Int
    var requests: [Request] = []
    /// By number, as the runs topic has them.
    var attempts: [Int: Attempt] = [:]
    var isReported = false
    var end: RunEnd?
    /// Whether a dead letter tells of it.
    var hasLetter = false
    /// Why it never started: refused, skipped or unusable.
    var exclusion: String?
    /// Whether it was counted as lost, so that nothing more is expected of it.
    var isLost = false

    var firstSuccess: Request? { requests.first(where: \.isSuccess) }

    /// The first request after which there may be no other: it succeeded, or was refused for good.
    var firstFinal: Request? { requests.first(where: \.isFinal) }

    /// The last request that was answered, if there may be no other after it. What follows one that failed is its retry, also
    /// where that one repeated a success.
    var lastFinal: Request? { requests.last { $0.ended != nil }.flatMap { $0.isFinal ? $0 : nil } }

    /// Attempts that the sender noted as unanswered though the vendor answered: their answers were lost on the way.
    var lostAnswers: Int {
        max(0, attempts.values.count(where: \.isUnanswered) - requests.count { Int($0.answer) == nil })
    }

    /// Whether all is known of it.
    var isOver: Bool {
        if exclusion != nil || isLost { return true }
        guard let end, requests.allSatisfy({ $0.ended != nil }) else { return false }
        return switch end {
        case .succeeded: firstSuccess != nil
        case .rejected, .dead: hasLetter
        case .cancelled: true
        }
    }

    /// What is wrong with an end that is no success, in words: only the vendor's own refusal is a reason for it.
    var undelivered: String? {
        guard let end, end != .succeeded, !requests.contains(where: { Self.isRefusal($0.answer) }) else {
            return nil
        }
        let answer = requests.last.map {
            "answered the last of \(requests.count.counted("request")) with \($0.answer)"
        }
        return "it ended \(end.rawValue), and the vendor \(answer ?? "was never asked")"
    }

    /// The request with which it was done. Of a run that failed for good, the first with a final answer, or else that of
    /// its last recorded attempt: what comes after it repeats it.
    var done: Request? {
        if let firstFinal { return firstFinal }
        let recorded = sentAttempts.count
        return recorded > 0 && recorded <= requests.count ? requests[recorded - 1] : requests.last
    }

    static func isRefusal(_ answer: String) -> Bool {
        guard let status = Int(answer) else { return false }
        return status != 200 && status != 202 && status != 429 && status < 500
    }

    /// Whether a record tells of no answer to a request: of one that was held, or that nobody knows of any more.
    static func isNote(_ outcome: String) -> Bool { outcome == "held" || outcome == "in-doubt" }

    /// Attempts whose requests were answered, or given up.
    private var sentAttempts: [(number: Int, attempt: Attempt)] {
        attempts.filter { !Self.isNote($0.value.outcome) }.sorted { $0.key < $1.key }.map {
            ($0.key, $0.value)
        }
    }

    /// A retry that came before its delay was over, in words; nil for none.
    ///
    /// A delay counts from when it was written, which is after the answer. So, by the vendor's clock alone, at least the
    /// delay lies between the end of a request and the begin of the next. Requests that a crash made forgotten, or that a
    /// process sent whose partition was lost, have no record: then it is enough that as many of the requests as there are
    /// records, in order, are so far apart.
    var earlyRetry: String? {
        let recorded = sentAttempts
        guard !recorded.isEmpty, requests.count >= recorded.count else { return nil }
        var (place, due) = (0, Int64.min)
        for (index, item) in recorded.enumerated() {
            while place < requests.count, requests[place].began < due { place += 1 }
            // Those that are left must do for the records that are left.
            guard requests.count - place >= recorded.count - index else {
                let before = recorded[max(0, index - 1)]
                return
                    "attempt \(before.number) was to wait \(before.attempt.delay ?? 0) ms, and the next request came "
                    + "\(pause(after: index - 1)) ms after its answer"
            }
            let request = requests[place]
            // Two readings of a clock in milliseconds may lose one.
            due = item.attempt.delay.map { (request.ended ?? request.began) + $0 - 1 } ?? .min
            place += 1
        }
        return nil
    }

    /// Milliseconds from the end of a request to the next.
    private func pause(after index: Int) -> Int64 {
        guard requests.indices.contains(index), requests.indices.contains(index + 1) else { return 0 }
        return requests[index + 1].began - (requests[index].ended ?? requests[index].began)
    }

    var text: String { "\(event.trigger) \(event.id) of \(event.store), action run \(id)" }
}
