import Flow
import Workers

/// The gates of a sender: what vendors allow, what endpoints bear, and how much may be repeated.
///
/// Pure; the board asks it before a request begins and tells it what came of it.
package struct SendGates: Sendable {
    package struct Settings: Sendable {
        package var circuit: CircuitBreaker.Settings
        /// Failures in a row, over all stores, that open the circuit which they share.
        package var sharedFailures: Int
        package var budget: RetryBudget.Settings

        package init(
            circuit: CircuitBreaker.Settings = .init(
                failures: 10, pause: .seconds(5), pauseCap: .seconds(60), width: 128),
            sharedFailures: Int = 50, budget: RetryBudget.Settings = .init(share: 0.4, floor: 100)
        ) {
            self.circuit = circuit
            self.sharedFailures = sharedFailures
            self.budget = budget
        }
    }

    private struct Limiter: Sendable {
        let connector: String
        var bucket: TokenBucket

        func isIdle(now: Duration) -> Bool {
            var bucket = bucket
            return bucket.isFull(now: now)
        }
    }

    /// Limiters, or circuits, that are remembered before those go that a new one would equal; and at most.
    private static let limit = 20_000
    private static let hardLimit = 200_000

    private let settings: Settings
    private var limiters: [String: Limiter] = [:]
    private var circuits: [String: CircuitBreaker] = [:]
    /// So many are looked through for idle ones.
    private var (limiterSweep, circuitSweep) = (limit, limit)
    private var budget: RetryBudget
    /// This process' part of each connector's partitions: its part of what a vendor allows to all processes.
    private var shares: [String: Double] = [:]

    package init(_ settings: Settings) {
        self.settings = settings
        budget = RetryBudget(settings.budget, now: .zero)
    }

    /// The process has so much of a connector's partitions from now on.
    package mutating func setShare(_ share: Double, of connector: String, now: Duration) {
        guard shares.updateValue(share, forKey: connector) != share else { return }
        for (name, limiter) in limiters where limiter.connector == connector {
            limiters[name]?.bucket.setShare(share, now: now)
        }
    }

    // MARK: Passing

    /// The first gate of a route that was not passed.
    ///
    /// - Parameter isRepeat: the run was tried before, or a broken endpoint held it back.
    package func next(_ route: Route, _ passes: Passes, isRepeat: Bool) -> Gate? {
        if passes.allowances < route.allowances.count {
            return .limit(route.allowances[passes.allowances].name)
        }
        if passes.tickets.count < route.circuits.count {
            return .circuit(route.circuits[passes.tickets.count])
        }
        return isRepeat && !passes.hasBudget && !route.isOpen ? .budget : nil
    }

    /// Passes one gate, which must be the run's next; false where it is closed.
    package mutating func take(_ gate: Gate, _ route: Route, _ passes: inout Passes, now: Duration) -> Bool {
        switch gate {
        case .limit:
            guard takeToken(route.allowances[passes.allowances], of: route.connector, now: now) else {
                return false
            }
            passes.allowances += 1
        case .circuit(let name):
            if circuits[name] == nil { addCircuit(name, now: now) }
            guard let ticket = circuits[name]?.begin(now: now) else { return false }
            passes.tickets.append(ticket)
        case .budget:
            guard budget.take(now: now) else { return false }
            passes.hasBudget = true
        }
        return true
    }

    /// A run passed all its gates that was not tried before: so much more may be repeated.
    package mutating func firstTry(now: Duration) {
        budget.firstTry(now: now)
    }

    private mutating func takeToken(_ allowance: Allowance, of connector: String, now: Duration) -> Bool {
        let rate = RateAllowance(allowance.limit)
        if let known = limiters[allowance.name]?.bucket.allowance {
            // A connection was changed meanwhile.
            if known != rate { limiters[allowance.name]?.bucket.change(to: rate, now: now) }
        } else {
            Self.makeRoom(in: &limiters, &limiterSweep) { $0.isIdle(now: now) }
            limiters[allowance.name] = Limiter(
                connector: connector, bucket: TokenBucket(rate, share: shares[connector] ?? 1, now: now))
        }
        return limiters[allowance.name]?.bucket.take(now: now) ?? false
    }

    private mutating func addCircuit(_ name: String, now: Duration) {
        Self.makeRoom(in: &circuits, &circuitSweep) { $0.isIdle(now: now) }
        var circuit = settings.circuit
        if Route.isShared(name) { circuit.failures = settings.sharedFailures }
        circuits[name] = CircuitBreaker(circuit)
    }

    /// Before one more is added. Looking through all of them is worth it only once there are twice as many.
    private static func makeRoom<Value>(
        in known: inout [String: Value], _ sweep: inout Int, _ isIdle: (Value) -> Bool
    ) {
        guard known.count >= sweep else { return }
        known = known.filter { !isIdle($0.value) }
        // Whoever has so many that all have something to remember loses some of it.
        while known.count > hardLimit / 2, let name = known.keys.first { known[name] = nil }
        sweep = min(max(limit, 2 * known.count), hardLimit)
    }

    // MARK: Asking

    /// How many may pass a gate now; one that nobody came to yet lets anybody try.
    package mutating func room(at gate: Gate, now: Duration) -> Int {
        switch gate {
        case .limit(let name): limiters[name]?.bucket.available(now: now) ?? 1
        case .circuit(let name): circuits[name]?.room(now: now) ?? 1
        case .budget: budget.room(now: now)
        }
    }

    /// When a gate lets the next one through by itself; nil where the end of a request comes first.
    package mutating func wake(at gate: Gate, now: Duration) -> Duration? {
        switch gate {
        case .limit(let name): now + (limiters[name]?.bucket.wait(now: now) ?? .zero)
        case .circuit(let name): circuits[name]?.wake(now: now)
        case .budget: now + budget.wait(now: now)
        }
    }

    /// Whether a gate is a circuit that is not closed.
    package func isBroken(_ gate: Gate) -> Bool {
        if case .circuit(let name) = gate, let circuit = circuits[name] {
            circuit.state != .closed
        } else {
            false
        }
    }

    // MARK: Ending

    /// A circuit that opened or recovered.
    package struct CircuitNews: Hashable, Sendable {
        package let circuit: String
        package let change: CircuitBreaker.Change
    }

    /// An attempt ended.
    ///
    /// - Parameter calls: how many requests it took: look-ups count for the vendor, too.
    package mutating func end(
        _ route: Route, _ passes: Passes, _ signal: CircuitBreaker.Signal, calls: Int = 1, now: Duration
    )
        -> [CircuitNews]
    {
        if calls > 1 {
            for allowance in route.allowances.prefix(passes.allowances) {
                limiters[allowance.name]?.bucket.charge(calls - 1, now: now)
            }
        }
        return zip(route.circuits, passes.tickets).compactMap { name, ticket in
            var signal = signal
            // A store that sends too much is no matter of the others.
            if case .slowDown = signal, Route.isShared(name) { signal = .works }
            return circuits[name]?.end(ticket, signal, now: now).map {
                CircuitNews(circuit: name, change: $0)
            }
        }
    }

    /// A run that passed gates doesn't begin after all.
    package mutating func giveBack(_ route: Route, _ passes: Passes, now: Duration) {
        for allowance in route.allowances.prefix(passes.allowances) {
            limiters[allowance.name]?.bucket.giveBack(now: now)
        }
        _ = end(route, passes, .none, now: now)
    }

    /// Limiters and circuits, for the bound.
    package var remembered: Int { max(limiters.count, circuits.count) }

    /// What a next session goes on with: requests that were on the way are nobody's any more.
    package var withoutRequests: SendGates {
        var gates = self
        for name in gates.circuits.keys { gates.circuits[name]?.forgetRequests() }
        return gates
    }
}

extension RateAllowance {
    fileprivate init(_ limit: RateLimit) {
        self.init(count: limit.requests, period: .seconds(limit.seconds), burst: limit.burst)
    }
}
