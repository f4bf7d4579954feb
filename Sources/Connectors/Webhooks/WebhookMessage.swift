import Crypto

/// A vendor's request, as far as its meaning goes.
package struct WebhookMessage: Sendable {
    /// As it came: signatures are made over it.
    package let body: [UInt8]
    /// The last part of the path, where the URL has a secret of its own.
    package let pathToken: String?
    private let headers: [String: String]
    private let parameters: [String: String]

    /// - Parameter parameters: of the URL's query, decoded.
    package init(
        headers: [(name: String, value: String)], parameters: [String: String] = [:],
        pathToken: String? = nil, body: [UInt8]
    ) {
        self.body = body
        self.pathToken = pathToken
        self.parameters = parameters
        self.headers = Dictionary(
            headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// A header's first value, by its name in any case.
    package func header(_ name: String) -> String? { headers[name.lowercased()] }

    package func parameter(_ name: String) -> String? { parameters[name] }

    /// SHA-256 of the body, hexadecimal: what a request is called whose vendor gives no id.
    package var digest: String {
        SHA256.hash(data: body).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
