import NIOCore
import NIOHTTP1

/// A request that was checked and written, and needs a connection only.
struct PreparedRequest: Sendable {
    let destination: Destination
    let bytes: ByteBuffer
    let head: HTTPRequestHead
    let deadline: NIODeadline

    init(_ request: HTTPRequest, deadline: NIODeadline) throws(HTTPFault) {
        let url = try RequestURL(request.url)
        destination = url.destination
        bytes = try RequestBytes.make(request, url)
        head = request.method == "POST" ? Self.post : Self.head(request.method)
        self.deadline = deadline
    }

    /// Never sent: the parser of answers wants to know the method, since an answer to HEAD has no body.
    private static func head(_ method: String) -> HTTPRequestHead {
        HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: "/")
    }

    private static let post = head("POST")
}
