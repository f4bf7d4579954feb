import NIOCore

/// Writes a request as one buffer: head and body leave in one packet where they fit.
///
/// Nothing gets in that could end a header and begin another, or another request.
enum RequestBytes {
    /// Headers of a request, at most.
    static let headerLimit = 64 * 1024

    /// Written by the client alone: a second one would let both ends count differently where the body ends.
    private static let ownHeaders = [
        "host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te",
    ]

    static func make(_ request: HTTPRequest, _ url: RequestURL) throws(HTTPFault) -> ByteBuffer {
        guard !request.method.isEmpty, request.method.utf8.allSatisfy(isTokenByte),
            request.method != "CONNECT"
        else {
            throw .invalid("the method can't be sent")
        }
        var size = url.target.utf8.count + url.authority.utf8.count + 64
        for (name, value) in request.headers { size += name.utf8.count + value.utf8.count + 4 }
        guard size <= headerLimit else { throw .invalid("the headers are larger than \(headerLimit) bytes") }
        var buffer = ByteBufferAllocator().buffer(capacity: size + request.body.count)
        buffer.writeString(request.method)
        buffer.writeStaticString(" ")
        buffer.writeString(url.target)
        buffer.writeStaticString(" HTTP/1.1\r\nHost: ")
        buffer.writeString(url.authority)
        for (name, value) in request.headers {
            try check(name, value)
            buffer.writeStaticString("\r\n")
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
        }
        // Without a body the length is said only where the method promises one.
        if !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method) {
            buffer.writeStaticString("\r\nContent-Length: ")
            buffer.writeString(String(request.body.count))
        }
        buffer.writeStaticString("\r\n\r\n")
        buffer.writeBytes(request.body)
        return buffer
    }

    private static func check(_ name: String, _ value: String) throws(HTTPFault) {
        guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else {
            throw .invalid("a header's name holds characters that don't belong there")
        }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw .invalid("the header \(name) holds a line break or another control character")
        }
        if name.utf8.count <= 17, ownHeaders.contains(name.lowercased()) {
            throw .invalid("the header \(name) is written by the client alone")
        }
    }

    /// RFC 9110, section 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
