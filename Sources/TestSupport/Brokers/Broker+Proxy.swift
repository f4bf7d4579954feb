// A broker behind a proxy, for faults of the network.

extension Broker {
    /// A proxy through which clients can work with the broker, and stay with it.
    ///
    /// - Returns: nil for a cluster of others that is not one broker on this machine: its clients would go past the proxy.
    package func startProxy() async throws -> TCPFaultProxy? {
        if let proxy { return proxy }
        guard let place = Self.place(ofServers: bootstrapServers) else { return nil }
        return try await TCPFaultProxy.start(
            targetHost: place.host, targetPort: place.port, keepsKafkaClients: true)
    }

    /// Host and port, where one broker on this machine is named.
    static func place(ofServers servers: String) -> (host: String, port: Int)? {
        let parts = servers.split(separator: ":")
        guard parts.count == 2, let port = Int(parts[1]), ["127.0.0.1", "localhost"].contains(parts[0]) else {
            return nil
        }
        return (String(parts[0]), port)
    }
}
