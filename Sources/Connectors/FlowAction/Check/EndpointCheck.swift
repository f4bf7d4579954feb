/// Whether an app's endpoint takes Flow's requests as it should: decides what to send next, takes the answers, and says
/// what they show. It sends nothing and knows no clock.
///
/// Five requests at most, and those that ask what became of a 202: unsigned, wrongly signed, right, the same again, one
/// that lacks inputs. A later one goes out only where an earlier one left something to find out.
package struct EndpointCheck: Sendable {
    package enum Next: Hashable, Sendable {
        case send(EndpointProbe, after: Duration)
        case done
    }

    /// An answer must be there by then, or Flow and Sluice close the connection.
    package static let answerLimit = Duration.seconds(10)
    private static let leastPause = Duration.seconds(1)
    private static let mostPause = Duration.seconds(15)

    package let action: CheckedAction
    package let endpoint: String
    /// For how long it asks what became of a 202.
    package let patience: Duration
    /// Why senders would not go there, though this check did; nil where they would.
    package var insideOnly: String?
    package private(set) var exchanges: [EndpointExchange] = []

    package init(
        _ action: CheckedAction, endpoint: String, patience: Duration = .seconds(60)
    ) {
        self.action = action
        self.endpoint = endpoint
        self.patience = patience
    }

    /// - Parameter now: seconds since 1970.
    package mutating func note(
        _ answer: VendorAnswer, to probe: EndpointProbe, elapsed: Duration, now: Int64
    ) {
        let wait: Duration? =
            if case .response(let response) = answer { RetryAfter.delay(in: response, now: now) } else { nil }
        exchanges.append(EndpointExchange(probe: probe, answer: answer, elapsed: elapsed, wait: wait))
    }

    package var next: Next {
        guard let last = exchanges.last else { return .send(.unsigned, after: .zero) }
        guard isReached else { return .done }
        switch last.probe {
        case .unsigned: return .send(.wronglySigned, after: .zero)
        case .wronglySigned: return .send(.signed, after: .zero)
        case .signed, .asked:
            if last.status == 200 { return .send(.repeated, after: .zero) }
            if last.status == 202, isPatient {
                return .send(.asked(asks.count), after: pause(after: asks.count))
            }
            return isAccepted ? incomplete : .done
        case .repeated: return incomplete
        case .incomplete: return .done
        }
    }

    private var incomplete: Next {
        action.incomplete == nil ? .done : .send(.incomplete, after: .zero)
    }

    // MARK: What is known so far

    /// Whether anything goes to the endpoint at all.
    var isReached: Bool { exchanges.first?.wasSent == true }

    func exchange(_ probe: EndpointProbe) -> EndpointExchange? { exchanges.first { $0.probe == probe } }

    /// The rightly signed request, and each time it was asked for again after a 202.
    var asks: [EndpointExchange] {
        exchanges.filter { exchange in
            switch exchange.probe {
            case .signed, .asked: true
            case .unsigned, .wronglySigned, .repeated, .incomplete: false
            }
        }
    }

    /// The rightly signed request was taken.
    var isAccepted: Bool { [200, 202].contains(exchange(.signed)?.status) }

    /// The answer that says that it is done.
    var success: EndpointExchange? { asks.last.flatMap { $0.status == 200 ? $0 : nil } }

    // MARK: Asking again

    /// The pause that follows the n-th time of asking, from 1.
    func pause(after count: Int) -> Duration {
        let growing = min(Self.leastPause * (1 << min(count - 1, 8)), Self.mostPause)
        return max(asks[count - 1].wait ?? growing, Self.leastPause)
    }

    /// Whether the next pause still fits.
    private var isPatient: Bool {
        let spent = asks.reduce(Duration.zero) { $0 + $1.elapsed }
        let pauses = asks.indices.reduce(Duration.zero) { $0 + pause(after: $1 + 1) }
        return spent + pauses <= patience
    }
}
