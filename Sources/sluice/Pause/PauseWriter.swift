// Writes pauses and cancellations into the registry, and takes pauses out.

import Flow
import Registry
import Synchronization

struct PauseWriter {
    enum Effect: Hashable, Sendable {
        case paused
        /// It was paused already, and has another reason now.
        case reasonChanged
        case unchanged
    }

    let settings: Settings

    /// - Parameter isForced: also for a name that nobody knows.
    /// - Throws: a failure, for such a name otherwise.
    func write(_ pause: Pause, isForced: Bool = false) async throws -> Effect {
        try await change { directory, history in
            if !isForced {
                try StopNames(directory: directory, history: history).check(
                    pause.scope, pause.name)
            }
            var pause = pause
            var effect = Effect.paused
            if let known = directory.pauses[pause.id] {
                guard pause.reason != nil, pause.reason != known.reason else { return (.unchanged, nil) }
                pause = pause.begun(at: known.since)
                effect = .reasonChanged
            }
            let change = RegistryChange(
                kind: .pause, id: pause.id,
                expectedVersion: directory.newest(.pause, pause.id)?.version ?? 0, body: pause.body)
            return (effect, change)
        }
    }

    /// - Returns: false where it was not paused.
    /// - Throws: a failure, for a name that nobody knows: what was meant would stay paused.
    func remove(_ scope: Pause.Scope, _ name: String) async throws -> Bool {
        let id = Pause.id(scope, name)
        return try await change { directory, history in
            if let newest = directory.newest(.pause, id) {
                return newest.body == nil
                    ? (false, nil)
                    : (true, RegistryChange(kind: .pause, id: id, expectedVersion: newest.version, body: nil))
            }
            // Nothing can be paused of an app without actions, and it is none that is mistyped.
            if scope != .connector || directory.catalogue[name] == nil {
                try StopNames(directory: directory, history: history).check(
                    scope, name, canForce: false)
            }
            return (false, nil)
        }
    }

    /// Ends what was published before the cancellation's moment. The later moment of two counts.
    ///
    /// - Returns: the cancellation that stands then.
    /// - Throws: as a pause does.
    func write(_ cancellation: Cancellation, isForced: Bool = false) async throws -> Cancellation {
        try await change { directory, history in
            if !isForced {
                try StopNames(directory: directory, history: history).check(
                    cancellation.scope, cancellation.name)
            }
            if let known = directory.cancellations[cancellation.id], known.before >= cancellation.before {
                return (known, nil)
            }
            let change = RegistryChange(
                kind: .cancellation, id: cancellation.id,
                expectedVersion: directory.newest(.cancellation, cancellation.id)?.version ?? 0,
                body: cancellation.body)
            return (cancellation, change)
        }
    }

    private func change<Effect: Sendable>(
        _ make: @escaping @Sendable (Directory, RegistryHistory) throws -> (Effect, RegistryChange?)
    ) async throws -> Effect {
        let effect = Mutex<Effect?>(nil)
        let applied = try await RegistryEdit.apply(
            RegistryAccess.configuration(settings), within: RegistryAccess.bound,
            logger: settings.logger
        ) { directory, history in
            let (made, change) = try make(directory, history)
            effect.withLock { $0 = made }
            return change.map { [$0] } ?? []
        }
        guard applied.allSatisfy(\.isDone), let effect = effect.withLock({ $0 }) else {
            throw CommandError.failed(
                "\(applied.map(\.description).joined(separator: "; "))", do: "run the command again")
        }
        return effect
    }
}
