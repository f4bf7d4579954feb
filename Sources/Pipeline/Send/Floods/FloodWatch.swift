import Flow
import Logging
import Metrics
import Synchronization

/// Watches the ends of a sender's runs for floods of dead letters, and asks for the pause of a connector that has one.
///
/// The connector is paused here at once, and everywhere when the registry has the pause.
package final class FloodWatch: Sendable {
    private struct State {
        var guards: [String: FloodGuard] = [:]
        /// Pauses that the registry doesn't have yet.
        var pauses: [String: Pause] = [:]
    }

    private let settings: FloodGuard.Settings
    private let state = Mutex(State())
    private let requests: AsyncStream<Pause>.Continuation
    /// Pauses to be written into the registry.
    package let asked: AsyncStream<Pause>

    package init(_ settings: FloodGuard.Settings) {
        self.settings = settings
        // One per connector at a time.
        (asked, requests) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(100))
    }

    func ended(_ run: ActionRun, as end: RunEnd, _ logger: Logger) {
        let connector = run.action.connector
        let isLetter = end == .dead || end == .rejected
        let flood = state.withLock { state in
            state.guards[connector, default: FloodGuard(settings)].ended(of: run.store, isLetter: isLetter)
        }
        guard let flood else { return }
        let pause = Pause(
            scope: .connector, name: connector,
            reason:
                "flood guard: \(flood.letters) of the last \(flood.ends) runs of \(flood.stores) stores became dead letters"
        )
        state.withLock { $0.pauses[connector] = pause }
        logger.error(
            "connector paused by the flood guard",
            metadata: [LogKeys.connector: "\(connector)", LogKeys.reason: "\(pause.reason ?? "")"])
        Counter(label: "sluice_flood_pauses_total", dimensions: [("connector", connector)]).increment()
        requests.yield(pause)
    }

    func pause(of connector: String) -> Pause? { state.withLock { $0.pauses[connector] } }

    /// The registry has it, and a person can lift it.
    package func written(_ pause: Pause) {
        state.withLock { $0.pauses[pause.name] = nil }
    }
}
