/// What keeps a gateway from doing its work.
package enum GatewayError: Error, Hashable, Sendable, CustomStringConvertible {
    case cannotListen(host: String, port: Int, reason: String)
    /// It was stopped before it listened, so it never had a port.
    case neverListened

    package var description: String {
        switch self {
        case .cannotListen(let host, let port, let reason):
            "the gateway can't listen on \(host):\(port): \(reason); choose another gateway.host or gateway.port"
        case .neverListened: "the gateway was stopped before it listened"
        }
    }
}
