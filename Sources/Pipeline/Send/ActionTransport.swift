import Connectors
import Synchronization

/// How a request reaches a vendor: a seam, so that tests answer without a network.
package protocol ActionTransport: Sendable {
    /// Never throws: no answer is an answer, too.
    func send(_ request: VendorRequest) async -> VendorAnswer
}

/// Counts the requests of one attempt: a vendor's limits count look-ups, too.
final class CountingTransport: ActionTransport {
    private let transport: any ActionTransport
    private let sent = Mutex(0)

    init(_ transport: any ActionTransport) {
        self.transport = transport
    }

    var count: Int { sent.withLock { $0 } }

    func send(_ request: VendorRequest) async -> VendorAnswer {
        sent.withLock { $0 += 1 }
        return await transport.send(request)
    }
}
