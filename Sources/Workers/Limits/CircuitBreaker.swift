/// Whether an endpoint that fails is asked again: closed, open for a while, then tried by single probes, and after that
/// opened up step by step (slow start).
///
/// - C1: after `failures` failures in a row nothing begins until the pause is over.
/// - C2: after the pause one request at a time begins, until one succeeds; each failure doubles the pause, up to a cap.
/// - C3: after the first success the number at once doubles with each success, until it is `width` again.
/// - C4: at most `width` requests are on the way at once.
/// - C5: a request that began under an earlier state changes nothing by failing late: one outage opens it once.
package struct CircuitBreaker: Sendable {
    package struct Settings: Hashable, Sendable {
        /// Failures in a row that open it.
        package var failures: Int
        /// The first pause; the longest.
        package var pause: Duration
        package var pauseCap: Duration
        /// Requests at once while it is closed.
        package var width: Int

        package init(failures: Int, pause: Duration, pauseCap: Duration, width: Int) {
            self.failures = max(1, failures)
            self.pause = pause
            self.pauseCap = max(pause, pauseCap)
            self.width = max(1, width)
        }
    }

    package enum State: Hashable, Sendable {
        case closed
        /// Nothing begins before this time.
        case open(until: Duration)
        /// One probe at a time.
        case probing
    }

    /// What an answer says about the endpoint.
    package enum Signal: Hashable, Sendable {
        /// It works, whatever it thinks of the request.
        case works
        /// It didn't answer, or answered that it is broken.
        case fails
        /// It works and asked for fewer requests: nothing begins for this long.
        case slowDown(Duration)
        /// Nothing was sent.
        case none
    }

    /// A request that began, given back when it ends.
    package struct Ticket: Hashable, Sendable {
        fileprivate let turn: Int
    }

    package private(set) var state = State.closed
    package private(set) var inFlight = 0
    private let settings: Settings
    private var failuresInRow = 0
    private var pause: Duration
    /// Requests that may be on the way at once now; below `width` during slow start.
    private var window: Int
    /// Grows with each opening: what began before belongs to an earlier turn.
    private var turn = 0
    /// Asked for by the endpoint itself.
    private var notBefore = Duration.zero

    package init(_ settings: Settings) {
        self.settings = settings
        pause = settings.pause
        window = settings.width
    }

    /// Requests that may begin now.
    package mutating func room(now: Duration) -> Int {
        if case .open(let until) = state, now >= until { state = .probing }
        guard now >= notBefore else { return 0 }
        switch state {
        case .open: return 0
        case .probing: return max(0, 1 - inFlight)
        case .closed: return max(0, window - inFlight)
        }
    }

    /// When room may come by itself; nil where it comes with an end of a request.
    package func wake(now: Duration) -> Duration? {
        var time: Duration?
        if case .open(let until) = state { time = until }
        if notBefore > now { time = max(time ?? notBefore, notBefore) }
        return time
    }

    /// Begins a request; nil where there is no room.
    package mutating func begin(now: Duration) -> Ticket? {
        guard room(now: now) > 0 else { return nil }
        inFlight += 1
        return Ticket(turn: turn)
    }

    /// What changed for those who watch it.
    package enum Change: Hashable, Sendable {
        case opened(for: Duration)
        case recovered
    }

    @discardableResult
    package mutating func end(_ ticket: Ticket, _ signal: Signal, now: Duration) -> Change? {
        inFlight = max(0, inFlight - 1)
        switch signal {
        case .none: return nil
        case .slowDown(let time):
            notBefore = max(notBefore, now + time)
            window = max(1, window / 2)
            return works(ticket)
        case .works:
            if window < settings.width { window = min(settings.width, window * 2) }
            return works(ticket)
        case .fails:
            return fails(ticket, now)
        }
    }

    private mutating func works(_ ticket: Ticket) -> Change? {
        failuresInRow = 0
        guard state != .closed else { return nil }
        // Also what began before and worked after all: the endpoint is there.
        state = .closed
        window = min(2, settings.width)
        pause = settings.pause
        return .recovered
    }

    private mutating func fails(_ ticket: Ticket, _ now: Duration) -> Change? {
        guard ticket.turn == turn else { return nil }
        failuresInRow += 1
        switch state {
        case .open: return nil
        case .probing:
            pause = min(pause * 2, settings.pauseCap)
            return open(now)
        case .closed:
            guard failuresInRow >= settings.failures else { return nil }
            return open(now)
        }
    }

    private mutating func open(_ now: Duration) -> Change {
        turn += 1
        failuresInRow = 0
        window = 1
        state = .open(until: now + pause)
        return .opened(for: pause)
    }

    /// Requests that were on the way ended where nobody saw it.
    package mutating func forgetRequests() {
        inFlight = 0
        turn += 1
    }

    /// Nothing to remember: a new one would do the same.
    package func isIdle(now: Duration) -> Bool {
        state == .closed && inFlight == 0 && failuresInRow == 0 && window == settings.width
            && notBefore <= now
    }
}
