import NIOCore

/// A request and whoever waits for its answer. It ends exactly once; what comes later is nobody's.
///
/// It lives on the client's event loop.
final class Exchange {
    typealias End = Result<HTTPAnswer, HTTPFault>

    let request: PreparedRequest
    /// That carries it; nil while it waits, and when it is over.
    weak var connection: Connection?
    /// Its deadline, while it waits for a connection: a connection has a timer of its own.
    var timer: Scheduled<Void>?
    private var continuation: CheckedContinuation<End, Never>?

    init(_ request: PreparedRequest, _ continuation: CheckedContinuation<End, Never>) {
        self.request = request
        self.continuation = continuation
    }

    var isOver: Bool { continuation == nil }

    func end(_ result: End) {
        timer?.cancel()
        timer = nil
        connection = nil
        continuation?.resume(returning: result)
        continuation = nil
    }
}
