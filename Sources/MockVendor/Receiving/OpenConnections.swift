// The connections that are open, so that silent ones can be ended from outside: by the client that gives up, by
// time, and by shutdown.

import NIOCore
import Synchronization

/// Knows every open connection of one mock vendor.
final class OpenConnections: Sendable {
    private struct Connection {
        let channel: any Channel
        var isSilent = false
        /// The client has closed its side. It may still read, but one that waits for an answer doesn't do this.
        var hasHungUp = false
    }

    private struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        var isClosing = false
    }

    private let state = Mutex(State())

    /// Called on the channel's event loop when it is set up.
    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        state.withLock { $0.connections[id] = Connection(channel: channel) }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { $0.connections[id] = nil }
        }
    }

    func noteHangUp(_ channel: any Channel) {
        let isSilent = state.withLock { state in
            state.connections[ObjectIdentifier(channel)]?.hasHungUp = true
            return state.connections[ObjectIdentifier(channel)]?.isSilent ?? false
        }
        if isSilent { channel.close(promise: nil) }
    }

    /// Whether somebody still waits for an answer on this connection.
    func isListening(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard let connection = state.connections[ObjectIdentifier(channel)] else { return false }
            return !connection.hasHungUp
        }
    }

    /// Leaves a connection silent. Returns when it is closed: by the client, after `limit`, or by shutdown.
    func keepSilent(_ channel: any Channel, limit: Duration) async {
        let mayStay = state.withLock { state in
            guard let connection = state.connections[ObjectIdentifier(channel)] else { return false }
            guard !connection.hasHungUp, !state.isClosing else { return false }
            state.connections[ObjectIdentifier(channel)]?.isSilent = true
            return true
        }
        guard mayStay else { return channel.close(promise: nil) }
        let end = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) { channel.close(promise: nil) }
        await withTaskCancellationHandler {
            // A close future that fails means closed as well.
            try? await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
        end.cancel()
    }

    /// Ends the silent connections, now and from now on; the others may finish their requests.
    func closeSilent() {
        let silent = state.withLock { state in
            state.isClosing = true
            return state.connections.values.filter(\.isSilent).map(\.channel)
        }
        for channel in silent { channel.close(promise: nil) }
    }

    func closeAll() {
        let all = state.withLock { $0.connections.values.map(\.channel) }
        for channel in all { channel.close(promise: nil) }
    }
}
