// Bodies of requests, which have a limit.

import Hummingbird
import NIOCore

extension Request {
    /// Bytes of a body; more is answered with 413.
    static let bodyLimit = 1_048_576
    static let bodyFault = "the body is larger than \(bodyLimit) bytes"

    /// Nil for a body that is too large.
    func wholeBody() async throws -> [UInt8]? {
        do {
            return Array(buffer: try await body.collect(upTo: Self.bodyLimit))
        } catch is NIOTooManyBytesError {
            return nil
        }
    }
}
