import Flow

/// Settings of a sender.
///
/// Configuration keys (scope `sender`): `concurrency` (requests on the wire, 1…10,000, default 256), `openLimit`
/// (records taken and not committed, 1…100,000, default 2,000), `openBytes` (bytes of them, default 64 MiB),
/// `settleIntervalMs` (1…5,000, default 100), `settleCount` (1…10,000, default 256), `timeoutSeconds` (of one request,
/// 1…30, default 10), `drainSeconds` (1…60, default 15), `lookUpSeconds` (0…3,600, default 60), `waitingBytes` (payloads
/// of waiting runs in memory per partition, default 16 MiB). Scopes `breaker`, `retryBudget` and `floodGuard`: see docs/Configuration.md.
package struct SenderConfiguration: Sendable {
    package var connectors: [String]
    /// Whether it reads the topics of connectors that users add, too.
    package var takesOwn = false
    package var concurrency = 256
    package var openLimit = 2_000
    package var openBytes = 64 << 20
    package var settleInterval = Duration.milliseconds(100)
    package var settleCount = 256
    package var timeout = Duration.seconds(10)
    /// How long a revoked partition, or the end of the process, waits for requests on the wire. Longer than a request
    /// may take, so that none is cut off.
    package var drain = Duration.seconds(15)
    /// How long after an attempt without an answer its run is looked for at the vendor at the soonest, where the catalogue
    /// doesn't say longer; zero = as soon as it is tried again, whatever the catalogue says.
    package var lookUpDelay = Duration.seconds(60)
    package var waitingBytes = 16 << 20
    package var retry = RetryPolicy()
    package var gates = SendGates.Settings()
    package var floodGuard = FloodGuard.Settings()

    package init(connectors: [String]) {
        self.connectors = connectors
    }

    /// Nil = the retry policy's own.
    func lookUpDelay(of action: ActionDefinition) -> Duration? {
        guard lookUpDelay > .zero else { return nil }
        return max(lookUpDelay, action.delivery.lookUpDelay ?? .zero)
    }
}
