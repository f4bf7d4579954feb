/// One request of a check, and what came of it.
package struct EndpointExchange: Sendable {
    package let probe: EndpointProbe
    package let answer: VendorAnswer
    /// From the call to the last byte of the answer, connecting included.
    package let elapsed: Duration
    /// By the answer's `Retry-After`.
    let wait: Duration?

    var response: VendorResponse? {
        if case .response(let response) = answer { response } else { nil }
    }

    /// 0 where there was no answer.
    var status: Int { response?.status ?? 0 }

    /// Whether the app may have got the request.
    var wasSent: Bool {
        switch answer {
        case .response: true
        case .noAnswer(_, let wasSent): wasSent
        case .refused: false
        }
    }

    /// `HTTP 401: no such key (12 ms)`; of a success without its body.
    var words: String {
        let words =
            switch answer {
            case .response(let response):
                [200, 202].contains(response.status)
                    ? "HTTP \(response.status)" : AnswerTable.reason(response)
            case .noAnswer(let reason, _): "no answer: \(reason)"
            case .refused(let reason): "not sent: \(reason)"
            }
        return "\(words) (\(Self.text(elapsed)))"
    }

    /// `12 ms`, `1.5 s`.
    static func text(_ duration: Duration) -> String {
        let milliseconds =
            duration.components.seconds * 1_000 + duration.components.attoseconds / 1_000_000_000_000_000
        guard milliseconds >= 1_000 else { return "\(milliseconds) ms" }
        let tenths = (milliseconds + 50) / 100
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
}
