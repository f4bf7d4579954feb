import Flow

/// Settings of a gateway.
///
/// Configuration keys (scope `gateway`): `host` (the address to listen on, default 127.0.0.1), `port` (1…65535, default
/// 8080), `requests` (at once, 1…10,000, default 256). The limit of a payload is the matcher's.
package struct GatewayConfiguration: Sendable {
    package var host = "127.0.0.1"
    /// 0 lets the system choose a free one.
    package var port = 8_080
    package var requestLimit = 256
    /// Bytes of one event's payload.
    package var payloadLimit = TriggerEvent.payloadLimit

    package init() {}

    /// Requests of one connector and store at once: one that floods leaves room for others.
    var shareLimit: Int { max(1, requestLimit / 4) }
    /// Bodies at once that may be anybody's, until their signature is checked.
    var unprovenLimit: Int { max(1, requestLimit / 4) }
    /// Connections that are open at once; the next ones wait to be accepted.
    var connectionLimit: Int { requestLimit * 4 }
    /// Bytes of a vendor's webhook: a review with pictures has a few kilobytes. What can't be used of it is kept whole.
    static let webhookLimit = 500_000
    /// Bytes of a GraphQL request: ten payloads of Flow's limit.
    static let documentLimit = 500_000
    /// How long a body may take to arrive.
    static let bodyTime = Duration.seconds(10)
    /// How long a connection may be silent.
    static let idleSeconds: Int64 = 30
}
