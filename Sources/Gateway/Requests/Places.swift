import Synchronization

/// How many requests are under way, in all and of each connector and store. A full house refuses at once.
final class Places: Sendable {
    private struct State {
        var total = 0
        var shares: [String: Int] = [:]
    }

    private let limit: Int
    private let shareLimit: Int
    private let state = Mutex(State())

    init(limit: Int, shareLimit: Int) {
        self.limit = limit
        self.shareLimit = shareLimit
    }

    /// Runs the body in a place of a connector and store, if they have one left and the house is not full.
    func take(for name: String, _ body: () async throws -> Answer) async throws -> Answer {
        try await within { try await share(of: name, body) }
    }

    private func within(_ body: () async throws -> Answer) async throws -> Answer {
        let isFree = state.withLock { state in
            guard state.total < limit else { return false }
            state.total += 1
            return true
        }
        guard isFree else {
            throw Problem.unavailable(
                "\(limit) requests are under way", do: "send it again", retryAfter: 1)
        }
        defer { state.withLock { $0.total -= 1 } }
        return try await body()
    }

    private func share(of name: String, _ body: () async throws -> Answer) async throws -> Answer {
        let isFree = state.withLock { state in
            guard state.shares[name, default: 0] < shareLimit else { return false }
            state.shares[name, default: 0] += 1
            return true
        }
        guard isFree else {
            throw Problem(
                status: 429, title: "Too many requests",
                detail: "\(shareLimit) requests of \(name) are under way",
                remedy: "wait for their answers, or send fewer at once", retryAfter: 1)
        }
        defer {
            state.withLock { state in
                let left = state.shares[name, default: 0] - 1
                state.shares[name] = left > 0 ? left : nil
            }
        }
        return try await body()
    }
}
