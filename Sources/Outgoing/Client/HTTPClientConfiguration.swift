/// Limits of a client, and where its requests may go.
package struct HTTPClientConfiguration: Sendable {
    /// Connections to one scheme, host and port.
    package var connectionsPerHost: Int
    /// Connections in all. Beyond it an idle one of another host is closed.
    package var connections: Int
    /// Looking the host up, connecting and TLS. A request's own limit counts beside it.
    package var connectTimeout = Duration.seconds(5)
    /// How long a connection is kept that carries nothing.
    package var idleLimit = Duration.seconds(30)
    /// Bytes of a body that are read; the connection of a longer one is closed.
    package var bodyLimit = 128 * 1024
    package var policy = AddressPolicy()
    /// Files of certificates (PEM) that are trusted beside the system's.
    package var trustedCertificates: [String] = []

    /// - Parameter concurrency: requests at once that need not wait for each other.
    package init(concurrency: Int) {
        connectionsPerHost = concurrency
        // As many again may idle, so that requests to many hosts find theirs open.
        connections = concurrency * 2
    }
}
