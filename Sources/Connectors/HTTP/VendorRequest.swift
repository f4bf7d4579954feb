/// An HTTP request to an app, complete and signed: what the sender puts on the wire.
///
/// It holds signatures and may hold credentials, so it is never logged and never put into a record.
package struct VendorRequest: Sendable {
    package let method: String
    /// Absolute; from a user's settings, so the sender checks where it leads.
    package let url: String
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// From the first byte sent to the last byte received.
    package let timeout: Duration

    package init(
        method: String, url: String, headers: [(name: String, value: String)], body: [UInt8],
        timeout: Duration
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }

    /// The first header of that name, whatever its case.
    package func header(_ name: String) -> String? { headers.first(named: name) }
}
