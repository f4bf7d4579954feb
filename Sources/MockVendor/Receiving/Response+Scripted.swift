// From what the mock vendor says to Hummingbird's responses.

import Connectors
import Flow
import HTTPTypes
import Hummingbird

extension Response {
    /// - Parameter now: milliseconds since 1970; dates in `Retry-After` count from it.
    init(_ canned: CannedResponse, now: Int64) {
        self.init(text: canned.body, type: canned.contentType, status: canned.status)
        switch canned.retryAfter {
        case .seconds(let seconds): headers[.retryAfter] = String(seconds)
        case .date(let seconds): headers[.retryAfter] = HTTPDate.text(secondsSince1970: now / 1000 + seconds)
        case nil: break
        }
        for header in canned.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            headers[name] = header.value
        }
    }

    init(plain text: String, status: Int) {
        self.init(text: text, type: "text/plain; charset=utf-8", status: status)
    }

    init(json bytes: some Collection<UInt8>) {
        self.init(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private init(text: String, type: String, status: Int) {
        self.init(
            status: HTTPResponse.Status(code: status), headers: text.isEmpty ? [:] : [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
