import Foundation
import HTTPTypes
import Hummingbird

extension Request {
    /// The id of the event that is sent: its `Idempotency-Key`, or one that nobody else has.
    func eventID() throws(Problem) -> String {
        guard let header = header("Idempotency-Key") else { return UUID().uuidString.lowercased() }
        let isFit =
            (1...255).contains(header.utf8.count) && header.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isFit else {
            throw .badRequest(
                "the Idempotency-Key is empty, longer than 255 bytes or not plain ASCII without spaces",
                do: "give each event an id of its own, the same when it is sent again")
        }
        return header
    }

    /// W3C Trace Context; one that has another form is left out.
    var traceParent: String? {
        guard let header = header("traceparent"),
            header.wholeMatch(of: /00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}/) != nil
        else { return nil }
        return header
    }

    /// The token of `Authorization: Bearer`; empty where there is none.
    var bearerToken: String {
        let parts = headers[.authorization]?.split(separator: " ", maxSplits: 1) ?? []
        return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : ""
    }
}
