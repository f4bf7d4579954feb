/// Why there is no answer. Static words, but for addresses: a URL may hold a secret.
package enum HTTPFault: Error, Sendable, Equatable {
    /// It can't be sent, now or ever.
    case invalid(String)
    /// The host has none but addresses that the policy refuses.
    case refused(address: IPAddress, kind: String)
    case hostNotFound
    case unreachable
    case notConnectedInTime
    case insecure(String)
    case timedOut
    /// By the other side. What was sent may have been acted on.
    case closed(isWithinAnswer: Bool)
    case malformed(String)
    case cancelled
    /// The client was closed.
    case shutDown

    /// Whether the other side may have got the request. Where it is not known, it may.
    package var mayHaveBeenSent: Bool {
        switch self {
        case .invalid, .refused, .hostNotFound, .unreachable, .notConnectedInTime, .insecure: false
        case .timedOut, .closed, .malformed, .cancelled, .shutDown: true
        }
    }
}

extension HTTPFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalid(let reason): reason
        case .refused(let address, let kind): "the endpoint leads to \(address), \(kind)"
        case .hostNotFound: "the endpoint's host can't be found"
        case .unreachable: "the endpoint can't be reached"
        case .notConnectedInTime: "no connection in time"
        case .insecure(let reason): "no secure connection: \(reason)"
        case .timedOut: "no answer in time"
        case .closed(let isWithinAnswer):
            isWithinAnswer
                ? "the connection was closed within the answer"
                : "the connection was closed without an answer"
        case .malformed(let reason): "the answer is not HTTP/1: \(reason)"
        case .cancelled: "cancelled"
        case .shutDown: "the sender stops"
        }
    }
}
