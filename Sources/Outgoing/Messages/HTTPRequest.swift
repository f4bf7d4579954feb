/// A request to send.
package struct HTTPRequest: Sendable {
    package var method: String
    /// Absolute, `http` or `https`. Percent encoding is sent as it stands.
    package var url: String
    /// Beside those that the client writes itself: `Host` and `Content-Length`.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// From the call to the last byte of the answer: looking the host up, connecting, TLS and sending included.
    package var timeout: Duration

    package init(
        method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        timeout: Duration
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}
