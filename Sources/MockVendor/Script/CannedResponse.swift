// A whole HTTP response of a script.

/// A status with headers and body; `Retry-After` as a date is worked out when it is sent.
package struct CannedResponse: Hashable, Sendable {
    package struct Header: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package enum RetryAfter: Hashable, Sendable {
        case seconds(Int64)
        /// An HTTP date that lies so many seconds after the moment of the answer.
        case date(secondsFromNow: Int64)
    }

    package var status: Int
    package var contentType: String
    package var body: String
    package var retryAfter: RetryAfter?
    /// Sent after the others, so a `Content-Type` or `Retry-After` here takes their place.
    package var headers: [Header]

    /// Where no body is given, a success says `{}` and anything else a line that names the status. Statuses that
    /// HTTP sends without a body have none.
    package init(
        status: Int, contentType: String? = nil, body: String? = nil, retryAfter: RetryAfter? = nil,
        headers: [Header] = []
    ) {
        let isSuccess = (200...299).contains(status)
        let isBodiless = [204, 205, 304].contains(status)
        self.status = status
        self.contentType =
            contentType ?? (isSuccess || body != nil ? "application/json" : "text/plain; charset=utf-8")
        self.body = isBodiless ? "" : body ?? (isSuccess ? "{}" : "scripted answer \(status)\n")
        self.retryAfter = retryAfter
        self.headers = headers
    }
}
